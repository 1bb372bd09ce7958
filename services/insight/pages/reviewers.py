"""What each reviewer has decided and answered, and for how long people waited for it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from core.db.session import UnitOfWork
from core.flow.events import Verdict
from services.insight.store import pages
from services.learning.review.review_cards import name_reviewer


@dataclass
class Reviewer:
    """One reviewer; `waited`: between work or question and their answer."""

    telegram_id: int
    name: str = ""
    accepted: int = 0
    sent_back: int = 0
    questions: int = 0
    waited: list[timedelta] = field(default_factory=list)

    @property
    def usual_wait(self) -> timedelta | None:
        """Half of all were answered sooner."""
        seconds = [waited.total_seconds() for waited in self.waited]
        return timedelta(seconds=median(seconds)) if seconds else None


async def list_reviewers(uow: UnitOfWork, since: datetime | None) -> list[Reviewer]:
    """Each who has decided or answered anything, who did most first."""
    reviewers: dict[int, Reviewer] = {}
    for row in await pages.list_verdicts(uow.conn, uow.account_id, since):
        reviewer = reviewers.setdefault(row.reviewer_id, Reviewer(row.reviewer_id))
        reviewer.accepted += row.verdict == Verdict.ACCEPTED
        reviewer.sent_back += row.verdict != Verdict.ACCEPTED
        reviewer.waited.append(row.at - row.came)
    for row in await pages.list_answers(uow.conn, uow.account_id, since):
        reviewer = reviewers.setdefault(row.reviewer_id, Reviewer(row.reviewer_id))
        reviewer.questions += 1
        reviewer.waited.append(row.at - row.came)
    for reviewer in reviewers.values():
        reviewer.name = await name_reviewer(uow, reviewer.telegram_id) or str(reviewer.telegram_id)
    return sorted(reviewers.values(), key=lambda each: (-len(each.waited), each.telegram_id))
