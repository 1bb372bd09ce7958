"""Codes as admins make them: what is taken off, for whom, how often and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.money import read_money
from core.rules.deep_link import promo_link
from core.rules.promo import Discount, PromoKind, read_code, read_moment
from core.text.refusal import InputRefused, words
from services.commerce.schemas import Promo
from services.commerce.store import tariffs as tariffs_store
from services.commerce.store.money import promo as store

INVALID = "PROMO_INVALID"
MOST_LIMIT = 1_000_000
CURRENCY = "RUB"  # of a sum, where no tariff says otherwise


@dataclass(frozen=True)
class Draft:
    """A code as it is asked for, in words: `taken_off` is `20%`, `500.00` or `free`, dates are of `zone`.

    `currency` is that of a sum, where somebody has named it.
    """

    code: str
    taken_off: str
    limit: str = ""
    per_person: str = ""
    starts: str | datetime = ""
    until: str | datetime = ""
    tariffs: tuple[str, ...] = ()
    zone: str = "UTC"
    partner_id: int | None = None
    currency: str | None = None


async def add_code(uow: UnitOfWork, draft: Draft) -> Promo:
    """Make a code; raises PROMO_INVALID or PROMO_KNOWN with words about what is wrong."""
    code = read_code(draft.code)
    if not code:
        raise _invalid("promo-bad-letters")
    if not _fits_link(code):
        raise _invalid("promo-bad-long")
    currencies = await _find_currencies(uow, draft.tariffs)
    ends_at = _read_date(draft.until, draft.zone, is_end=True)
    if ends_at is not None and ends_at <= uow.now:
        raise _invalid("promo-bad-over", given=str(draft.until))
    if draft.currency is not None and [draft.currency] != list(currencies):
        raise _invalid("promo-bad-currencies", currencies=", ".join(currencies))
    discount = _read_discount(draft.taken_off, currencies[0])
    if discount.kind is PromoKind.AMOUNT and len(currencies) > 1:
        raise _invalid("promo-bad-currencies", currencies=", ".join(currencies))
    row = {
        "code": code,
        "kind": discount.kind,
        "value": discount.value,
        "currency": currencies[0] if discount.kind is PromoKind.AMOUNT else None,
        "limit_total": _read_limit(draft.limit),
        "limit_person": _read_limit(draft.per_person),
        "starts_at": _read_date(draft.starts, draft.zone),
        "ends_at": ends_at,
        "tariffs": list(draft.tariffs),
        "partner_id": draft.partner_id,
        "is_active": True,
        "created_at": uow.now,
    }
    if not await store.add_promo(uow.conn, uow.account_id, row):
        raise InputRefused("PROMO_KNOWN", words("promo-bad-known", code=code))
    logger.bind(event="promo.added", promo=code).info("promo code {} is made", code)
    return await get_code(uow, code)


def _fits_link(code: str) -> bool:
    """Whether Telegram takes the link with the code: letters that are not Latin need more room there."""
    try:
        return bool(promo_link(code))
    except ValueError:
        return False


async def _find_currencies(uow: UnitOfWork, codes: Sequence[str]) -> Sequence[str]:
    """The currencies of the tariffs a code is for; raises PROMO_INVALID for a tariff that is not sold."""
    on_sale = await tariffs_store.list_on_sale(uow.conn, uow.account_id, codes)
    if unknown := sorted(set(codes) - {tariff.code for tariff in on_sale}):
        known = await tariffs_store.list_on_sale(uow.conn, uow.account_id, ())
        there_are = ", ".join(promo.code for promo in known) or "–"
        raise _invalid("promo-bad-no-tariff", given=", ".join(unknown), known=there_are)
    return sorted({tariff.currency for tariff in on_sale}) or [CURRENCY]


def _read_discount(text: str, currency: str) -> Discount:
    entered = text.strip().lower()
    if entered == "free":
        return Discount(PromoKind.FREE)
    percent = entered.removesuffix("%").strip()
    if entered.endswith("%") and percent.isascii() and percent.isdigit() and 0 < int(percent) <= 100:  # noqa: PLR2004 - per cent
        return Discount(PromoKind.PERCENT, int(percent))
    try:
        amount = read_money(entered, currency)
    except ValueError:
        amount = 0
    if amount == 0:
        raise _invalid("promo-bad-neither", given=text)
    return Discount(PromoKind.AMOUNT, amount)


def _read_limit(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_LIMIT):
        raise _invalid("promo-bad-no-limit", given=text)
    return int(text)


def _read_date(text: str | datetime, zone: str, *, is_end: bool = False) -> datetime | None:
    if isinstance(text, datetime):
        return text
    try:
        return read_moment(text, zone, is_end=is_end) if text else None
    except (ValueError, ZoneInfoNotFoundError):
        raise _invalid("promo-bad-no-date", given=text) from None


def _invalid(key: str, **values: str) -> InputRefused:
    return InputRefused(INVALID, words(key, **values))


async def get_code(uow: UnitOfWork, text: str) -> Promo:
    """A code; raises PROMO_NOT_FOUND."""
    promo = await store.find_promo(uow.conn, uow.account_id, read_code(text))
    if promo is None:
        raise DomainError(ErrorKind.NOT_FOUND, "PROMO_NOT_FOUND", f"there is no code {text}")
    return promo


async def get_by_id(uow: UnitOfWork, promo_id: int) -> Promo:
    """A code by its id; raises PROMO_NOT_FOUND."""
    promo = next(
        (promo for promo in await store.list_promos(uow.conn, uow.account_id) if promo.id == promo_id), None
    )
    if promo is None:
        raise DomainError(ErrorKind.NOT_FOUND, "PROMO_NOT_FOUND", str(promo_id))
    return promo


async def list_codes(uow: UnitOfWork) -> list[tuple[Promo, int]]:
    """All codes, the newest first, each with how many orders were paid with it."""
    used = await count_used(uow)
    return [(promo, used.get(promo.id, 0)) for promo in await store.list_promos(uow.conn, uow.account_id)]


async def count_used(uow: UnitOfWork) -> dict[int, int]:
    """By code, how many orders were paid with it."""
    return await store.count_used(uow.conn, uow.account_id)


async def stop_code(uow: UnitOfWork, text: str) -> bool:
    """Let a code count no more; orders that took it keep their price. False if it had been stopped.

    Raises PROMO_NOT_FOUND.
    """
    return await store.stop_promo(uow.conn, uow.account_id, (await get_code(uow, text)).id)
