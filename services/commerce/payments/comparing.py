"""Once a day each provider is asked for its own list: what nobody has told us of is followed, what differs is told."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from loguru import logger

from core.db.session import Database, UnitOfWork
from core.events import JobFinished
from core.lifecycle import PaymentStatus
from core.money import Money
from payment.base import Notice, PaymentFacts, PaymentState
from services.commerce.payments import calls
from services.commerce.payments.incoming import keep_notice
from services.commerce.payments.notices import provider_name
from services.commerce.payments.payments import find_payment
from services.commerce.schemas import Payment
from services.commerce.store import comparing as store
from services.delivery import speech
from services.delivery.jobs import add_job, kind_for
from services.delivery.speech import Words
from services.people.admins import tell_admins
from utils.signing import fingerprint

BACK = timedelta(days=3)
SETTLED = timedelta(hours=1)  # younger ones may be on their way
MOST_LINES = 10


async def compare(db: Database) -> int:
    """Have every provider with payments of late asked for its list, once a day of the product's clock; says how many."""
    now = db.clock.real_now()
    async with db.reading() as conn:
        asked = await store.list_providers(conn, now - BACK)
    for account_id, provider in asked:
        async with db.unit(account_id) as uow:
            key = f"{account_id}:{uow.now:%Y%m%d}"
            period = {"since": (now - BACK).isoformat(), "until": (now - SETTLED).isoformat()}
            await add_job(uow, kind_for(calls.LIST, provider), key, {"provider": provider, **period})
    return len(asked)


async def on_listed(uow: UnitOfWork, finished: JobFinished) -> None:
    """A provider has given its list: each payment of ours in it is followed like a notification, the rest is told."""
    listed = finished.result.get("list") if finished.ok else None
    if listed is None:
        return
    provider = finished.payload["provider"]
    facts = [calls.read_facts(entry) for entry in listed]
    for listed_facts in facts:
        await _follow(uow, provider, listed_facts)
    since, until = (datetime.fromisoformat(finished.payload[name]) for name in ("since", "until"))
    lost = await _list_lost(uow, provider, facts, since, until)
    if lost:
        await _tell(uow, provider, lost)


async def _follow(uow: UnitOfWork, provider: str, facts: PaymentFacts) -> None:
    """What is paid or given back there and not here: asked for again, and taken the way of every notification."""
    payment = await find_payment(uow, provider, facts, None)
    if payment is None or facts.state is not PaymentState.SUCCEEDED:
        return
    if payment.status is PaymentStatus.SUCCEEDED and facts.refunded <= payment.refunded:
        return
    key = f"{facts.external_id}:listed:{facts.refunded}"
    if await keep_notice(uow, provider, Notice(key, facts.external_id, "listed", payment.id)):
        logger.bind(event="payment.listed", provider=provider, payment_id=payment.id).warning(
            "{} lists a payment that nobody told of", provider
        )


async def _list_lost(
    uow: UnitOfWork, provider: str, facts: Sequence[PaymentFacts], since: datetime, until: datetime
) -> list[tuple[Payment, Words]]:
    """Our paid payments of the period that the provider's list lacks, or has with another sum."""
    there = {payment.external_id: payment for payment in facts}
    ours = await store.list_paid(uow.conn, uow.account_id, provider, since + SETTLED, until - SETTLED)
    return [
        (payment, difference)
        for payment in ours
        if (difference := _compare(payment, there.get(payment.external_id or "")))
    ]


def _compare(payment: Payment, facts: PaymentFacts | None) -> Words:
    """What the provider has in place of our payment, less what went back; empty if it has the same."""
    if facts is None:
        return speech.words("payments-differ-none")
    wanted = Money(payment.amount, payment.currency)
    if facts.amount == wanted and facts.refunded >= payment.refunded:
        return ""
    left = speech.price(facts.amount.amount - facts.refunded, facts.amount.currency)
    return speech.words("payments-differ-sum", sum=left)


async def _tell(uow: UnitOfWork, provider: str, lost: Sequence[tuple[Payment, Words]]) -> None:
    """The admins hear of the same differences once."""
    lines = [
        speech.words(
            "payments-differ-line",
            number=lost_payment.external_id or lost_payment.id,
            here=speech.price(lost_payment.amount - lost_payment.refunded, lost_payment.currency),
            there=there,
        )
        for lost_payment, there in lost[:MOST_LINES]
    ]
    head = speech.words("payments-differ", provider=provider_name(provider), count=len(lost))
    same = fingerprint("/".join(f"{lost_payment.id}={json.dumps(there)}" for lost_payment, there in lost))[
        :12
    ]
    await tell_admins(uow, speech.lines(head, speech.lines(*lines, gap="\n")), f"compared:{provider}:{same}")
