"""What each reviewer has decided and answered, and for how long people waited."""

from services.insight.pages.reviewers import Reviewer, list_reviewers
from web.api.calls import Call
from web.api.insight.reports import READ, Moment
from web.api.models import Answer, example
from web.api.routes import Room

room = Room("insight")
REVIEWER = {
    "telegram_id": 700001,
    "name": "Clara",
    "accepted": 12,
    "sent_back": 3,
    "questions": 5,
    "usual_wait_seconds": 14400,
}


class ReviewerItem(Answer):
    """A reviewer: works accepted and sent back, questions answered; half of all were answered within `usual_wait_seconds`."""

    model_config = example(**REVIEWER)

    telegram_id: int
    name: str
    accepted: int
    sent_back: int
    questions: int
    usual_wait_seconds: int | None


class ReviewersAnswer(Answer):
    """Each who has decided or answered anything, who did most first."""

    model_config = example(reviewers=[REVIEWER])

    reviewers: list[ReviewerItem]


@room.get("/numbers/reviewers", READ)
async def get_reviewers(call: Call, since: Moment = None) -> ReviewersAnswer:
    """What each reviewer has decided and answered."""
    return ReviewersAnswer(reviewers=[_show(each) for each in await list_reviewers(call.uow, since)])


def _show(reviewer: Reviewer) -> ReviewerItem:
    wait = reviewer.usual_wait
    names = ("telegram_id", "name", "accepted", "sent_back", "questions")
    return ReviewerItem(
        **{name: getattr(reviewer, name) for name in names},
        usual_wait_seconds=None if wait is None else int(wait.total_seconds()),
    )
