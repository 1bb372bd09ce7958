"""What a buyer, the provider and time do in tests of commerce, each in a unit of its own."""

import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from core.db.models.commerce import memberships, orders, payments
from core.db.models.delivery import outbox
from core.db.session import Database
from core.events import CallAnswered, JobFinished, OrderPaid
from core.lifecycle import PaymentStatus
from core.money import Money
from payment.base import (
    Ability,
    AccountFacts,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
    RefundFacts,
    RefundRequest,
    RefundState,
)
from payment.mock.provider import SETTLES_AFTER
from services.commerce.access.access import INVITE
from services.commerce.catalog.tariffs import (
    AGREE,
    ChosenOffer,
    OfferPlace,
    get_tariff,
    read_chosen_offer,
    terms_of,
)
from services.commerce.catalog.terms import find_terms
from services.commerce.orders.orders import OrderOutcome, choose_tariff
from services.commerce.payments.calls import CHECK, CREATE, write_facts
from services.delivery import timers
from services.delivery.jobs import Perform
from services.learning.runs.runs import NewRun, start_run
from services.people.schemas import Contact
from tests.factories.accounts import SALES_BOT
from tests.factories.rows import read_rows
from tests.factories.shops import Shop
from tests.factories.work import run_due
from tests.fakes.clock import StillClock

PRESSES = count(1)
PAGE = "https://pay.example/1"


async def press_button(db: Database, shop: Shop, pressed: str, *, agreed: bool = False) -> OrderOutcome:
    """The buyer presses a button as it was shown to them, `buy.…` or `upg.…`."""
    kind, _, target = pressed.partition(".")
    async with db.unit(1) as uow:
        chosen = await read_chosen_offer(uow, shop.chat, target)
        key = f"press:{next(PRESSES)}"
        return await choose_tariff(uow, shop.buyer, chosen, key, agreed=agreed or kind == AGREE)


class ScriptedProvider(PaymentProvider):
    """A provider whose page has an address and whose answers a test sets; an exception is raised."""

    name = "scripted"
    abilities = frozenset({Ability.ASK, Ability.REFUND})

    def __init__(self) -> None:
        self.created: list[PaymentRequest] = []
        self.asked: list[str] = []
        self.page: str | None = PAGE
        self.on_create: Exception | None = None
        self.state: PaymentState | Exception = PaymentState.PENDING
        self.refunds: list[RefundRequest] = []
        self.on_refund: RefundState | Exception = RefundState.SUCCEEDED
        self.reason = ""

    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        self.created.append(request)
        if self.on_create:
            raise self.on_create
        return PaymentFacts(
            f"ext-{request.payment_id}",
            PaymentState.PENDING,
            request.amount,
            request.payment_id,
            request.order,
            url=self.page or "",
            check_after=SETTLES_AFTER,
        )

    async def get_payment(self, external_id: str) -> PaymentFacts:
        self.asked.append(external_id)
        if isinstance(self.state, Exception):
            raise self.state
        return PaymentFacts(external_id, self.state, self.created[-1].amount)

    async def refund_payment(self, request: RefundRequest) -> RefundFacts:
        self.refunds.append(request)
        if isinstance(self.on_refund, Exception):
            raise self.on_refund
        number = f"back-{request.refund_id}"
        return RefundFacts(number, request.external_id, self.on_refund, request.amount, self.reason)

    async def get_refund(self, external_id: str) -> RefundFacts:
        request = self.refunds[-1]
        assert not isinstance(self.on_refund, Exception)
        return RefundFacts(external_id, request.external_id, self.on_refund, request.amount, self.reason)

    async def check_account(self) -> AccountFacts:
        return AccountFacts("scripted", is_test=True)


async def press(
    db: Database, shop: Shop, code: str = "basic", *, agreed: bool = False, **where: int
) -> OrderOutcome:
    """The buyer presses a tariff's button, or the one below what they are told of their other tariffs."""
    async with db.unit(1) as uow:
        tariff = await get_tariff(uow, code)
        told = (await find_terms(uow, shop.buyer, tariff)).quote
        chosen = ChosenOffer(OfferPlace(shop.chat, **where), tariff, terms_of(tariff, told))
        return await choose_tariff(uow, shop.buyer, chosen, f"press:{next(PRESSES)}", agreed=agreed)


