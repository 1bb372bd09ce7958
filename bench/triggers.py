"""What finding a message's trigger costs among ten thousand of them, beside ten."""

import asyncio
import statistics
import time
from collections.abc import Sequence

from bench.figures import Figure, Scale
from bench.stage import BOT, fresh_databases, open_database
from core.db.session import Database, UnitOfWork
from core.events import DomainEvent
from core.triggers import TriggerKind, TriggerSpec
from services.messaging.triggers import meet_text, put_triggers
from services.people.schemas import Contact

FEW = 10
MANY = {Scale.FULL: 10_000, Scale.SHORT: 10_000, Scale.TINY: 200}
MESSAGES = {Scale.FULL: 300, Scale.SHORT: 100, Scale.TINY: 5}
ROUNDS = {Scale.FULL: 15, Scale.SHORT: 7, Scale.TINY: 1}
KINDS = (TriggerKind.KEYWORD, TriggerKind.PHRASE, TriggerKind.REGEX)
TEXT = "Good evening, how much is the course and does one need to know anything before it begins? {}"


def run(scale: Scale) -> Sequence[Figure]:
    """The same messages with few and with many, in turn, on both databases."""
    with fresh_databases(*scale.databases) as urls:
        return [asyncio.run(_measure(kind, url, scale)) for kind, url in urls.items()]


def _specs(number: int) -> list[TriggerSpec]:
    """A third each of words, phrases and expressions; the messages have none of them."""
    texts = {
        TriggerKind.KEYWORD: "word{}",
        TriggerKind.PHRASE: "how many lessons{}",
        TriggerKind.REGEX: r"less[oa]n{}\d+",
    }
    return [
        TriggerSpec.model_validate(
            {"id": f"t{n}", "when": {kind: texts[kind].format(n)}, "answer": {"text": "Yes"}}
        )
        for n in range(number)
        for kind in (KINDS[n % len(KINDS)],)
    ]


async def _measure(kind: str, url: str, scale: Scale) -> Figure:
    async with open_database(url, _ignore) as db:
        sets = {number: _specs(number) for number in (FEW, MANY[scale])}
        costs: dict[int, list[float]] = {number: [] for number in sets}
        for _ in range(ROUNDS[scale]):
            for number, specs in sets.items():
                async with db.unit(BOT.account_id) as uow:
                    await put_triggers(uow, BOT.id, specs)
                await _ask(db, 3)  # the set is read and built once, by the first message
                costs[number].append(await _ask(db, MESSAGES[scale]))
        few, many = (statistics.median(costs[number]) for number in (FEW, MANY[scale]))
    return Figure(
        f"a message among {MANY[scale]:,} triggers ÷ among {FEW}, {kind}",
        many / few,
        "x",
        floor=1.05,
        less_is_better=True,
        how=f"{many * 1e6:.0f} ÷ {few * 1e6:.0f} µs (medians of {ROUNDS[scale]} × {MESSAGES[scale]})",
    )


async def _ask(db: Database, number: int) -> float:
    contact = Contact(1, BOT.account_id, 1, "Anna", "", None, "en", "UTC")
    began = time.perf_counter()
    for n in range(number):
        async with db.unit(BOT.account_id) as uow:
            assert await meet_text(uow, BOT.id, contact, TEXT.format(n)) is None
    return (time.perf_counter() - began) / number


async def _ignore(uow: UnitOfWork, event: DomainEvent) -> None:
    del uow, event
