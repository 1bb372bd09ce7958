"""Whoever asks in their own words gets the prices or reaches a person; and the button that shows what there is and for how much."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.commands.help import describe_commands
from bots.shared.filters import Pressed
from bots.shared.opening import ask_consent, may_come_in
from bots.shared.person_messages import read_person_message
from core.lifecycle import BotKind
from core.rules.asking import asks_for_prices, is_only_price
from services.commerce.catalog.tariffs import PRICES
from services.delivery import speech
from services.delivery.speech import Words
from services.learning.review import questions
from services.learning.review.questions import Turn
from services.tenancy.permissions import Permission
from services.workflows.price_list import say_above_prices, show_prices


def build_router() -> Router:
    """The button."""
    router = Router(name="sales-prices")

    @router.callback_query(Pressed(PRICES))
    async def press(_: CallbackQuery, ctx: Context) -> None:
        await _show(ctx)

    return router


async def answer(ctx: Context, message: Message) -> None:
    """Show the prices to who asks for them and pass all else on to a person; who is new is asked to agree first."""
    if not await may_come_in(ctx):
        await ask_consent(ctx, "")
        return
    words = message.text or ""
    if words.startswith("/"):
        await _say(ctx, describe_commands(BotKind.SALES, is_member=ctx.may(Permission.WORK)))
        return
    if asks_for_prices(words):
        await _show(ctx)
    if not is_only_price(words):
        await _pass_on(ctx, message)


async def _pass_on(ctx: Context, message: Message) -> None:
    """To the admins, who answer by a reply; they themselves, and who cannot be passed on, are told what can be pressed."""
    turn = Turn.NOBODY
    if not ctx.may(Permission.REVIEWS):
        turn = await questions.ask_shop(ctx.uow, ctx.contact, ctx.address, read_person_message(message))
    if turn is not Turn.ADDED:
        await _say(ctx, speech.words("sales-passed-on" if turn is Turn.PUT else "sales-fallback"))


async def _show(ctx: Context) -> None:
    await show_prices(ctx.uow, ctx.contact, ctx.address, speech.words("offer-now"), ctx.next_key())


async def _say(ctx: Context, text: Words) -> None:
    await say_above_prices(ctx.uow, ctx.contact, ctx.address, text, ctx.next_key())
