"""`/progress` and `/lessons`: how far they have come, and the delivered lessons to leaf through."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press
from services.learning.study import lessons
from services.learning.study.lessons import OPEN, PAGE
from services.learning.study.standing import LIST


def build_router() -> Router:
    """The commands and the buttons of the list."""
    router = Router(name="course-lessons")
    private = F.chat.type == "private"

    @router.message(Command("progress"), private)
    async def progress(_: Message, ctx: Context) -> None:
        await lessons.show_progress(ctx.uow, ctx.contact, ctx.screen())

    @router.message(Command("lessons"), private)
    async def show_list(_: Message, ctx: Context) -> None:
        await lessons.list_lessons(ctx.uow, ctx.contact, ctx.screen())

    @router.callback_query(Pressed(PAGE))
    async def leaf(query: CallbackQuery, ctx: Context, press: Press) -> None:
        page = int(press.id.split("-")[1])
        await lessons.list_lessons(ctx.uow, ctx.contact, ctx.screen(query.message), page)

    @router.callback_query(Pressed(LIST))
    async def press_list(_: CallbackQuery, ctx: Context) -> None:
        await lessons.list_lessons(ctx.uow, ctx.contact, ctx.screen())

    @router.callback_query(Pressed(OPEN))
    async def open_lesson(_: CallbackQuery, ctx: Context, press: Press) -> None:
        run_id, number = (int(part) for part in press.id.split("-"))
        await lessons.say_lesson(ctx.uow, ctx.contact, ctx.screen(), run_id, number)

    return router
