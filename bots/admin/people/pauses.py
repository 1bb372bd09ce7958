"""`/hold` and `/resume`: a student's course pauses, or goes on."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import find_course_run, name_of, read_words
from bots.runtime.context import Context
from core.errors import DomainError
from services.delivery.speech import Screen
from services.learning.runs.holds import pausing
from services.learning.runs.holds.pausing import MOST_DAYS


async def hold(_: Message, command: CommandObject, ctx: Context) -> None:
    """Pause a course for so many days, without a number until the student comes back.

    Lessons, waits and the end of the access move by that.
    """
    course_run = await find_course_run(ctx, command, "hold-usage")
    if course_run is None:
        return
    (person, run), period = course_run, "".join(read_words(command)[1:2]) or "0"
    if not period.isdecimal() or len(period) > len(str(MOST_DAYS)) or int(period) > MOST_DAYS:
        ctx.refuse("hold-usage")
        return
    try:
        await pausing.pause(ctx.uow, run.id, int(period), Screen(run.address, ctx.next_key()))
    except DomainError:
        ctx.refuse("hold-nothing", person=name_of(person))
        return
    ctx.say("hold-done", person=name_of(person))


async def resume(_: Message, command: CommandObject, ctx: Context) -> None:
    """Let a paused course go on now."""
    course_run = await find_course_run(ctx, command, "resume-usage")
    if course_run is None:
        return
    person, run = course_run
    resumed = await pausing.end(ctx.uow, run.id)
    ctx.only_looked = not resumed
    ctx.say("resume-done" if resumed else "resume-nothing", person=name_of(person))


COMMANDS = (
    AdminCommand("hold", hold, Section.STUDENT, "@anna 7"),
    AdminCommand("resume", resume, Section.STUDENT, "@anna", other_names=("goon",)),
)
