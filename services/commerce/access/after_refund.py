"""What a refund does to the access that was paid for and its groups, and who is told."""

from collections.abc import Sequence

from core.db.session import UnitOfWork
from core.events import PaymentRefunded
from core.lifecycle import AccessChange, AccessStatus, ClosesOnRefund, PaymentStatus
from core.money import STARS
from core.presses import PressKind
from services.commerce.access import leaving
from services.commerce.access.manual_access import close_access
from services.commerce.catalog.tariffs import get_tariff_by_id, prices_button
from services.commerce.payments.payments import get_order, get_payment
from services.commerce.refunds.refunds import PROVIDER, get_refund
from services.commerce.refunds.reports import describe_refund
from services.commerce.schemas import Access, Order, Payment, Refund
from services.commerce.store import access as store
from services.commerce.store import orders as orders_store
from services.commerce.store.plans import gifts as gifts_store
from services.delivery import speech
from services.delivery.speech import Address, Keyboard
from services.people.admins import tell_admins
from services.people.contacts import get_contact


async def follow_refund(uow: UnitOfWork, refunded: PaymentRefunded) -> None:
    """Close the access where the admin or the tariff says so; the buyer and the admins hear what has happened."""
    refund, order = await get_refund(uow, refunded.refund_id), await get_order(uow, refunded.order_id)
    access = await store.find_of_payment(uow.conn, uow.account_id, refunded.payment_id)
    is_open = access is not None and access.status is AccessStatus.ACTIVE
    end = "surplus" if refunded.is_surplus else "kept"
    if not refunded.is_surplus and await _closes(uow, refunded, refund, order):
        if access is not None and is_open:
            await close_access(uow, access.id, AccessChange.REFUNDED)
            end = "closed"
        elif access is None and await _close_gift(uow, order):
            end = "gift"
    groups = await _leave_groups(uow, access) if access is not None and end == "closed" else []
    if access is not None and end == "closed":
        await _tell_receiver(uow, order, refund, access, groups)
    payment = await get_payment(uow, refunded.payment_id)
    is_own = access is not None and access.contact_id == order.contact_id
    await _tell_buyer(uow, order, payment, refund, end, groups if is_own else [])
    await _tell_admins(uow, order, payment, refund, end, access, groups)


async def _leave_groups(uow: UnitOfWork, access: Access) -> list[str]:
    """Put the person out of the groups of an access; gives their titles."""
    return await leaving.name_groups(uow, await leaving.remove_from_groups(uow, access.id))


async def _close_gift(uow: UnitOfWork, order: Order) -> bool:
    """Let the link of a gift that nobody has opened open nothing any more; False if there is none."""
    gift = await gifts_store.find_gift(uow.conn, uow.account_id, order_id=order.id)
    return gift is not None and await gifts_store.close_gift(uow.conn, uow.account_id, gift.id)


async def _closes(uow: UnitOfWork, refunded: PaymentRefunded, refund: Refund, order: Order) -> bool:
    if refund.closes is not None:
        return refund.closes
    rule = (await get_tariff_by_id(uow, order.tariff_id)).closes_on_refund
    if rule is ClosesOnRefund.WHOLE:
        return refunded.is_whole and await _is_all_back(uow, order)
    return rule is ClosesOnRefund.ANY


async def _is_all_back(uow: UnitOfWork, order: Order) -> bool:
    """Whether nothing is left of something that is paid in parts; all else is paid as a whole, period by period."""
    if order.plan is None or not order.plan.parts:
        return True
    paid = await orders_store.list_payments(uow.conn, uow.account_id, order.id)
    return all(
        payment.refunded == payment.amount for payment in paid if payment.status is PaymentStatus.SUCCEEDED
    )


async def _tell_buyer(
    uow: UnitOfWork, order: Order, payment: Payment, refund: Refund, end: str, groups: Sequence[str]
) -> None:
    words = speech.words(
        f"refund-buyer-{end}",
        number=order.public_id,
        tariff=speech.named((await get_tariff_by_id(uow, order.tariff_id)).name),
        refund=speech.price(refund.amount, payment.currency),
        when=speech.words(_name_when(payment)),
    )
    buttons = [[prices_button()]] if end == "closed" else []
    to = Address(order.bot_id, order.chat_id)
    speech.say(uow, to, leaving.add_left_groups(words, groups), f"refund:{refund.id}:buyer", buttons=buttons)


def _name_when(payment: Payment) -> str:
    """The text that says when the buyer sees the money again."""
    if payment.is_test:
        return "refund-when-test"
    return "refund-when-stars" if payment.currency == STARS else "refund-when-bank"


async def _tell_receiver(
    uow: UnitOfWork, order: Order, refund: Refund, access: Access, groups: Sequence[str]
) -> None:
    """Who had opened a gift hears that it is closed; what went back is between its buyer and us."""
    if access.contact_id == order.contact_id:
        return
    tariff = speech.named((await get_tariff_by_id(uow, order.tariff_id)).name)
    to = Address(order.bot_id, (await get_contact(uow, access.contact_id)).telegram_id)
    words, key = speech.words("gift-closed", tariff=tariff), f"refund:{refund.id}:receiver"
    speech.say(uow, to, leaving.add_left_groups(words, groups), key, buttons=[[prices_button()]])


async def _tell_admins(
    uow: UnitOfWork,
    order: Order,
    payment: Payment,
    refund: Refund,
    end: str,
    access: Access | None,
    groups: Sequence[str],
) -> None:
    who = "provider" if refund.by == PROVIDER else "us"
    about = await describe_refund(uow, f"refund-made-by-{who}", order, payment, refund.amount)
    told = [about, speech.words(f"refund-access-{end}")]
    buttons: Keyboard = []
    if groups:
        told.append(speech.words("revoke-removed", count=len(groups), groups=groups))
    if access is not None and end != "surplus":
        buttons = _buttons(access, end)
    await tell_admins(uow, speech.lines(*told), f"refund:{refund.id}:made", buttons)


def _buttons(access: Access, end: str) -> Keyboard:
    """What an admin may want next: the access given back, or closed all the same."""
    if end == "kept":
        take = speech.button(speech.words("button-revoke"), PressKind.ACCESS_TAKE_ASK, access.id)
        return [[take]] if access.status is AccessStatus.ACTIVE else []
    return [[speech.button(speech.words("button-give-back"), PressKind.ACCESS_RETURN, access.id)]]
