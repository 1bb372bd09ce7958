"""The jobs that talk to payment providers, each about a payment to the one that it was begun with."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from core.db.session import UnitOfWork
from core.environment import Environment
from core.links import bot_link
from core.money import Money
from core.rules.periods import Period
from core.rules.receipt_contact import ReceiptContact
from payment.base import (
    Ability,
    Buyer,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    ReceiptItem,
    RefusedError,
    Renewal,
)
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.schemas import Order, Payment
from services.commerce.store.payers import find_payer
from services.commerce.store.plans.subscriptions import find_charged_tariff
from services.delivery import speech
from services.delivery.jobs import Perform, PermanentFailure, add_job, kind_for
from services.delivery.speech import Words
from services.people.contacts import get_contact
from services.tenancy.bots import get_bot_by_id

CREATE = "create_payment"
CHECK = "check_payment"
NOTICE = "payment_notice"
LIST = "list_payments"
STOP = "stop_renewal"
HOLD = "held_payment"
_FACTS = TypeAdapter(PaymentFacts)
_REQUEST = TypeAdapter(PaymentRequest)
FindProvider = Callable[[Mapping[str, Any]], Awaitable[PaymentProvider]]  # of a job's payload
FindOther = Callable[[int, str], Awaitable[PaymentProvider | None]]  # that an account has set, by name


async def find_nobody(_account_id: int, _name: str) -> PaymentProvider | None:
    """Where no account has set any."""
    return None


def build_performers(
    providers: Mapping[str, PaymentProvider], find_other: FindOther = find_nobody
) -> Mapping[str, Perform]:
    """The jobs by kind, of the environment's providers and those that accounts have set.

    Each answers with `facts`, None where the provider has nobody to ask.
    """
    find = find_among(providers, find_other)

    async def create(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        provider = await find(payload)
        return await _answer(provider.create_payment(_REQUEST.validate_python(payload["request"])))

    async def check(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        provider = await find(payload)
        if payload["external_id"]:
            return await _ask(provider, payload["external_id"])
        if Ability.FIND not in provider.abilities:
            return {"facts": None}
        return await _answer(provider.find_payment(_REQUEST.validate_python(payload["request"])))

    async def hear(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        if payload["facts"] is not None:
            return {"facts": payload["facts"]}
        if not payload["external_id"]:
            return {"facts": None}
        return await _ask(await find(payload), payload["external_id"])

    async def stop(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        provider = await find(payload)
        return await _answer(provider.stop_renewal(payload["external_id"], Buyer(payload["telegram_id"])))

    async def end_hold(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        provider, number = await find(payload), payload["external_id"]
        amount = Money(payload["amount"], payload["currency"])
        take = payload["take"]
        return await _answer(
            provider.capture_payment(number, amount) if take else provider.cancel_payment(number)
        )

    return {
        HOLD: end_hold,
        CREATE: create,
        CHECK: check,
        NOTICE: hear,
        STOP: stop,
        LIST: _build_list(providers, find_other),
    }


def _build_list(providers: Mapping[str, PaymentProvider], find_other: FindOther) -> Perform:
    async def list_all(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        provider = await _look_up(providers, find_other, payload)
        if provider is None or Ability.LIST not in provider.abilities:
            return {"list": None}
        since, until = (datetime.fromisoformat(payload[name]) for name in ("since", "until"))
        try:
            return {"list": [write_facts(payment) for payment in await provider.list_payments(since, until)]}
        except RefusedError as error:
            raise PermanentFailure(str(error)) from error

    return list_all


async def _ask(provider: PaymentProvider, external_id: str) -> Mapping[str, Any]:
    if Ability.ASK not in provider.abilities:
        return {"facts": None}
    return await _answer(provider.get_payment(external_id))


async def _answer(call: Any) -> Mapping[str, Any]:
    """What a provider says, as it is stored; a refusal is final, everything else is tried again with the same key."""
    try:
        facts = await call
    except RefusedError as error:
        raise PermanentFailure(f"{error.code} {error}".strip()) from error
    return {"facts": None if facts is None else write_facts(facts)}


def find_among(providers: Mapping[str, PaymentProvider], find_other: FindOther) -> FindProvider:
    """Finds the provider that a job's payload names, of the account it is about."""

    async def find(payload: Mapping[str, Any]) -> PaymentProvider:
        provider = await _look_up(providers, find_other, payload)
        if provider is None:
            raise PermanentFailure(f"{payload['provider']} is not set up here")
        return provider

    return find


async def _look_up(
    providers: Mapping[str, PaymentProvider], find_other: FindOther, payload: Mapping[str, Any]
) -> PaymentProvider | None:
    return await look_up(providers, find_other, payload["account_id"], payload["provider"])


async def look_up(
    providers: Mapping[str, PaymentProvider], find_other: FindOther, account_id: int, name: str
) -> PaymentProvider | None:
    """An account's provider as it was set there; that of the environment has its providers besides."""
    own = await find_other(account_id, name)
    return providers.get(name) if own is None and Environment.speaks_of(account_id) else own


def write_facts(facts: PaymentFacts) -> dict[str, Any]:
    """Facts as JSON."""
    written: dict[str, Any] = _FACTS.dump_python(facts, mode="json")
    return written


def read_facts(written: Mapping[str, Any]) -> PaymentFacts:
    """Facts that were stored."""
    return _FACTS.validate_python(written)


