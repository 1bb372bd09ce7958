"""`/held`: money that providers have set aside, and the two buttons that decide about it."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.errors import DomainError
from core.presses import Press
from services.commerce.orders import holds
from services.commerce.payments.notices import describe_order
from services.commerce.payments.payments import get_order, get_payment
from services.delivery import speech
from services.tenancy.permissions import Permission


async def held(_: Message, ctx: Context) -> None:
    """Show money that is set aside, each with a button that takes it and one that lets it go.

    It is there where payments are taken in two stages (`YOOKASSA_CAPTURE=manual`).
    """
    found_held = await holds.list_held(ctx.uow)
    for payment, order in found_held:
        words = await holds.describe(ctx.uow, payment, order, "hold-begun")
        buttons, ref = holds.buttons_of(payment), holds.ref_of(payment.id)
        speech.say(ctx.uow, ctx.address, words, ctx.next_key(), buttons=buttons, ref=ref)
    if not found_held:
        ctx.say("hold-none")


COMMANDS = (AdminCommand("held", held, Section.MONEY, looks=True),)


def build_buttons() -> Router:
    """The decisions."""
    router = admin_router("admin-holds", Permission.MONEY)

    @router.callback_query(Pressed(holds.PRESS))
    async def decide(query: CallbackQuery, ctx: Context, press: Press) -> None:
        what, number = press.id.split("-")
        order = await get_order(ctx.uow, (await get_payment(ctx.uow, int(number))).order_id)
        redraw(ctx, query, await describe_order(ctx.uow, await _decide(ctx, what, int(number)), order))

    return router


async def _decide(ctx: Context, what: str, payment_id: int) -> str:
    try:
        await holds.decide(ctx.uow, payment_id, take=what == holds.TAKE)
    except DomainError:
        return holds.name_end(await get_payment(ctx.uow, payment_id))
    return f"hold-asked-{what}"
