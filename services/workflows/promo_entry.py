"""A promo code is entered: what it takes off is said above the prices, or why it takes nothing off."""

from core.db.session import UnitOfWork
from core.money import show_money
from core.rules.promo import PromoKind
from services.commerce.promo.uses import Refusal, enter_code
from services.commerce.schemas import Promo
from services.delivery import speech
from services.delivery.speech import Address, Words
from services.people.schemas import Contact
from services.workflows import price_list


async def enter_promo(uow: UnitOfWork, contact: Contact, to: Address, text: str, key: str) -> bool:
    """Enter a code and show the prices with it; False if there is no such code."""
    promo, refusal = await enter_code(uow, contact.id, text)
    if promo is None or refusal is not None:
        words = speech.words(f"promo-{refusal}", code=text.strip()[:32], moment=_moment(promo, contact))
        await price_list.say_above_prices(uow, contact, to, words, key)
        return refusal is not Refusal.UNKNOWN
    promise = speech.words("promo-prices")
    await price_list.show_prices(uow, contact, to, describe(promo, contact), key, promise)
    return True


def describe(promo: Promo, contact: Contact) -> Words:
    """What a code takes off and until when, for who has entered it."""
    off = describe_off(promo, contact.language)
    until = "promo-entered-until" if promo.ends_at else "promo-entered"
    return speech.words(until, code=promo.code, off=off, moment=_moment(promo, contact))


def describe_off(promo: Promo, language: str) -> Words:
    """What a code takes off: `20%`, a sum, or all of it."""
    match promo.discount.kind:
        case PromoKind.PERCENT:
            return speech.words("percent", percent=promo.discount.value)
        case PromoKind.AMOUNT:
            return show_money(promo.discount.value, promo.currency or "", language)
        case PromoKind.FREE:
            return speech.words("promo-off-free")


def _moment(promo: Promo | None, contact: Contact) -> Words:
    """When a code begins or ends, by the person's own clock."""
    at = promo and (promo.starts_at if promo.ends_at is None else promo.ends_at)
    return speech.moment(at, contact.zone) if at else ""
