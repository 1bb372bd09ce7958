"""`/certificates`: what a student has been given, to be had once more."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press
from services.learning.certificates import showing


def build_router() -> Router:
    """The command and its buttons."""
    router = Router(name="course-certificates")

    @router.message(Command("certificates"), F.chat.type == "private")
    async def show(_: Message, ctx: Context) -> None:
        await showing.list_certificates(ctx.uow, ctx.contact, ctx.screen())

    @router.callback_query(Pressed(showing.GET))
    async def send(_: CallbackQuery, ctx: Context, press: Press) -> None:
        if not await showing.send_again(ctx.uow, ctx.contact, press.id, ctx.screen()):
            ctx.alert("error-button-expired")

    return router
