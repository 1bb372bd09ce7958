"""From a chosen tariff to an order with a payment under way."""

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from loguru import logger

from core.db.session import Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import OrderStatus
from core.money import Money
from core.presses import PressKind
from core.public_ids import ORDER
from core.rules.pricing import Quote, in_stars
from services.commerce.catalog import upgrades
from services.commerce.catalog.tariffs import (
    AGREE,
    BUY,
    ChosenOffer,
    get_tariff_by_id,
    price_of,
    show_changed,
    terms_of,
)
from services.commerce.catalog.terms import Asked, find_terms
from services.commerce.catalog.upgrades import Kind
from services.commerce.orders import holds, paying
from services.commerce.payments import payments
from services.commerce.plan_documents import write_plan
from services.commerce.promo import uses
from services.commerce.schemas import Order, Tariff
from services.commerce.store import access, orders
from services.commerce.subscriptions import cards, changing
from services.delivery import speech
from services.delivery.feed.changes import Topic, note_change
from services.delivery.timers import set_timer
from services.people.schemas import Contact
from services.people.variables import load_variables
from utils.signing import spoken_id

REMINDER = "order_reminder"
DROP = PressKind.ORDER_DROP  # kind of the button for who does not want an order any more
REMIND_AFTER = timedelta(hours=1)
UTM = "utm_"  # begins the names of the marks a link left on a person
MOST_NUMBERS = 20  # of 64 million, tried until one is free


class OrderOutcome(StrEnum):
    """What choosing a tariff led to."""

    ORDERED = "ordered"
    ASKED = "asked"  # it is ordered, and the buyer is asked how they would like to pay
    WAITS = "waits"  # it had been ordered before and is not paid yet
    EXPLAINED = "explained"  # there is something to be read before it is ordered, or instead
    CLOSED = "closed"  # nobody can buy here now, and the buyer was told so


async def choose_tariff(
    uow: UnitOfWork, contact: Contact, chosen: ChosenOffer, key: str, *, agreed: bool = False
) -> OrderOutcome:
    """Open an order and begin its payment, unless there is something to be said first.

    Raises ALREADY_BOUGHT if the buyer has the tariff for good (what is paid in charges is shown as it stands), NOT_ON_SALE for one that is sold no more; an order that is open
    already under the terms they pressed can still be paid. Who has another tariff of the course hears what this
    one is to them, and must have `agreed`; who pressed a button whose terms have changed reads the new ones first.
    """
    tariff = chosen.tariff
    if await access.find_active(uow.conn, uow.account_id, contact.id, tariff.id, uow.now):
        if await cards.show_of_tariff(uow, contact, tariff, chosen.place.to, key):
            return OrderOutcome.EXPLAINED
        raise DomainError(ErrorKind.CONFLICT, "ALREADY_BOUGHT", tariff.code)
    asked = await find_terms(uow, contact, tariff)
    waiting = await find_open_order(uow, contact, tariff)
    if waiting and not asked.is_included and _is_of(waiting, chosen, asked.quote):
        return OrderOutcome.WAITS
    if not tariff.is_active:
        raise DomainError(ErrorKind.CONFLICT, "NOT_ON_SALE", tariff.code)
    if asked.difference and (asked.is_included or not agreed):
        if not (asked.is_included and await changing.offer(uow, contact, tariff, chosen.place.to, key)):
            upgrades.explain(uow, asked.difference, tariff, asked.quote, chosen.place, key)
        return OrderOutcome.EXPLAINED
    if chosen.terms != terms_of(tariff, asked.quote):
        show_changed(uow, chosen, key, AGREE if agreed else BUY, asked.quote)
        return OrderOutcome.EXPLAINED
    price = Money(asked.quote.due, tariff.currency)
    if await paying.is_closed(uow, contact, tariff, price, (chosen.place.to, key)):
        return OrderOutcome.CLOSED
    if waiting:
        await _replace(uow, waiting, chosen, asked.quote, key)
    return await _order(uow, contact, chosen, asked, key)


async def find_by_number(uow: UnitOfWork, number: str) -> Order | None:
    """An order by its number, however it was written down: `k7qf-2m` is K7QF2M."""
    plain = "".join(letter for letter in number if letter.isalnum())
    return await orders.find_order(uow.conn, uow.account_id, public_id=plain.upper()[:16])


async def find_open_order(uow: UnitOfWork, contact: Contact, tariff: Tariff) -> Order | None:
    """The person's open order for a tariff or another one of its course."""
    return await orders.find_order(uow.conn, uow.account_id, contact_id=contact.id, flow_id=tariff.flow_id)


def _is_of(order: Order, chosen: ChosenOffer, quote: Quote) -> bool:
    """Whether an open order is what a button says; one of a former version did not keep its terms.

    Its price is frozen, but not what was taken off it for something that was given back since.
    """
    is_covered = order.credit <= quote.credit
    return order.tariff_id == chosen.tariff.id and order.terms in (None, chosen.terms) and is_covered


