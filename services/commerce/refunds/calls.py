"""The jobs that ask a provider to give money back, and how that stands."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from core.db.session import UnitOfWork
from core.money import Money
from payment.base import Ability, PaymentProvider, ReceiptItem, RefundFacts, RefundRequest, RefusedError
from services.commerce.payments.calls import FindOther, describe_purchase, find_among, find_nobody
from services.commerce.schemas import Order, Payment, Refund
from services.delivery.jobs import Perform, PermanentFailure, add_job, kind_for

REFUND = "refund_payment"
CHECK = "check_refund"
_FACTS = TypeAdapter(RefundFacts)
_REQUEST = TypeAdapter(RefundRequest)


def build_performers(
    providers: Mapping[str, PaymentProvider], find_other: FindOther = find_nobody
) -> Mapping[str, Perform]:
    """The jobs by kind, of the first account's providers and those of others; each answers with `facts`.

    None for a provider that gives nothing back when asked: somebody has to, by hand.
    """
    find = find_among(providers, find_other)

    async def give_back(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        provider = await find(payload)
        if Ability.REFUND not in provider.abilities:
            return {"facts": None}
        return await _answer(provider.refund_payment(_REQUEST.validate_python(payload["request"])))

    async def check(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        provider = await find(payload)
        return await _answer(provider.get_refund(payload["external_id"]))

    return {REFUND: give_back, CHECK: check}


async def _answer(call: Any) -> Mapping[str, Any]:
    """What a provider says; a refusal is final, everything else is tried again with the same key."""
    try:
        facts = await call
    except RefusedError as error:
        raise PermanentFailure(f"{error.code} {error}".strip()) from error
    return {"facts": write_facts(facts)}


def write_facts(facts: RefundFacts) -> dict[str, Any]:
    """Facts as JSON."""
    written: dict[str, Any] = _FACTS.dump_python(facts, mode="json")
    return written


def read_facts(written: Mapping[str, Any]) -> RefundFacts:
    """Facts that were stored."""
    return _FACTS.validate_python(written)


async def add_call(uow: UnitOfWork, refund: Refund, payment: Payment, order: Order) -> None:
    """Have the provider give money back, or say how that stands; asked again, it is the same request with the same key."""
    payload: dict[str, Any] = {"provider": payment.provider, "refund_id": refund.id}
    key = f"refund:{refund.id}:{refund.checks}"
    if refund.external_id:
        await add_job(
            uow, kind_for(CHECK, payment.provider), key, {**payload, "external_id": refund.external_id}
        )
        return
    request = await _build_request(uow, refund, payment, order)
    await add_job(
        uow,
        kind_for(REFUND, payment.provider),
        key,
        {**payload, "request": _REQUEST.dump_python(request, mode="json")},
    )


async def _build_request(uow: UnitOfWork, refund: Refund, payment: Payment, order: Order) -> RefundRequest:
    buyer, name = await describe_purchase(uow, order)
    return RefundRequest(
        refund_id=refund.id,
        order=order.public_id,
        external_id=payment.external_id or "",
        amount=Money(refund.amount, payment.currency),
        is_whole=refund.amount == payment.amount,
        buyer=buyer,
        items=(ReceiptItem(name, refund.amount),),
        made_at=refund.made_at,
    )
