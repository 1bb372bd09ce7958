"""`/pause`: nothing comes for some days, then everything goes on as much later."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.course_bot.start import send_to_shop
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.errors import DomainError, ErrorKind
from core.presses import Press
from services.learning.runs.holds import pausing
from services.learning.runs.holds.pausing import GO_ON, PAUSE
from services.learning.study import lessons


def build_router() -> Router:
    """The command and its buttons."""
    router = Router(name="course-pauses")

    @router.message(Command("pause"), F.chat.type == "private")
    async def ask(_: Message, ctx: Context) -> None:
        try:
            await pausing.show_choice(ctx.uow, ctx.contact, ctx.screen())
        except DomainError as refusal:
            if refusal.kind is not ErrorKind.CONFLICT:
                await send_to_shop(ctx, refusal)
                return
            ctx.say("pause-not-running")
            await lessons.explain_hold(ctx.uow, ctx.contact, ctx.screen())

    @router.callback_query(Pressed(PAUSE))
    async def pause(query: CallbackQuery, ctx: Context, press: Press) -> None:
        try:
            run = await pausing.get_own(ctx.uow, ctx.contact, ctx.address)
            await pausing.pause(ctx.uow, run.id, int(press.id), ctx.screen(query.message))
        except DomainError:
            ctx.alert("pause-not-running")

    @router.callback_query(Pressed(GO_ON))
    async def go_on(_: CallbackQuery, ctx: Context, press: Press) -> None:
        if not await pausing.end(ctx.uow, int(press.id)):
            ctx.alert("pause-is-over")

    return router
