"""`/skip` and `/sendback`: a step passed over, a step taken again."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import find_course_run, name_of, read_words
from bots.runtime.context import Context
from core.flow.naming import name_step
from services.delivery import speech
from services.learning import run_lookup
from services.learning.runs import overrides


async def skip(_: Message, command: CommandObject, ctx: Context) -> None:
    """Go on without the step at which the student stands."""
    course_run = await find_course_run(ctx, command, "skip-usage")
    if course_run is None:
        return
    person, run = course_run
    skipped = await overrides.skip_step(ctx.uow, run.id)
    ctx.only_looked = not skipped
    ctx.say("skip-done" if skipped else "skip-nothing", person=name_of(person))


async def send_back(_: Message, command: CommandObject, ctx: Context) -> None:
    """Go back to a step, by its key in the course's file."""
    course_run = await find_course_run(ctx, command, "sendback-usage")
    if course_run is None:
        return
    (person, run), key = course_run, read_words(command)[1:]
    sent = bool(key) and await overrides.send_back(ctx.uow, run.id, key[0])
    ctx.only_looked = not sent
    if not sent:
        ctx.say("sendback-usage")
        return
    flow = (await run_lookup.load_run(ctx.uow, run.id)).flow
    ctx.say("sendback-done", person=name_of(person), step=speech.named(name_step(flow, key[0])))


COMMANDS = (
    AdminCommand("skip", skip, Section.STUDENT, "@anna"),
    AdminCommand("sendback", send_back, Section.STUDENT, "@anna day2"),
)
