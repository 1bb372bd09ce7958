"""Work that waits for reviewers: taken, given back, decided once."""

from typing import Annotated

from fastapi import Query

from core.lifecycle import CardKind, SubmissionStatus
from services.delivery.carried.carrying import written_elsewhere
from services.learning import review_pages
from services.learning.review import queue
from services.learning.review.answers import of_work
from services.learning.review.claim_buttons import Subject
from services.learning.review_pages import ORDERS
from services.learning.schemas import Decision, Sought
from services.tenancy.permissions import Permission
from web.api.calls import ApiCall, Call
from web.api.ids import FlowRef, SubmissionRef
from web.api.learning.models import (
    DecisionBody,
    ReviewDetail,
    ReviewItem,
    show_earlier,
    show_review,
    show_said,
)
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.problems import Problem
from web.api.routes import Room

READ = Policy(Permission.REVIEWS_READ)
DECIDE = Policy(Permission.REVIEWS)
Works = Annotated[ListPage, paged(ORDERS[CardKind.WORK])]
Mine = Annotated[bool, Query(description="Only what you have before you.")]
room = Room("learning")


@room.get("/reviews", READ)
async def list_reviews(
    call: Call,
    page: Works,
    *,
    status: SubmissionStatus | None = None,
    flow: FlowRef | None = None,
    mine: Mine = False,
) -> Listed[ReviewItem]:
    """Work handed in, the oldest first."""
    who = call.who.telegram_id
    sought = Sought(CardKind.WORK, call.uow.now, status, who if mine else None, flow)
    taken = await page.take(
        lambda part: review_pages.list_items(call.uow, sought, part),
        lambda item: show_review(item, who),
        lambda most: review_pages.count_items(call.uow, sought, most),
    )
    return Listed(**taken)


@room.get("/reviews/{submission}", READ)
async def get_review(call: Call, submission: SubmissionRef) -> ReviewDetail:
    """One piece of work, with what was answered and the tries before it."""
    item = await review_pages.get_item(call.uow, CardKind.WORK, submission)
    shown = show_review(item, call.who.telegram_id)
    return ReviewDetail(
        **dict(shown),
        pieces=show_said(await review_pages.list_pieces(call.uow, CardKind.WORK, submission)),
        answers=show_said(await review_pages.list_answers(call.uow, CardKind.WORK, submission)),
        earlier=show_earlier(await review_pages.list_earlier(call.uow, item)),
    )


async def _show(call: ApiCall, submission: int) -> ReviewItem:
    return show_review(await review_pages.get_item(call.uow, CardKind.WORK, submission), call.who.telegram_id)


@room.post("/reviews/{submission}/claim", DECIDE)
async def claim_review(call: Call, submission: SubmissionRef) -> ReviewItem:
    """Have work before yourself for two hours, or two hours longer."""
    await queue.take_here(call.uow, Subject(CardKind.WORK, submission), call.who.telegram_id)
    return await _show(call, submission)


@room.post("/reviews/{submission}/release", DECIDE)
async def release_review(call: Call, submission: SubmissionRef) -> ReviewItem:
    """Let everybody have it again; what you do not have stays as it is."""
    subject = Subject(CardKind.WORK, submission)
    call.only_looked = not await queue.give_back(call.uow, subject, call.who.telegram_id)
    return await _show(call, submission)


@room.post("/reviews/{submission}/decide", DECIDE)
async def decide_review(call: Call, submission: SubmissionRef, body: DecisionBody) -> ReviewItem:
    """Judge work once; the student reads your words with the verdict. The same verdict again changes nothing."""
    who = call.who.telegram_id
    said = written_elsewhere(who, body.text) if body.text else None
    decision = await of_work.decide_with_words(call.uow, submission, who, body.verdict, said)
    shown = await _show(call, submission)
    if not decision.counts:
        refuse_late(decision, same=shown.status == body.verdict.value)
        call.only_looked = True
    return shown


def refuse_late(decision: Decision, *, same: bool = False) -> None:
    """Raise Problem for what another one has before them, or has decided otherwise."""
    if decision.held_until is not None:
        until = decision.held_until.isoformat()
        raise Problem(409, "REVIEW_TAKEN", more={"by": decision.reviewer, "until": until, "allowed": []})
    if not same:
        raise Problem(409, "REVIEW_OVER", more={"by": decision.reviewer, "allowed": []})
