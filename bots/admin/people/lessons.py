"""`/resend`, `/open`, `/openall`: the last lesson once more, the next one now, all of them open."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import find_course_run, name_of
from bots.runtime.context import Context
from services.delivery import speech
from services.learning.runs import overrides
from services.learning.schemas import StoredRun


async def resend(_: Message, command: CommandObject, ctx: Context) -> None:
    """Send the last lesson once more."""
    course_run = await find_course_run(ctx, command, "resend-usage")
    if course_run is None:
        return
    person, run = course_run
    said = await overrides.repeat_last_lesson(ctx.uow, run.id, ctx.next_key())
    ctx.only_looked = not said
    ctx.say("resend-done" if said else "resend-nothing", person=name_of(person))


async def open_now(_: Message, command: CommandObject, ctx: Context) -> None:
    """Open the next lesson now; the later ones keep their days."""
    course_run = await find_course_run(ctx, command, "open-usage")
    if course_run is None:
        return
    person, run = course_run
    opened = await overrides.open_next_lesson(ctx.uow, run.id)
    ctx.only_looked = not opened
    ctx.say("open-done" if opened else "open-nothing", person=name_of(person))


async def open_all(_: Message, command: CommandObject, ctx: Context) -> None:
    """Open all lessons: none waits for its day any more."""
    course_run = await find_course_run(ctx, command, "openall-usage")
    if course_run is None:
        return
    person, run = course_run
    tell(ctx, run, "openall-told")
    await overrides.open_all_lessons(ctx.uow, run.id)
    ctx.say("openall-done", person=name_of(person))


COMMANDS = (
    AdminCommand("resend", resend, Section.STUDENT, "@anna"),
    AdminCommand("open", open_now, Section.STUDENT, "@anna"),
    AdminCommand("openall", open_all, Section.STUDENT, "@anna"),
)


def tell(ctx: Context, run: StoredRun, words: str) -> None:
    """Say something to the student themself, in the course bot."""
    speech.say(ctx.uow, run.address, speech.words(words), ctx.next_key())