async def choose(db: Database, shop: Shop, code: str = "basic", **where: Any) -> bool:
    """The same; whether it opened an order."""
    return await press(db, shop, code, **where) is OrderOutcome.ORDERED


async def work(db: Database, performers: Mapping[str, Perform]) -> int:
    """Perform all jobs that are due; says how many."""
    done = 0
    while more := await run_due(db, performers):
        done += more
    return done


async def pass_time(db: Database, clock: StillClock, **span: float) -> None:
    """Let time pass and fire what has come due."""
    clock.advance(**span)
    while await timers.fire_due(db):
        pass


async def finish(db: Database, kind: str, payment_id: int, result: Mapping[str, Any] | None) -> None:
    """The provider has answered a job; None: it has failed for good."""
    known = {"payment_id": payment_id}
    failure = {"error": "no", "permanent": True}
    outcome = JobFinished(kind, "k", known, ok=result is not None, result=result or failure)
    async with db.unit(1) as uow:
        uow.publish(outcome)


async def told_of(db: Database, payment_id: int, state: PaymentState, **more: Any) -> dict[str, Any]:
    """What a job about a payment comes back with."""
    (payment,) = await read_rows(db, payments, id=payment_id)
    amount = Money(payment.amount, payment.currency)
    return {"facts": write_facts(PaymentFacts(f"ext-{payment_id}", state, amount, **more))}


async def created(db: Database, payment_id: int, url: str | None = PAGE) -> None:
    """The provider knows the payment."""
    told = await told_of(db, payment_id, PaymentState.PENDING, url=url or "", check_after=SETTLES_AFTER)
    await finish(db, CREATE, payment_id, told)


async def checked(db: Database, payment_id: int, state: PaymentState) -> None:
    """The provider has said how the payment stands."""
    await finish(db, CHECK, payment_id, await told_of(db, payment_id, state))


async def buy(db: Database, shop: Shop, code: str = "basic", **where: Any) -> int:
    """Choose a tariff, whatever they have of the course already, and pay for it; gives the payment's id."""
    assert await choose(db, shop, code, agreed=True, **where)
    payment_id = (await read_rows(db, payments))[-1].id
    if (await read_rows(db, payments, id=payment_id))[0].status == PaymentStatus.SUCCEEDED:
        return int(payment_id)  # there was nothing to pay
    await created(db, payment_id)
    await checked(db, payment_id, PaymentState.SUCCEEDED)
    return int(payment_id)


async def start_selling(db: Database, shop: Shop, person: Contact | None = None) -> int:
    """Begin the scenario for the buyer; it stops at its offer. Gives the run's id."""
    async with db.unit(1) as uow:
        return await start_run(uow, NewRun(person or shop.buyer, shop.chat, shop.scenario))


async def pay_again(db: Database, order_id: int, payment_id: int) -> None:
    """Somebody says once more that the order is paid."""
    async with db.unit(1) as uow:
        uow.publish(OrderPaid(order_id, payment_id))


async def link_comes(db: Database, membership_id: int, link: str | None, outbox_id: int = 1) -> None:
    """Telegram answers the question for an invite link; None: it refuses."""
    result = {"invite_link": link} if link else "Bad Request: not enough rights"
    async with db.unit(1) as uow:
        uow.publish(CallAnswered(INVITE, membership_id, SALES_BOT, outbox_id, link is not None, result))


async def calls(db: Database, method: str | None = None) -> list[dict[str, Any]]:
    """The payloads waiting for Telegram, in order, of one method or of all."""
    rows = await read_rows(db, outbox)
    return [json.loads(row.payload) for row in rows if method in (None, row.method)]


def is_about(key: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a payload says this text of ours."""
    return lambda payload: isinstance(payload.get("text"), dict) and payload["text"].get("t") == key


async def said(db: Database, key: str) -> list[dict[str, Any]]:
    """The messages that say this text of ours."""
    return list(filter(is_about(key), await calls(db)))


async def only_order(db: Database) -> Any:
    """The one order there is."""
    (order,) = await read_rows(db, orders)
    return order


async def only_payment(db: Database) -> Any:
    """The one payment there is."""
    (payment,) = await read_rows(db, payments)
    return payment


async def places(db: Database) -> list[Any]:
    """All memberships."""
    return await read_rows(db, memberships)
