"""What reviewers have before them, in pages and one by one, with all that was said about it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.db.keyset import Order, Slice
from core.db.models.learning import questions, submissions
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.naming import name_step
from core.lifecycle import CardKind
from core.refs import RefKind, write_ref
from services.content import flows
from services.delivery.carried import carrying
from services.learning.review import assignments
from services.learning.review.questions import get_question
from services.learning.review.review_cards import name_reviewer
from services.learning.schemas import Said, Sought, Submission, WaitingItem
from services.learning.store.review import pages as store
from services.learning.store.review import submissions as submission_store

ORDERS: Mapping[CardKind, Mapping[str, Order]] = {
    kind: {"id": Order((table.c.id,)), "-id": Order((table.c.id,), descending=True)}
    for kind, table in ((CardKind.WORK, submissions), (CardKind.QUESTION, questions))
}
"""What has waited longest is first."""
REFS = {CardKind.WORK: RefKind.SUBMISSION, CardKind.QUESTION: RefKind.QUESTION}


async def list_items(uow: UnitOfWork, sought: Sought, part: Slice) -> list[WaitingItem]:
    """A part of the work or of the questions, each with who has it now."""
    items = await store.list_items(uow.conn, uow.account_id, sought, part)
    return await _prepare(uow, items)


async def count_items(uow: UnitOfWork, sought: Sought, most: int) -> int:
    """How many there are, counted up to `most`."""
    return await store.count_items(uow.conn, uow.account_id, sought, most)


async def get_item(uow: UnitOfWork, kind: CardKind, subject_id: int) -> WaitingItem:
    """One of them; raises SUBMISSION_NOT_FOUND, QUESTION_NOT_FOUND."""
    item = await store.find_item(uow.conn, uow.account_id, Sought(kind, uow.now), subject_id)
    if item is None:
        code = "SUBMISSION_NOT_FOUND" if kind is CardKind.WORK else "QUESTION_NOT_FOUND"
        raise DomainError(ErrorKind.NOT_FOUND, code, str(subject_id))
    return (await _prepare(uow, [item]))[0]


async def _prepare(uow: UnitOfWork, items: Sequence[WaitingItem]) -> list[WaitingItem]:
    """With what their steps are called, without claims that are over."""
    known = await flows.load_flows(uow, [item.version_id for item in items if item.step])
    return [
        replace(
            _without_old_claim(item, uow.now),
            step_name=name_step(known[item.version_id], item.step) if item.step else {},
        )
        for item in items
    ]


def _without_old_claim(item: WaitingItem, now: datetime) -> WaitingItem:
    return item if item.claim is None or item.claim.until > now else replace(item, claim=None)


async def list_pieces(uow: UnitOfWork, kind: CardKind, subject_id: int) -> list[Said]:
    """The student's messages."""
    if kind is CardKind.WORK:
        pieces = (await assignments.get_submission(uow, subject_id)).work["pieces"]
    else:
        pieces = (await get_question(uow, subject_id)).pieces
    return [_read_said(piece.get("content", {})) for piece in pieces]


async def list_answers(uow: UnitOfWork, kind: CardKind, subject_id: int) -> list[Said]:
    """What reviewers have said to it, the oldest first."""
    said = await carrying.list_carried(uow, f"a:{write_ref(REFS[kind], subject_id)}")
    return [_read_said(piece.content, await name_reviewer(uow, piece.chat_id)) for piece in said]


async def list_earlier(uow: UnitOfWork, item: WaitingItem) -> Sequence[Submission]:
    """The tries at the same step before this one."""
    all_work = await submission_store.list_of_run(uow.conn, uow.account_id, item.run_id)
    return [work for work in all_work if work.step == item.step and work.id < item.id]


def _read_said(content: Mapping[str, Any], by: str = "") -> Said:
    words = str(content.get("text") or content.get("caption") or "")
    return Said(str(content.get("kind", "text")), words, by)