def find_difference(
    payment: Payment, order: Order, facts: PaymentFacts, *, is_production: bool
) -> Words | None:
    """What of the provider's facts is not this payment's, in words for admins; None if all fits."""
    wanted = Money(payment.amount, payment.currency)
    if facts.amount != wanted:
        there, here = (speech.price(paid.amount, paid.currency) for paid in (facts.amount, wanted))
        return speech.words("differs-amount", there=there, here=here)
    if facts.payer_id not in {None, order.chat_id}:
        return speech.words("differs-payer", payer=facts.payer_id)
    if facts.payment_id not in {None, payment.id} or facts.order not in {"", order.public_id}:
        return speech.words("differs-order", order=facts.order or "–", payment=facts.payment_id or "–")
    if payment.external_id and facts.external_id not in {"", payment.external_id}:
        return speech.words("differs-number", there=facts.external_id, here=payment.external_id)
    return speech.words("differs-test") if facts.is_test and is_production else None


async def add_create(uow: UnitOfWork, payment: Payment, order: Order) -> None:
    """Have the provider make a payment; asked again, it is the same request with the same key."""
    payload = await _about(uow, payment, order)
    await add_job(uow, kind_for(CREATE, payment.provider), f"pay:{payment.id}:{payment.checks}", payload)


async def add_check(uow: UnitOfWork, payment: Payment, order: Order) -> None:
    """Ask the provider how a payment stands."""
    payload = await _about(uow, payment, order)
    await add_job(uow, kind_for(CHECK, payment.provider), f"pay:{payment.id}:{payment.checks}", payload)


async def add_hold(uow: UnitOfWork, payment: Payment, *, take: bool) -> bool:
    """Have money that is set aside taken, or let go; False while that is being asked for already."""
    about = {"provider": payment.provider, "external_id": payment.external_id, "payment_id": payment.id}
    money = {"amount": payment.amount, "currency": payment.currency, "take": take}
    key = f"pay:{payment.id}:hold:{payment.checks}"  # one decision at a time
    return await add_job(uow, kind_for(HOLD, payment.provider), key, {**about, **money})


async def add_stop(
    uow: UnitOfWork, subscription_id: int, provider: str, external_id: str, telegram_id: int
) -> None:
    """Have the provider renew something no more that it renews by itself."""
    about = {"provider": provider, "external_id": external_id, "telegram_id": telegram_id}
    key = f"sub:{subscription_id}:stop:{uow.now.timestamp():.0f}"
    await add_job(uow, kind_for(STOP, provider), key, {**about, "subscription_id": subscription_id})


async def _about(uow: UnitOfWork, payment: Payment, order: Order) -> dict[str, Any]:
    request = _REQUEST.dump_python(await _build_request(uow, payment, order), mode="json")
    return {
        "provider": payment.provider,
        "payment_id": payment.id,
        "external_id": payment.external_id,
        "request": request,
    }


async def _build_request(uow: UnitOfWork, payment: Payment, order: Order) -> PaymentRequest:
    buyer, name = await describe_purchase(uow, order, await find_tariff_of(uow, payment, order))
    shop = await get_bot_by_id(uow, order.bot_id)
    return PaymentRequest(
        payment_id=payment.id,
        order=order.public_id,
        amount=Money(payment.amount, payment.currency),
        description=f"{name} ({order.public_id})",
        buyer=buyer,
        items=(ReceiptItem(name, payment.amount),),
        made_at=payment.made_at,
        return_url=bot_link(shop.username),
        notify_url=_notify_url(uow, payment.provider),
        **_ask_for_more(payment, order),
    )


def _notify_url(uow: UnitOfWork, provider: str) -> str:
    """Where the provider tells of the payment; empty where nobody reaches this installation."""
    return uow.env.payment_hook(provider, uow.account_id) if uow.env.public_url else ""


async def find_tariff_of(uow: UnitOfWork, payment: Payment, order: Order) -> int:
    """What a payment is for: a charge of something that changes its tariff may be for the new one."""
    if payment.subscription_id is None:
        return order.tariff_id
    scope = uow.conn, uow.account_id, payment.subscription_id
    return await find_charged_tariff(*scope, payment.amount) or order.tariff_id


async def describe_purchase(uow: UnitOfWork, order: Order, tariff_id: int | None = None) -> tuple[Buyer, str]:
    """Who buys, and what the tariff, the order's unless another is given, is called in their language."""
    person = await get_contact(uow, order.contact_id)
    names = (await get_tariff_by_id(uow, tariff_id or order.tariff_id)).name
    name = names.get(person.language) or names.get("*") or next(iter(names.values()))
    payer = await find_payer(uow.conn, uow.account_id, person.id) or ReceiptContact()
    return Buyer(person.telegram_id, payer.email, payer.phone, person.language), name


def _ask_for_more(payment: Payment, order: Order) -> dict[str, Any]:
    """What later charges need: a method to be kept, or the provider's own renewal where it can have the period."""
    plan = order.plan
    if payment.method:
        return {"method": payment.method}
    if plan is None or plan.period is None:
        return {}
    renews = plan.is_endless and payment.subscription_id is None and order.price == order.whole
    is_month = plan.period in {Period(months=1), Period(days=30)}
    renewal = (
        Renewal(plan.period.span, plan.provider_plan) if renews and (is_month or plan.provider_plan) else None
    )
    return {"save_method": True, "renewal": renewal}
