"""`/partner`: a link of one's own, what it has brought and earned, and asking for the money."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from bots.shared.secrets import forget
from core.errors import DomainError
from core.lifecycle import AwaitedKind
from core.presses import Press
from services.commerce.partners import cabinet, payouts, referrals
from services.commerce.partners.cabinet import ASK, WITHIN
from services.people import awaited
from services.people.schemas import AwaitedInput


def build_router() -> Router:
    """The partner's command and the button that asks for money."""
    router = Router(name="sales-partner")

    @router.message(Command("partner"), F.chat.type == "private")
    async def show(_: Message, ctx: Context) -> None:
        partner = await referrals.become_partner(ctx.uow, ctx.contact.id)
        await cabinet.show(ctx.uow, partner, ctx.bot.username, ctx.address, ctx.next_key())

    @router.callback_query(Pressed(ASK))
    async def ask(_: CallbackQuery, ctx: Context, press: Press) -> None:
        await awaited.expect(ctx.uow, ctx.address, AwaitedKind.PAYOUT, WITHIN, press.id)
        ctx.say("payout-where")

    return router


async def take_place(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """Where a partner's money is to go: sealed, and forgotten wherever else it stands, the chat too."""
    if not (message.text or message.caption):
        return False
    await forget(ctx, message)
    if _is_refused(ctx, message):
        return True
    await awaited.settle(ctx.uow, ctx.address, AwaitedKind.PAYOUT)
    partner = await referrals.become_partner(ctx.uow, ctx.contact.id)
    try:
        payout = await payouts.request_payout(ctx.uow, partner, expected.about, message.text or "")
    except DomainError as refusal:
        ctx.say(f"payout-{refusal.code.lower().replace('_', '-')}")
        return True
    ctx.say("payout-requested", amount=cabinet.price_of(payout))
    return True


def _is_refused(ctx: Context, message: Message) -> bool:
    """What stands below a picture or is too long cannot be shown later; they hear it."""
    if not message.text:
        ctx.say("payout-where")
        return True
    if is_long := len(message.text.strip()) > payouts.MOST_LETTERS:
        ctx.say("payout-place-long", limit=payouts.MOST_LETTERS)
    return is_long
