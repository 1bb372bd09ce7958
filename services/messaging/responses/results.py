"""What came of a broadcast: for each person, for each variant, in one table; never whether it was read."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.session import Database, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import OutboxState
from services.messaging.schemas import Broadcast
from services.messaging.store import broadcast_results as store
from services.messaging.store import broadcasts
from services.people.conditions.numbers.responses import DAYS, REPLY

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # of one that has not started
PAGE = 5_000
MOST_CAUSES = 20
STATES = {
    OutboxState.SENT: "sent",
    OutboxState.FAILED: "failed",
    OutboxState.CANCELLED: "skipped",
    OutboxState.HOLD: "unknown",
}
HEADER = ("contact", "variant", "status", "why", "possibly_twice", "clicked", "replied", "bought")
ORDERS = store.RECIPIENTS
Dated = Collection[tuple[int, datetime, datetime]]


@dataclass(frozen=True)
class Acts:
    """The people (their chats) who did something after it came."""

    clicked: set[int]
    replied: set[int]
    bought: set[int]
    completed: set[int]


@dataclass(frozen=True)
class VariantResult:
    """What came of a variant; 0 are those who got none of them."""

    variant: int
    share: int | None
    sent: int
    clicked: int
    bought: int
    completed: int


async def read_acts(conn: AsyncConnection, account_id: int, broadcast: Broadcast, days: int = DAYS) -> Acts:
    """Who did what; a payment and a completion within so many days."""
    scope = account_id, broadcast.id, broadcast.started_at or NEVER
    window = timedelta(days=days)
    return Acts(
        clicked=await store.list_clicked(conn, account_id, broadcast.id),
        replied=_within(await store.list_replied(conn, *scope), REPLY),
        bought=_within(await store.list_paid(conn, *scope), window),
        completed=_within(await store.list_completed(conn, *scope), window),
    )


def _within(dated: Dated, window: timedelta) -> set[int]:
    return {chat_id for chat_id, came, acted in dated if came <= acted < came + window}


async def list_variants(
    conn: AsyncConnection, account_id: int, broadcast: Broadcast, acts: Acts
) -> list[VariantResult]:
    """Each variant with what came of it; empty for a broadcast that has none."""
    shares = (
        {place: variant.share for place, variant in enumerate(broadcast.plan.variants, start=1)}
        if broadcast.plan
        else {}
    )
    if not shares:
        return []
    sent = await store.list_variants(conn, account_id, broadcast.id)
    who = [*(acts.clicked | acts.bought | acts.completed)]
    variants: dict[int, int] = {}
    for start in range(0, len(who), PAGE):
        variants |= await store.find_variants(conn, account_id, broadcast.id, who[start : start + PAGE])

    def count(people: set[int], variant: int) -> int:
        return sum(variants.get(person) == variant for person in people)

    return [
        VariantResult(
            variant,
            shares.get(variant),
            sent.get(variant, 0),
            count(acts.clicked, variant),
            count(acts.bought, variant),
            count(acts.completed, variant),
        )
        for variant in sorted({0, *shares})
    ]


async def find_variant(uow: UnitOfWork, broadcast_id: int, chat_id: int) -> int:
    """Which variant somebody was given; 0 for who got none."""
    variants = await store.find_variants(uow.conn, uow.account_id, broadcast_id, [chat_id])
    return variants.get(chat_id, 0)


async def count_failures(uow: UnitOfWork, broadcast_id: int) -> list[tuple[str, int]]:
    """Why it did not reach people, in Telegram's words, each with how many; who blocked the bot is not among them."""
    return await store.count_failures(uow.conn, uow.account_id, broadcast_id, MOST_CAUSES)


@dataclass(frozen=True)
class Recipient:
    """Somebody who was to get it, and what became of it."""

    chat_id: int
    contact_id: int
    status: str
    why: str | None
    variant: int | None
    possibly_twice: bool


async def list_recipients(uow: UnitOfWork, broadcast_id: int, part: Slice) -> list[Recipient]:
    """A part of the recipients of a broadcast, those whom we know."""
    rows = await store.list_recipients_page(uow.conn, uow.account_id, broadcast_id, part)
    return [
        Recipient(
            row.chat_id,
            row.contact_id,
            _state(row),
            row.error if _state(row) in {"failed", "blocked", "unknown"} else None,
            row.variant or None,
            bool(row.possibly_twice),
        )
        for row in rows
    ]


def _state(row: Any) -> str:
    """What became of a message, in a word."""
    state = STATES.get(row.state, "pending")
    return "blocked" if state == "failed" and row.blocked else state


async def iterate_rows(
    db: Database, account_id: int, broadcast_id: int, days: int = DAYS
) -> AsyncIterator[tuple[object, ...]]:
    """A row under HEADER for each recipient; raises BROADCAST_NOT_FOUND."""
    async with db.reading() as conn:
        broadcast = await broadcasts.find_broadcast(conn, account_id, broadcast_id)
        if broadcast is None:
            raise DomainError(ErrorKind.NOT_FOUND, "BROADCAST_NOT_FOUND", str(broadcast_id))
        acts = await read_acts(conn, account_id, broadcast, days)
        after = 0
        while True:
            page = list(await store.list_recipients(conn, account_id, broadcast_id, after, PAGE))
            for row in page:
                yield _row(row, acts)
            if not page:
                break
            after = page[-1].chat_id


def _row(row: Any, acts: Acts) -> tuple[object, ...]:
    state = _state(row)
    return (
        row.chat_id,
        row.variant or None,
        state,
        row.error if state in {"failed", "blocked", "unknown"} else None,
        int(row.possibly_twice),
        *(int(row.chat_id in people) for people in (acts.clicked, acts.replied, acts.bought)),
    )
