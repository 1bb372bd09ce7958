"""`/courses` and `/restart`: several courses of one person, which one is active, and one begun anew."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.course_bot.start import send_to_shop
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.errors import DomainError
from core.presses import Press
from services.learning.enrollment import courses
from services.learning.enrollment.courses import AGAIN, ANEW, STAY, SWITCH
from services.learning.runs import runs


def build_router() -> Router:
    """The two commands and their buttons."""
    router = Router(name="course-courses")
    private = F.chat.type == "private"

    @router.message(Command("courses"), private)
    async def show(_: Message, ctx: Context) -> None:
        if not await courses.show_courses(ctx.uow, ctx.contact, ctx.screen()):
            ctx.say("courses-none")

    @router.message(Command("restart"), private)
    async def ask(_: Message, ctx: Context) -> None:
        try:
            await courses.ask_restart(ctx.uow, ctx.contact, ctx.screen())
        except DomainError as refusal:
            await send_to_shop(ctx, refusal)

    @router.callback_query(Pressed(SWITCH))
    async def switch(_: CallbackQuery, ctx: Context, press: Press) -> None:
        await _switch(ctx, int(press.id))

    @router.callback_query(Pressed(STAY))
    async def stay(_: CallbackQuery, ctx: Context) -> None:
        ctx.say("courses-stayed")

    @router.callback_query(Pressed(AGAIN))
    async def ask_about(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await courses.ask_restart(ctx.uow, ctx.contact, ctx.screen(query.message), int(press.id))

    @router.callback_query(Pressed(ANEW))
    async def begin_anew(_: CallbackQuery, ctx: Context, press: Press) -> None:
        await _begin_anew(ctx, int(press.id))

    return router


async def _switch(ctx: Context, run_id: int) -> None:
    try:
        spoke = await courses.switch_to(ctx.uow, ctx.contact, ctx.address, run_id)
    except DomainError as refusal:
        if refusal.code != "COURSE_NOT_WAITING":
            raise
        ctx.alert("error-button-expired")
        return
    if not spoke:
        ctx.say("course-welcome-back")
        await runs.say_again(ctx.uow, run_id, ctx.next_key())


async def _begin_anew(ctx: Context, run_id: int) -> None:
    try:
        await courses.restart(ctx.uow, ctx.contact, ctx.address, run_id)
    except DomainError as refusal:
        if refusal.code != "COURSE_NOT_WAITING":
            raise
        ctx.alert("error-button-expired")