async def _replace(uow: UnitOfWork, order: Order, chosen: ChosenOffer, quote: Quote, key: str) -> None:
    """Put the open order aside: what the buyer has pressed now is what they want of this course."""
    if not await payments.put_aside(uow, order):
        return
    former = await get_tariff_by_id(uow, order.tariff_id)
    words = speech.words(
        "order-replaced",
        number=order.public_id,
        former=speech.named(former.name),
        tariff=speech.named(chosen.tariff.name),
        price=price_of(chosen.tariff, quote),
    )
    speech.say(uow, chosen.place.to, words, f"{key}:replaced")


async def _order(
    uow: UnitOfWork, contact: Contact, chosen: ChosenOffer, asked: Asked, key: str
) -> OrderOutcome:
    tariff, quote = chosen.tariff, asked.quote
    order_id = await _open_order(uow, contact, chosen, asked)
    if order_id is None:
        return OrderOutcome.WAITS
    if asked.promo is not None:
        await uses.take_code(uow, asked.promo, order_id, contact.id)
    logger.bind(event="order.opened", order_id=order_id, tariff=tariff.code, amount=quote.due).info(
        "order opened"
    )
    if not quote.due:
        await paying.settle_free(uow, order_id)
        return OrderOutcome.ORDERED
    has_begun = await paying.begin_payment(uow, order_id, f"{key}:how")
    await set_timer(uow, REMINDER, f"order:{order_id}", uow.now + REMIND_AFTER, {"order_id": order_id})
    return OrderOutcome.ORDERED if has_begun else OrderOutcome.ASKED


async def show_open_order(uow: UnitOfWork, contact: Contact, tariff: Tariff, key: str) -> bool:
    """Say once more how the buyer's open order for a course is paid; False if there is no page to pay on."""
    order = await find_open_order(uow, contact, tariff)
    return order is not None and await paying.show_ways(uow, order, key)


async def remind_of_order(uow: UnitOfWork, order_id: int) -> None:
    """Remind of an order that is still open, once; not who has bought more meanwhile."""
    order = await payments.get_order(uow, order_id)
    if order.status is not OrderStatus.OPEN or await holds.find_held(uow, order):
        return
    tariff = await get_tariff_by_id(uow, order.tariff_id)
    difference = await upgrades.find_difference(uow, order.contact_id, tariff)
    if order.is_gift or difference is None or difference.kind is not Kind.INCLUDED:
        no = speech.button(speech.words("button-order-drop"), DROP, order.id)
        await paying.show_ways(uow, order, f"order:{order_id}:reminder", "order-reminder", [[no]])


async def _open_order(uow: UnitOfWork, contact: Contact, chosen: ChosenOffer, asked: Asked) -> int | None:
    tariff, place, quote = chosen.tariff, chosen.place, asked.quote
    plan = tariff.plan and replace(tariff.plan, trial_days=tariff.plan.trial_days if quote.is_trial else 0)
    return await add_order(
        uow,
        {
            "contact_id": contact.id,
            "tariff_id": tariff.id,
            "flow_id": tariff.flow_id,
            "terms": chosen.terms,
            "bot_id": place.to.bot_id,
            "chat_id": place.to.chat_id,
            "run_id": place.run_id,
            "run_visit": place.visit,
            "price": quote.due,
            "credit": quote.credit,
            "plan": write_plan(plan),
            "whole": tariff.price if plan and plan.is_endless else sum(quote.charges),
            "replaces": list(asked.replaces) or None,
            "discount": quote.discount,
            "utm": await _find_utm(uow, contact.id),
            "currency": tariff.currency,
            "stars": in_stars(tariff.stars, tariff.price, quote.due),
            "status": OrderStatus.OPEN,
            "created_at": uow.now,
        },
    )


async def _find_utm(uow: UnitOfWork, contact_id: int) -> dict[str, str] | None:
    """Where the buyer had come from last, kept with the order whatever becomes of that later."""
    known = await load_variables(uow, contact_id)
    marks = {name: value for name, value in known.items() if name.startswith(UTM)}
    return marks or None


async def add_order(uow: UnitOfWork, row: Row) -> int | None:
    """Keep an order under a number of its own; None if the person has one open for this course already."""
    for _ in range(MOST_NUMBERS):
        numbered = {**row, "public_id": spoken_id()}
        order_id = await orders.open_order(uow.conn, uow.account_id, numbered)
        if order_id is not None:
            note_change(uow, Topic.ORDERS, ORDER, order_id)
            return order_id
        if row.get("is_gift"):
            continue
        same = {"contact_id": row["contact_id"], "flow_id": row["flow_id"]}
        if row["status"] == OrderStatus.OPEN and await orders.find_order(uow.conn, uow.account_id, **same):
            return None
    raise DomainError(ErrorKind.CONFLICT, "NO_ORDER_NUMBER", f"{MOST_NUMBERS} numbers were taken")
