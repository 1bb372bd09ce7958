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
    """Say an author's text with a button per tariff below it, or per course and product when several are on sale."""
    tariffs = await list_tariffs(uow, codes)
    if _has_several(tariffs):
        await _show_catalogue(uow, place, text, tariffs, key)
    else:
        await _show(uow, contact, place, [text], tariffs, key)


async def show_all(
    uow: UnitOfWork, contact: Contact, place: OfferPlace, text: Words, key: str, promise: Words | None = None
) -> None:
    """The same of all that is on sale below a text of ours, which names no course: the only one is named here.

    `promise` stands above prices alone: a choice of courses has none yet.
    """
    tariffs = await list_tariffs(uow)
    if _has_several(tariffs):
        await _show_catalogue(uow, place, text, tariffs, key)
    else:
        course = await _name_course(uow, tariffs)
        above = [text, *([promise] if promise and tariffs else []), *course]
        await _show(uow, contact, place, above, tariffs, key)


def _has_several(tariffs: Sequence[Tariff]) -> bool:
    return len({tariff.flow_id for tariff in tariffs}) > 1


async def _name_course(uow: UnitOfWork, tariffs: Sequence[Tariff]) -> list[Words]:
    """The name of the course that all of these are of; a product has that of its tariff."""
    flow_ids = {tariff.flow_id for tariff in tariffs}
    if not flow_ids or not await store.are_courses(uow.conn, uow.account_id, flow_ids):
        return []
    names = await store.load_course_names(uow.conn, uow.account_id, flow_ids)
    return [speech.words("offer-course", course=speech.named(name)) for name in names.values()]


async def find_course_name(uow: UnitOfWork, tariff: Tariff) -> Words | None:
    """The course that a tariff opens; None of a product, which has the name of its tariff."""
    if not await store.are_courses(uow.conn, uow.account_id, [tariff.flow_id]):
        return None
    return speech.named(
        (await store.load_course_names(uow.conn, uow.account_id, {tariff.flow_id}))[tariff.flow_id]
    )


async def name_courses(uow: UnitOfWork, tariffs: Sequence[Tariff]) -> Mapping[int, Words]:
    """By flow, what stands before the names of tariffs that are shown together: nothing where all are of one course."""
    if not _has_several(tariffs):
        return {}
    names = await store.load_course_names(uow.conn, uow.account_id, {tariff.flow_id for tariff in tariffs})
    return {
        flow_id: speech.named(name)
        for flow_id, name in names.items()
        if await store.are_courses(uow.conn, uow.account_id, [flow_id])
    }


async def show_tariffs_of(
    uow: UnitOfWork, contact: Contact, place: OfferPlace, flow_id: int, key: str
) -> None:
    """Say the tariffs of one course of the catalogue."""
    tariffs = [tariff for tariff in await list_tariffs(uow) if tariff.flow_id == flow_id]
    await _show(uow, contact, place, await _name_course(uow, tariffs), tariffs, key)


async def _show(
    uow: UnitOfWork,
    contact: Contact,
    place: OfferPlace,
    above: Sequence[Words],
    tariffs: Sequence[Tariff],
    key: str,
) -> None:
    if not tariffs:
        speech.say(uow, place.to, speech.words("offer-empty"), key, ref=place.ref, extra=place.extra)
        return
    has_code = await uses.find_entered(uow, contact.id) is not None
    shown = [(tariff, await _price(uow, contact, tariff) if has_code else None) for tariff in tariffs]
    words = speech.lines(*above, *(describe(tariff, told) for tariff, told in shown))
    buttons = [[buy_button(tariff, place, told=told)] for tariff, told in shown]
    speech.say(uow, place.to, words, key, buttons=buttons, ref=place.ref, extra=place.extra)


async def _price(uow: UnitOfWork, contact: Contact, tariff: Tariff) -> Quote | None:
    """What a tariff costs the person with their promo code; None where that takes nothing off."""
    asked = await find_terms(uow, contact, tariff)
    return asked.quote if asked.promo else None


async def _show_catalogue(
    uow: UnitOfWork, place: OfferPlace, text: Words, tariffs: Sequence[Tariff], key: str
) -> None:
    names = await store.load_course_names(uow.conn, uow.account_id, {tariff.flow_id for tariff in tariffs})
    rows: list[list[Mapping[str, Any]]] = [
        [speech.button(speech.named(name), COURSE, f"{place.mark}-{flow_id}")]
        for flow_id, name in names.items()
    ]
    is_courses = await store.are_courses(uow.conn, uow.account_id, list(names))
    words = speech.lines(text, speech.words("offer-catalogue" if is_courses else "offer-catalogue-mixed"))
    speech.say(uow, place.to, words, key, buttons=rows, ref=place.ref, extra=place.extra)
