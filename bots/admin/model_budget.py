"""`/pardon`: lets a student talk with the model again after her messages to it were used up."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.permissions import admin_command, admin_router, find_course_run, name_of
from bots.runtime.context import Context
from services.learning import dialogs


def build_router() -> Router:
    """The command."""
    router = admin_router("admin-pardon")

    @router.message(admin_command("pardon"))
    async def pardon(_: Message, command: CommandObject, ctx: Context) -> None:
        found = await find_course_run(ctx, command, "pardon-usage")
        if found is None:
            return
        person, run = found
        pardoned = await dialogs.pardon(ctx.uow, run.id)
        ctx.say("pardon-done" if pardoned else "pardon-nothing", person=name_of(person))

    return router
