"""What is for sale as one person sees it: a list of tariffs or courses with their buttons."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.rules.pricing import Quote
from services.commerce.catalog.tariffs import COURSE, OfferPlace, buy_button, describe, list_tariffs
from services.commerce.catalog.terms import find_terms
from services.commerce.promo import uses
from services.commerce.schemas import Tariff
from services.commerce.store import tariffs as store
from services.delivery import speech
from services.delivery.speech import Words
from services.people.schemas import Contact


async def show_offer(
    uow: UnitOfWork, contact: Contact, place: OfferPlace, text: Words, codes: Sequence[str], key: str
) -> None:
    """Say an offer's text with a button per tariff below it, or per course and product when several are on sale."""
    tariffs = await list_tariffs(uow, codes)
    if len({tariff.flow_id for tariff in tariffs}) > 1:
        await _show_catalogue(uow, place, text, tariffs, key)
    else:
        await _show(uow, contact, place, [text], tariffs, key)


async def show_tariffs_of(
    uow: UnitOfWork, contact: Contact, place: OfferPlace, flow_id: int, key: str
) -> None:
    """Say the tariffs of one course of the catalogue."""
    tariffs = [tariff for tariff in await list_tariffs(uow) if tariff.flow_id == flow_id]
    await _show(uow, contact, place, [], tariffs, key)


async def _show(
    uow: UnitOfWork,
    contact: Contact,
    place: OfferPlace,
    above: Sequence[Words],
    tariffs: Sequence[Tariff],
    key: str,
) -> None:
    if not tariffs:
        speech.say(uow, place.to, speech.words("offer-empty"), key, ref=place.ref)
        return
    has_code = await uses.find_entered(uow, contact.id) is not None
    shown = [(tariff, await _price(uow, contact, tariff) if has_code else None) for tariff in tariffs]
    words = speech.lines(*above, *(describe(tariff, told) for tariff, told in shown))
    buttons = [[buy_button(tariff, place, told=told)] for tariff, told in shown]
    speech.say(uow, place.to, words, key, buttons=buttons, ref=place.ref)


async def _price(uow: UnitOfWork, contact: Contact, tariff: Tariff) -> Quote | None:
    """What a tariff costs the person with their promo code; None where that takes nothing off."""
    asked = await find_terms(uow, contact, tariff)
    return asked.quote if asked.promo else None


async def _show_catalogue(
    uow: UnitOfWork, place: OfferPlace, text: Words, tariffs: Sequence[Tariff], key: str
) -> None:
    names = await store.load_course_names(uow.conn, uow.account_id, {tariff.flow_id for tariff in tariffs})
    rows: list[list[Mapping[str, Any]]] = [
        [speech.button(speech.content(name), COURSE, f"{place.mark}-{flow_id}")]
        for flow_id, name in names.items()
    ]
    is_courses = await store.are_courses(uow.conn, uow.account_id, list(names))
    words = speech.lines(text, speech.words("offer-catalogue" if is_courses else "offer-catalogue-mixed"))
    speech.say(uow, place.to, words, key, buttons=rows, ref=place.ref)
