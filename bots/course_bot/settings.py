"""`/settings`: her time zone, asked by a clock, the hour of her lessons, and how she is reminded."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.shared.callbacks import Press
from bots.shared.context import Context
from bots.shared.filters import Pressed
from services.learning import reminders, schedule
from services.learning.schedule import HOUR, SET, ZONE


def build_router() -> Router:
    """The command, the question and the choices."""
    router = Router(name="course-settings")

    @router.message(Command("settings"), F.chat.type == "private")
    async def settings(_: Message, ctx: Context) -> None:
        schedule.show_settings(ctx.uow, ctx.contact, ctx.screen())

    @router.callback_query(Pressed(SET))
    async def ask(query: CallbackQuery, ctx: Context, press: Press) -> None:
        screen = ctx.screen(query.message)
        if press.id == "zone":
            schedule.show_clocks(ctx.uow, ctx.contact, screen)
        elif press.id == reminders.SETTING:
            reminders.show(ctx.uow, ctx.contact, screen)
        else:
            schedule.show_hours(ctx.uow, screen)

    @router.callback_query(Pressed(ZONE))
    async def choose_zone(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await schedule.change_zone(ctx.uow, ctx.contact, ctx.screen(query.message), press.id)

    @router.callback_query(Pressed(HOUR))
    async def choose_hour(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await schedule.change_hour(ctx.uow, ctx.contact, ctx.screen(query.message), press.id)

    @router.callback_query(Pressed(reminders.CHOOSE))
    async def choose_reminders(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await schedule.change_reminders(ctx.uow, ctx.contact, ctx.screen(query.message), press.id)

    return router
