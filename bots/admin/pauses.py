"""`/hold` and `/goon` of an admin: a student's course pauses, or goes on."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.permissions import admin_command, admin_router, find_course_run, name_of, read_words
from bots.runtime.context import Context
from core.errors import DomainError
from services.delivery.speech import Screen
from services.learning.runs.holds import pausing
from services.learning.runs.holds.pausing import MOST_DAYS


def build_router() -> Router:
    """Both commands."""
    router = admin_router("admin-pauses")

    @router.message(admin_command("hold"))
    async def hold(_: Message, command: CommandObject, ctx: Context) -> None:
        found = await find_course_run(ctx, command, "hold-usage")
        if found is None:
            return
        (person, run), given = found, "".join(read_words(command)[1:2]) or "0"
        if not given.isdecimal() or len(given) > len(str(MOST_DAYS)) or int(given) > MOST_DAYS:
            ctx.say("hold-usage")
            return
        try:
            await pausing.pause(ctx.uow, run.id, int(given), Screen(run.address, ctx.next_key()))
        except DomainError:
            ctx.say("hold-nothing", person=name_of(person))
            return
        ctx.say("hold-done", person=name_of(person))

    @router.message(admin_command("goon"))
    async def go_on(_: Message, command: CommandObject, ctx: Context) -> None:
        found = await find_course_run(ctx, command, "goon-usage")
        if found is None:
            return
        person, run = found
        went = await pausing.end(ctx.uow, run.id)
        ctx.say("goon-done" if went else "goon-nothing", person=name_of(person))

    return router
