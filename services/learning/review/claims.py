"""One curator has one thing before them: taken with a deadline, passed on, given back; silence gives it back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import CardKind
from core.public_ids import QUESTION, SUBMISSION
from services.delivery.feed import changes
from services.delivery.feed.changes import Topic
from services.delivery.timers import set_timer
from services.learning.schemas import Claim
from services.learning.store.review import claims as store

HELD_FOR = timedelta(hours=2)
OVER = "review_claim"  # the timer at whose end silence gives it back


async def find_claim(uow: UnitOfWork, kind: CardKind, subject_id: int) -> Claim | None:
    """Who has it before them now."""
    claim = await store.find_claim(uow.conn, uow.account_id, kind, subject_id)
    return claim if claim and claim.until > uow.now else None


async def find_other(uow: UnitOfWork, kind: CardKind, subject_id: int, curator_id: int) -> Claim | None:
    """The claim of somebody else, if there is one now."""
    claim = await find_claim(uow, kind, subject_id)
    return claim if claim and claim.curator_id != curator_id else None


async def list_claimed(uow: UnitOfWork, curator_id: int) -> list[tuple[CardKind, int]]:
    """What a curator has taken of what still waits, by kind and id; some of it may be over."""
    return await store.list_claimed(uow.conn, uow.account_id, curator_id)


async def take(uow: UnitOfWork, kind: CardKind, subject_id: int, curator_id: int) -> Claim | None:
    """Have what waits, or have it longer; None if it waits no more or somebody else has it."""
    claim = Claim(curator_id, uow.now + HELD_FOR)
    if not await store.claim(uow.conn, uow.account_id, kind, subject_id, curator_id, uow.now, claim.until):
        return None
    note_change(uow, kind, subject_id)
    await _watch(uow, kind, subject_id, claim)
    return claim


async def give(
    uow: UnitOfWork, kind: CardKind, subject_id: int, curator_id: int, heir_id: int | None
) -> Claim | None:
    """Pass what one has to another curator, or back to everybody (None); gives the claim that ended, None if they had none."""
    claimed = await find_claim(uow, kind, subject_id)
    if claimed is None or claimed.curator_id != curator_id:
        return None
    heir = None if heir_id is None else Claim(heir_id, uow.now + HELD_FOR)
    if not await store.hand_over(uow.conn, uow.account_id, kind, subject_id, claimed, heir):
        return None
    note_change(uow, kind, subject_id)
    if heir is not None:
        await _watch(uow, kind, subject_id, heir)
    return claimed


async def end_by_silence(uow: UnitOfWork, payload: Mapping[str, Any]) -> Claim | None:
    """The deadline has come: nobody has it any more, unless more time was taken or it was answered; gives the claim that ended."""
    kind, subject_id = CardKind(payload["kind"]), payload["subject_id"]
    claimed = await store.find_claim(uow.conn, uow.account_id, kind, subject_id)
    if claimed is None:
        return None
    if claimed.until > uow.now:
        await _watch(uow, kind, subject_id, claimed)
        return None
    ended = await store.hand_over(uow.conn, uow.account_id, kind, subject_id, claimed, None)
    note_change(uow, kind, subject_id)
    return claimed if ended else None


def note_change(uow: UnitOfWork, kind: CardKind, subject_id: int) -> None:
    """Have whoever watches the reviews hear of it."""
    of = SUBMISSION if kind is CardKind.WORK else QUESTION
    changes.note_change(uow, Topic.REVIEWS, of, subject_id)


async def _watch(uow: UnitOfWork, kind: CardKind, subject_id: int, claim: Claim) -> None:
    payload = {"kind": kind, "subject_id": subject_id}
    await set_timer(uow, OVER, f"{kind}:{subject_id}", claim.until, payload)
