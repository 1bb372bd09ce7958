"""`/pardon`: lets a student talk with the model again after their messages to it were used up."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import find_course_run, name_of
from bots.runtime.context import Context
from services.learning import dialogs


async def pardon(_: Message, command: CommandObject, ctx: Context) -> None:
    """Count the student's messages to the assistant from the beginning; [how](../how-to/connect-a-model.md)."""
    course_run = await find_course_run(ctx, command, "pardon-usage")
    if course_run is None:
        return
    person, run = course_run
    pardoned = await dialogs.pardon(ctx.uow, run.id)
    ctx.only_looked = not pardoned
    ctx.say("pardon-done" if pardoned else "pardon-nothing", person=name_of(person))


COMMANDS = (AdminCommand("pardon", pardon, Section.STUDENT, "@anna"),)
