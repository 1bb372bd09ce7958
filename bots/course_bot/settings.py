"""`/settings`: their time zone, asked by a clock, the hour of their lessons, how they are reminded, their language."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press
from services.delivery.speech import Screen
from services.learning.runs import reminders
from services.learning.study import schedule
from services.learning.study.schedule import HOUR, LANGUAGE, SET, ZONE
from services.people.schemas import AwaitedInput


def build_router() -> Router:
    """The command, the question and the choices."""
    router = Router(name="course-settings")

    @router.message(Command("settings"), F.chat.type == "private")
    async def settings(_: Message, ctx: Context) -> None:
        await schedule.show_settings(ctx.uow, ctx.contact, ctx.screen())

    @router.callback_query(Pressed(SET))
    async def ask(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await _ask(ctx, ctx.screen(query.message), press.id)

    @router.callback_query(Pressed(ZONE))
    async def choose_zone(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await schedule.change_zone(ctx.uow, ctx.contact, ctx.screen(query.message), press.id)

    @router.callback_query(Pressed(HOUR))
    async def choose_hour(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await schedule.change_hour(ctx.uow, ctx.contact, ctx.screen(query.message), press.id)

    @router.callback_query(Pressed(reminders.CHOOSE))
    async def choose_reminders(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await schedule.change_reminders(ctx.uow, ctx.contact, ctx.screen(query.message), press.id)

    @router.callback_query(Pressed(LANGUAGE))
    async def choose_language(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await schedule.change_language(ctx.uow, ctx.contact, ctx.screen(query.message), press.id)

    return router


async def take_zone(ctx: Context, message: Message, _: AwaitedInput) -> bool:
    """What time it is for the person, or their city; False for what is neither."""
    text = message.text or ""
    return bool(text) and await schedule.take_zone(ctx.uow, ctx.contact, ctx.screen(), text)


async def take_hour(ctx: Context, message: Message, _: AwaitedInput) -> bool:
    """When they want their lessons; False for what is no hour and about something else."""
    text = message.text or ""
    return bool(text) and await schedule.take_hour(ctx.uow, ctx.contact, ctx.screen(), text)


async def _ask(ctx: Context, screen: Screen, setting: str) -> None:
    """Show the choices for a setting."""
    match setting:
        case "zone":
            schedule.show_clocks(ctx.uow, ctx.contact, screen)
        case schedule.OTHER:
            await schedule.ask_other_zone(ctx.uow, screen)
        case schedule.KEEP:
            await schedule.keep_zone(ctx.uow, ctx.contact, screen)
        case "language":
            schedule.show_languages(ctx.uow, screen)
        case reminders.SETTING:
            reminders.show(ctx.uow, ctx.contact, screen)
        case _:
            await schedule.show_hours(ctx.uow, ctx.contact, screen)
