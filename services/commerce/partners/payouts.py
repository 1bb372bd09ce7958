"""Partners' money: asked for with the place it goes to, which is sealed; paid by an admin, who sees that place alone."""

from typing import Any

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import PAYOUT_MOVES, BotKind, CommissionStatus, PayoutStatus
from core.presses import PressKind
from core.refs import RefKind, write_ref
from core.rules import ledger as books
from services.commerce.ledger.posting import post
from services.commerce.partners.referrals import get_partner
from services.commerce.schemas import Partner, Payout
from services.commerce.store.partners import commissions as store
from services.delivery import speech
from services.delivery.speech import Address, Words
from services.people.admins import end_cards, list_admins, tell_admins
from services.people.contacts import get_contact
from services.tenancy.bots import get_bot
from utils.sealed import KeyMissingError

STEER = PressKind.PAYOUT  # kind of an admin's buttons: show-id, paid-id, refuse-id
MOST_LETTERS = 1000  # of the place the money goes to: bank details of a firm have some three hundred


async def request_payout(uow: UnitOfWork, partner: Partner, currency: str, place: str) -> Payout:
    """Ask for all that can be asked for; the admins are told, without the place.

    Raises PAYOUT_REQUESTED if one waits already, NOTHING_PAYABLE if there is nothing.
    """
    has = await store.sum_earnings(uow.conn, uow.account_id, uow.now, partner.id)
    if not any(balance.payable > 0 for balance in has if balance.currency == currency):
        raise DomainError(ErrorKind.CONFLICT, "NOTHING_PAYABLE", partner.code)
    row: dict[str, Any] = {
        "partner_id": partner.id,
        "amount": 0,
        "currency": currency,
        "status": PayoutStatus.REQUESTED,
        "sealed": None,
        "created_at": uow.now,
    }
    payout_id = await store.open_payout(uow.conn, uow.account_id, row)
    if payout_id is None:
        raise DomainError(ErrorKind.CONFLICT, "PAYOUT_REQUESTED", partner.code)
    gathered = await store.gather(uow.conn, uow.account_id, {**row, "id": payout_id}, uow.now)
    sealed = uow.env.keys.seal(place.strip(), _place(uow, payout_id))
    await store.fill_payout(uow.conn, uow.account_id, payout_id, gathered, sealed)
    payout = await get_payout(uow, payout_id)
    buttons = [[speech.button(speech.words("button-payout-show"), STEER, f"show-{payout_id}")]]
    words = await describe(uow, payout, "payout-asked")
    await tell_admins(uow, words, f"payout:{payout_id}", buttons, ref_of(payout_id))
    return payout


def ref_of(payout_id: int) -> str:
    """What its cards are kept as: where the money goes leaves them once it is settled."""
    return write_ref(RefKind.PAYOUT, payout_id)


async def get_payout(uow: UnitOfWork, payout_id: int) -> Payout:
    """A payout by its id; raises PAYOUT_NOT_FOUND."""
    payout = await store.find_payout(uow.conn, uow.account_id, payout_id)
    if payout is None:
        raise DomainError(
            ErrorKind.NOT_FOUND,
            "PAYOUT_NOT_FOUND",
            f"there is no payout {payout_id}; `tandem payouts list` shows those that wait",
        )
    return payout


async def list_open(uow: UnitOfWork) -> list[Payout]:
    """What partners wait for."""
    return await store.list_payouts(uow.conn, uow.account_id, [PayoutStatus.REQUESTED])


def open_place(uow: UnitOfWork, payout: Payout) -> str:
    """Where the money goes, for who pays it; empty once that is settled. It is shown, never stored open.

    Raises KeyMissingError where the master key it was sealed with is gone.
    """
    return uow.env.keys.open(payout.sealed, _place(uow, payout.id)) if payout.sealed else ""


async def find_missing_key(uow: UnitOfWork) -> str | None:
    """The name of a master key that is gone, so that nobody can see where money goes that is waited for."""
    try:
        for payout in await list_open(uow):
            open_place(uow, payout)
    except KeyMissingError as gone:
        return gone.name
    return None


async def settle_payout(uow: UnitOfWork, payout_id: int, admin_id: int, *, is_paid: bool) -> bool:
    """The money has gone its way, or is not paid: then it can be asked for again. False if that was settled before.

    The place it goes to is forgotten, and leaves the chat of whoever looked at it. Raises PAYOUT_NOT_FOUND.
    """
    to = PayoutStatus.PAID if is_paid else PayoutStatus.REFUSED
    return await _settle(uow, await get_payout(uow, payout_id), to, admin_id, f"payout-{to}-partner")


async def require_settled(uow: UnitOfWork, payout_id: int, wished: PayoutStatus) -> Payout:
    """A payout that is settled as it was wished; raises PAYOUT_SETTLED for one that was settled otherwise before."""
    payout = await get_payout(uow, payout_id)
    if payout.status is not wished:
        raise DomainError(ErrorKind.CONFLICT, "PAYOUT_SETTLED", payout.status)
    return payout


async def withdraw_payout(uow: UnitOfWork, payout_id: int) -> Payout | None:
    """A sale in it has to be looked at: nothing is paid, the rest can be asked for anew. None if it was settled before."""
    payout = await get_payout(uow, payout_id)
    is_done = await _settle(uow, payout, PayoutStatus.REFUSED, 0, "payout-withdrawn-partner")
    return payout if is_done else None


async def _settle(uow: UnitOfWork, payout: Payout, to: PayoutStatus, admin_id: int, told: str) -> bool:
    payout_id, is_paid = payout.id, to is PayoutStatus.PAID
    known = {"sealed": None, "admin_id": admin_id, "settled_at": uow.now}
    if not await store.move_payout(uow.conn, uow.account_id, payout_id, to, PAYOUT_MOVES[to], known):
        return False
    status = CommissionStatus.PAID if is_paid else CommissionStatus.EARNED
    await store.move_commissions(uow.conn, uow.account_id, payout_id, status, keeps=is_paid)
    if is_paid:
        await post(uow, f"payout:{payout_id}", books.payout(payout.amount), payout.currency)
    logger.bind(event=f"payout.{to}", payout=payout_id, admin=admin_id).info("payout {}", to)
    await _tell_partner(uow, payout, told)
    over = await describe(uow, payout, f"payout-is-{to}")
    for admin in await list_admins(uow):
        await end_cards(uow, admin, ref_of(payout_id), over)
    return True


async def _tell_partner(uow: UnitOfWork, payout: Payout, text: str) -> None:
    partner = await get_partner(uow, payout.partner_id)
    person, shop = await get_contact(uow, partner.contact_id), await get_bot(uow, BotKind.SALES)
    words = speech.words(text, amount=speech.price(payout.amount, payout.currency))
    speech.say(uow, Address(shop.id, person.telegram_id), words, f"payout:{payout.id}:{text}")


async def describe(uow: UnitOfWork, payout: Payout, text: str, **more: str) -> Words:
    """A text about a payout for admins."""
    partner = await get_partner(uow, payout.partner_id)
    person = await get_contact(uow, partner.contact_id)
    amount = speech.price(payout.amount, payout.currency)
    who = {"person": person.full_name, "known": person.telegram_id}
    return speech.words(text, **who, amount=amount, id=payout.id, **more)


def _place(uow: UnitOfWork, payout_id: int) -> str:
    return f"payouts/{uow.account_id}/{payout_id}"
