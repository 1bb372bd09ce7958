"""What was asked for over HTTP under a key of the caller's, and what was answered: kept for a day."""

from dataclasses import dataclass
from datetime import timedelta

from core.db.session import UnitOfWork
from services.tenancy.store import idempotency as store

KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Asked:
    """A request, by who asked, for what, under which key, with which body."""

    actor: str
    operation: str
    key: str
    body_hash: str


@dataclass(frozen=True)
class Before:
    """What the same request was answered."""

    body_hash: str
    status: int
    answer: str


async def take_turn(uow: UnitOfWork, asked: Asked) -> Before | None:
    """What was answered before; None for the first, whom all others with this key wait for until the unit ends."""
    await store.drop_one(uow.conn, uow.account_id, asked.actor, asked.operation, asked.key, uow.now - KEPT)
    asking = {
        "actor": asked.actor,
        "operation": asked.operation,
        "key": asked.key,
        "body_hash": asked.body_hash,
        "status": 0,
        "answer": "",
        "at": uow.now,
    }
    if await store.add(uow.conn, uow.account_id, asking):
        return None
    row = await store.get(uow.conn, uow.account_id, asked.actor, asked.operation, asked.key)
    answer = uow.env.keys.open(row["answer"], _place(uow, asked))
    return Before(row["body_hash"], row["status"], answer)


async def keep_answer(uow: UnitOfWork, asked: Asked, status: int, answer: str) -> None:
    """Keep what is answered; it lands with what was done, or not at all. Sealed, as it may show a secret once."""
    changed = {"status": status, "answer": uow.env.keys.seal(answer, _place(uow, asked))}
    await store.update(uow.conn, uow.account_id, asked.actor, asked.operation, asked.key, changed)


def _place(uow: UnitOfWork, asked: Asked) -> str:
    return f"idempotency_keys:{uow.account_id}:{asked.actor}:{asked.operation}:{asked.key}"
