"""A code on its way: entered by a buyer, taken by an order, used with the payment, given back when the order dies."""

from enum import StrEnum

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import RaceLost
from core.lifecycle import PromoUse
from core.rules.promo import read_code
from services.commerce.schemas import Promo, Tariff
from services.commerce.store import tariffs as tariffs_store
from services.commerce.store.money import promo as store


class Refusal(StrEnum):
    """Why a code takes nothing off; `promo-<name>` says so."""

    UNKNOWN = "unknown"
    STOPPED = "stopped"
    EARLY = "early"
    OVER = "over"
    USED_UP = "used-up"
    USED = "used"  # by this person
    OTHER = "other"  # it is for tariffs that are not on sale


async def enter_code(uow: UnitOfWork, contact_id: int, text: str) -> tuple[Promo | None, Refusal | None]:
    """Keep a code for what the person orders next; gives it, and why it takes nothing off if it does not."""
    code = read_code(text)
    promo = await store.find_promo(uow.conn, uow.account_id, code) if code else None
    if promo is None:
        return None, Refusal.UNKNOWN
    on_sale = await tariffs_store.list_on_sale(uow.conn, uow.account_id, promo.tariffs)
    refusal = await _judge(uow, promo, contact_id, None)
    if refusal is None and not any(_fits(promo, tariff) for tariff in on_sale):
        refusal = Refusal.OTHER
    if refusal is None:
        await store.enter(uow.conn, uow.account_id, contact_id, promo.id, uow.now)
        logger.bind(event="promo.entered", promo=promo.code, contact_id=contact_id).info(
            "a promo code is entered"
        )
    return promo, refusal


async def find_entered(uow: UnitOfWork, contact_id: int) -> Promo | None:
    """The code a person has entered, whether it still counts or not."""
    return await store.find_entered(uow.conn, uow.account_id, contact_id)


async def find_for(uow: UnitOfWork, contact_id: int, tariff: Tariff) -> Promo | None:
    """The code that takes something off a tariff for this person now."""
    promo = await find_entered(uow, contact_id)
    if promo is None or not _fits(promo, tariff):
        return None
    return promo if await _judge(uow, promo, contact_id, tariff.flow_id) is None else None


def _fits(promo: Promo, tariff: Tariff) -> bool:
    is_for = not promo.tariffs or tariff.code in promo.tariffs
    return is_for and promo.currency in {None, tariff.currency}


async def _judge(uow: UnitOfWork, promo: Promo, contact_id: int, flow_id: int | None) -> Refusal | None:
    """Why a code does not count; what the person's open order of the course has taken is theirs to take again."""
    if not promo.is_active:
        return Refusal.STOPPED
    if promo.starts_at is not None and uow.now < promo.starts_at:
        return Refusal.EARLY
    if promo.ends_at is not None and uow.now >= promo.ends_at:
        return Refusal.OVER
    numbers = await store.list_numbers(uow.conn, uow.account_id, promo.id, contact_id, flow_id)
    if promo.limit_person is not None and len(numbers) >= promo.limit_person:
        return Refusal.USED
    if promo.limit_total is not None and promo.taken >= promo.limit_total:
        holds = flow_id is not None and await store.holds_open(
            uow.conn, uow.account_id, promo.id, contact_id, flow_id
        )
        return None if holds else Refusal.USED_UP
    return None


async def take_code(uow: UnitOfWork, promo: Promo, order_id: int, contact_id: int) -> None:
    """Have a new order take a code; raises RaceLost if somebody took the last one meanwhile."""
    if not await store.count_taken(uow.conn, uow.account_id, promo.id, 1, within_limit=True):
        raise RaceLost(f"promo code {promo.code} was used up by another order")
    taken = await store.list_numbers(uow.conn, uow.account_id, promo.id, contact_id, None)
    number = min(set(range(1, len(taken) + 2)) - set(taken))
    use = {
        "promo_id": promo.id,
        "order_id": order_id,
        "contact_id": contact_id,
        "number": number,
        "state": PromoUse.TAKEN,
        "at": uow.now,
    }
    is_beyond = promo.limit_person is not None and number > promo.limit_person
    if is_beyond or not await store.add_use(uow.conn, uow.account_id, use):
        raise RaceLost(f"promo code {promo.code} was used by another order of the same person")


async def use_code(uow: UnitOfWork, order_id: int) -> None:
    """The order is paid: its code is used, also one that had been given back before the money came."""
    conn, account_id = uow.conn, uow.account_id
    if await store.move_use(conn, account_id, order_id, PromoUse.USED, (PromoUse.TAKEN,)) is not None:
        return
    promo_id = await store.move_use(conn, account_id, order_id, PromoUse.USED, (PromoUse.RETURNED,))
    if promo_id is not None:
        await store.count_taken(conn, account_id, promo_id, 1, within_limit=False)


async def give_back(uow: UnitOfWork, order_id: int) -> None:
    """The order died unpaid: its code is good once more."""
    conn, account_id = uow.conn, uow.account_id
    promo_id = await store.move_use(conn, account_id, order_id, PromoUse.RETURNED, (PromoUse.TAKEN,))
    if promo_id is not None:
        await store.count_taken(conn, account_id, promo_id, -1, within_limit=False)


async def find_code(uow: UnitOfWork, order_id: int) -> str | None:
    """The code an order has taken."""
    return await store.find_code(uow.conn, uow.account_id, order_id)
