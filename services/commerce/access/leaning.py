"""An upgrade was bought for the difference: what follows when money it leaned on goes back."""

from core.db.session import UnitOfWork
from core.lifecycle import AccessChange, ClosesOnRefund
from core.presses import PressKind
from services.commerce.access import leaving
from services.commerce.access.manual_access import close_access
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.payments.notices import describe_order
from services.commerce.payments.payments import get_order
from services.commerce.schemas import Order
from services.commerce.store.money import leaning as store
from services.delivery import speech
from services.delivery.speech import Words
from services.people.admins import tell_admins


async def follow_refund(uow: UnitOfWork, payment_id: int, refund_id: int, amount: int) -> None:
    """Money that an upgrade leaned on was part of its price, so this is a part of it that went back.

    The upgrade closes where its tariff closes at any refund, and stays where it does not; the admins hear which.
    """
    for order_id, access_id in await store.list_leaning(uow.conn, uow.account_id, payment_id, uow.now):
        order = await get_order(uow, order_id)
        rule = (await get_tariff_by_id(uow, order.tariff_id)).closes_on_refund
        closes = rule is ClosesOnRefund.ANY and await close_access(uow, access_id, AccessChange.REFUNDED)
        if closes:
            await leaving.remove_from_groups(uow, access_id)
        words = await _describe(uow, "closed" if closes else "kept", order, amount)
        kind, label = (
            (PressKind.ACCESS_RETURN, "button-give-back")
            if closes
            else (PressKind.ACCESS_TAKE_ASK, "button-revoke")
        )
        button = speech.button(speech.words(label), kind, access_id)
        await tell_admins(uow, words, f"refund:{refund_id}:leaned:{order_id}", [[button]])


async def note_paid(uow: UnitOfWork, order_id: int, access_id: int) -> None:
    """An upgrade was paid on a page from before something it leans on went back: it is open for less than its price."""
    returned = await store.sum_returned(uow.conn, uow.account_id, order_id)
    if returned:
        words = await _describe(uow, "late", await get_order(uow, order_id), returned)
        button = speech.button(speech.words("button-revoke"), PressKind.ACCESS_TAKE_ASK, access_id)
        await tell_admins(uow, words, f"order:{order_id}:leaned", [[button]])


async def warn(uow: UnitOfWork, payment_id: int, amount: int) -> list[Words]:
    """What somebody who gives a payment back should know first: the upgrades that lean on it."""
    leaning = await store.list_leaning(uow.conn, uow.account_id, payment_id, uow.now)
    return [await _describe(uow, "ask", await get_order(uow, order_id), amount) for order_id, _ in leaning]


async def _describe(uow: UnitOfWork, what: str, order: Order, amount: int) -> Words:
    short = speech.price(min(amount, order.credit), order.currency)
    credit = speech.price(order.credit, order.currency)
    return await describe_order(uow, f"leaned-{what}", order, short=short, credit=credit)
