"""Whoever asks in her own words gets the prices or reaches a person; and the button that shows what there is and for how much."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from bots.shared.opening import ask_consent, may_come_in
from bots.shared.said import read_said
from core.flow.run import RunStatus
from core.rules.asking import asks_for_prices, is_only_price
from services.commerce.catalog import tariffs
from services.commerce.catalog.tariffs import PRICES, OfferPlace, prices_button
from services.commerce.orders import purchases
from services.delivery import speech
from services.delivery.speech import Words
from services.learning import run_lookup
from services.learning.review import questions
from services.learning.review.questions import Turn


def build_router() -> Router:
    """The button."""
    router = Router(name="sales-prices")

    @router.callback_query(Pressed(PRICES))
    async def press(_: CallbackQuery, ctx: Context) -> None:
        await show(ctx, speech.words("offer-now"))

    return router


async def show(ctx: Context, text: Words) -> None:
    """Say what there is, below a text."""
    await tariffs.show_offer(ctx.uow, await _place(ctx), text, (), ctx.next_key())


async def answer(ctx: Context, message: Message) -> None:
    """Show the prices to who asks for them and pass all else on to a person; who is new is asked to agree first."""
    if not await may_come_in(ctx):
        await ask_consent(ctx, "")
        return
    words = message.text or ""
    if words.startswith("/"):
        await _say(ctx, "sales-fallback")
        return
    if asks_for_prices(words):
        await show(ctx, speech.words("offer-now"))
    if not is_only_price(words):
        await _pass_on(ctx, message)


async def _pass_on(ctx: Context, message: Message) -> None:
    """To the admins, who answer by a reply; they themselves, and who cannot be passed on, are told what can be pressed."""
    turn = Turn.NOBODY
    if not ctx.is_admin:
        turn = await questions.ask_shop(ctx.uow, ctx.contact, ctx.address, read_said(message))
    if turn is not Turn.ADDED:
        await _say(ctx, "sales-passed-on" if turn is Turn.PUT else "sales-fallback")


async def explain(ctx: Context) -> None:
    """Say what can be pressed; who is new is asked to agree first."""
    if await may_come_in(ctx):
        await _say(ctx, "sales-fallback")
    else:
        await ask_consent(ctx, "")


async def _say(ctx: Context, key: str) -> None:
    """A text above the prices' button; who may ask the curator has the course's, too."""
    bought = await purchases.list_purchases(ctx.uow, ctx.contact.id)
    student = (
        [[purchases.course_button()]] if any(run_lookup.QUESTIONS in one.rights for one in bought) else []
    )
    ctx.say(key, buttons=[*student, [prices_button()]])


async def _place(ctx: Context) -> OfferPlace:
    """The run she is in, so that it goes on with the money."""
    run = await run_lookup.find_current(ctx.uow, ctx.contact, ctx.bot.id)
    if run is None or run.value.status is not RunStatus.ACTIVE:
        return OfferPlace(ctx.address)
    return OfferPlace(ctx.address, run.id, run.value.visit)
