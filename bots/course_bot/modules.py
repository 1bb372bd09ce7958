"""`/modules`: the parts of the course, and the ways between them."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.course_bot.start import send_to_shop
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.errors import DomainError
from core.presses import Press
from services.learning.study import modules
from services.learning.study.modules import GO


def build_router() -> Router:
    """The command and its buttons."""
    router = Router(name="course-modules")

    @router.message(Command("modules"), F.chat.type == "private")
    async def show(_: Message, ctx: Context) -> None:
        try:
            await modules.show_modules(ctx.uow, ctx.contact, ctx.screen())
        except DomainError as refusal:
            await send_to_shop(ctx, refusal)

    @router.callback_query(Pressed(GO))
    async def go(_: CallbackQuery, ctx: Context, press: Press) -> None:
        try:
            await modules.go_to(ctx.uow, ctx.contact, ctx.address, press.id)
        except DomainError:
            ctx.alert("error-button-expired")

    return router
