"""Runs and what people hand in, ask and get back."""

from typing import Any

from core.db.models.learning import (
    ai_budgets,
    certificates,
    dialog_turns,
    polls,
    questions,
    review_cards,
    review_topics,
    reviews,
    run_steps,
    runs,
    submissions,
)
from core.db.session import UnitOfWork
from core.flow.history import RecordEvent
from core.flow.run import Run, RunStatus, dump_run_state
from core.lifecycle import CardKind, QuestionStatus, SubmissionStatus
from services.people.schemas import Contact
from tests.factories.persons import ANNA
from tests.factories.rows import add_row


async def add_run(uow: UnitOfWork, contact: Contact, bot_id: int, version_id: int, **changed: Any) -> int:
    """An active course run that has not begun."""
    row = {
        "bot_id": bot_id,
        "contact_id": contact.id,
        "chat_id": contact.telegram_id,
        "flow_version_id": version_id,
        "kind": "course",
        "status": RunStatus.ACTIVE,
        "state": dump_run_state(Run.new()),
        "version": 0,
        "spoke_at": uow.now,
        "started_at": uow.now,
    }
    return await add_row(uow, runs, row, changed)


async def add_step(uow: UnitOfWork, run_id: int, **changed: Any) -> int:
    """A line of a run's history."""
    row = {"run_id": run_id, "step": "day1", "visit": 1, "event": RecordEvent.LEFT, "at": uow.now}
    return await add_row(uow, run_steps, row, changed)


async def add_submission(uow: UnitOfWork, run_id: int, **changed: Any) -> int:
    """Work that waits for a reviewer."""
    row = {
        "run_id": run_id,
        "step": "task1",
        "visit": 1,
        "attempt": 1,
        "title": "Task",
        "text": "My work",
        "work": {"pieces": [{"chat_id": 1, "message_id": 1}]},
        "status": SubmissionStatus.IN_REVIEW,
        "handed_in_at": uow.now,
    }
    return await add_row(uow, submissions, row, changed)


async def add_review(uow: UnitOfWork, submission_id: int, **changed: Any) -> int:
    """A verdict."""
    row = {"submission_id": submission_id, "reviewer_id": 1001, "verdict": "accepted", "at": uow.now}
    return await add_row(uow, reviews, row, changed)


async def add_question(uow: UnitOfWork, contact: Contact, bot_id: int, **changed: Any) -> int:
    """A question that waits for an answer."""
    row = {
        "contact_id": contact.id,
        "bot_id": bot_id,
        "chat_id": contact.telegram_id,
        "text": "Why?",
        "pieces": [],
        "status": QuestionStatus.ASKED,
        "opened_at": uow.now,
        "asked_at": uow.now,
    }
    return await add_row(uow, questions, row, changed)


async def add_poll(uow: UnitOfWork, run_id: int, bot_id: int, **changed: Any) -> int:
    """A poll that the first visit of a run asked."""
    return await add_row(
        uow, polls, {"run_id": run_id, "bot_id": bot_id, "poll_id": "5400", "visit": 1}, changed
    )


async def add_turn(uow: UnitOfWork, run_id: int, **changed: Any) -> int:
    """What they said first in a dialog."""
    row = {
        "run_id": run_id,
        "step": "talk",
        "visit": 1,
        "turn": 1,
        "role": "user",
        "text": "Hello",
        "at": uow.now,
    }
    return await add_row(uow, dialog_turns, row, changed)


async def add_budget(uow: UnitOfWork, run_id: int, **changed: Any) -> int:
    """One message to the model."""
    return await add_row(uow, ai_budgets, {"run_id": run_id, "used": 1}, changed)


async def add_certificate(uow: UnitOfWork, run_id: int, contact_id: int, number: str, **changed: Any) -> int:
    """What the first visit of a run has issued."""
    row = {
        "number": number,
        "run_id": run_id,
        "contact_id": contact_id,
        "visit": 1,
        "name": "Anna",
        "course": "Words",
    }
    row |= {"language": "en", "zone": "UTC", "score": 1.0, "max_score": 1.0, "issued_at": uow.now}
    return await add_row(uow, certificates, row, changed)


async def add_card(uow: UnitOfWork, subject_id: int, bot_id: int, **changed: Any) -> int:
    """A card that a reviewer sees."""
    row = {
        "kind": CardKind.WORK,
        "subject_id": subject_id,
        "bot_id": bot_id,
        "chat_id": 1001,
        "message_id": 70,
        "made_for": "first",
    }
    return await add_row(uow, review_cards, row, changed)


async def add_topic(uow: UnitOfWork, contact_id: int, bot_id: int, **changed: Any) -> int:
    """A student's topic in a forum."""
    row = {"contact_id": contact_id, "bot_id": bot_id, "chat_id": ANNA, "thread": 7, "asked_at": uow.now}
    return await add_row(uow, review_topics, row, changed)
