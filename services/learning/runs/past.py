"""What happened to a run before it came here: steps that were left and turns of a talk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.db.models.learning import dialog_turns, run_steps
from core.db.session import UnitOfWork
from core.flow.history import RecordEvent
from core.flow.scoring import Score


@dataclass(frozen=True)
class PastVisit:
    """A visit of a step that lies in the past of a run."""

    run_id: int
    step: str
    visit: int
    at: datetime


def add_past_turn(uow: UnitOfWork, past: PastVisit, number: int, role: str, text: str) -> None:
    """Remember what was said in a talk with a model."""
    uow.append(dialog_turns, _row(uow, past) | {"turn": number, "role": role, "text": text})


def add_past_answer(uow: UnitOfWork, past: PastVisit, answer: str | None, score: Score | None) -> None:
    """Remember that a step was left, with this answer and score if there were any."""
    points = {"score": score and score.points, "max_score": score and score.maximum}
    uow.append(run_steps, _row(uow, past) | {"event": RecordEvent.LEFT, "answer": answer} | points)


def _row(uow: UnitOfWork, past: PastVisit) -> dict[str, Any]:
    place = {"run_id": past.run_id, "step": past.step, "visit": past.visit}
    return {"account_id": uow.account_id, **place, "at": past.at}
