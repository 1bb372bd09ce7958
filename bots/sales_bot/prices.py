"""What is said to whoever asks in her own words, and the button that shows what there is and for how much."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.shared.context import Context
from bots.shared.filters import Pressed
from bots.shared.opening import ask_consent, may_come_in
from core.flow.run import RunStatus
from services.commerce import purchases, tariffs
from services.commerce.tariffs import PRICES, Place, prices_button
from services.delivery import speech
from services.delivery.speech import Words
from services.learning import runs


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


async def answer(ctx: Context) -> None:
    """Say what can be pressed; who may ask the curator is told where, and who is new is asked to agree first."""
    if not await may_come_in(ctx):
        await ask_consent(ctx, "")
        return
    buttons = [[prices_button()]]
    bought = await purchases.list_purchases(ctx.uow, ctx.contact.id)
    if not any(runs.QUESTIONS in one.rights for one in bought):
        ctx.say("sales-fallback", buttons=buttons)
        return
    ctx.say("sales-fallback-student", buttons=[[purchases.course_button()], *buttons])


async def _place(ctx: Context) -> Place:
    """The run she is in, so that it goes on with the money."""
    run = await runs.find_current(ctx.uow, ctx.contact, ctx.bot.id)
    if run is None or run.value.status is not RunStatus.ACTIVE:
        return Place(ctx.address)
    return Place(ctx.address, run.id, run.value.visit)
