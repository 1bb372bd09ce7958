"""Questions to the curator, and their answers."""

from typing import Annotated

from core.lifecycle import CardKind, QuestionStatus
from services.delivery.carried.carrying import written_elsewhere
from services.learning import review_pages
from services.learning.review import questions
from services.learning.review_pages import ORDERS
from services.learning.schemas import Sought
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.ids import FlowRef, QuestionRef
from web.api.learning.models import (
    AnswerBody,
    QuestionDetail,
    QuestionItem,
    show_question,
    show_said,
)
from web.api.learning.reviews import READ, Mine, refuse_late
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

ANSWER = Policy(Permission.REVIEWS, idempotency_key=True)
Questions = Annotated[ListPage, paged(ORDERS[CardKind.QUESTION])]
room = Room("learning")


@room.get("/questions", READ)
async def list_questions(
    call: Call,
    page: Questions,
    *,
    status: QuestionStatus | None = None,
    flow: FlowRef | None = None,
    mine: Mine = False,
) -> Listed[QuestionItem]:
    """Questions that wait and that were answered, the oldest first."""
    who = call.who.telegram_id
    sought = Sought(CardKind.QUESTION, call.uow.now, status, who if mine else None, flow)
    taken = await page.take(
        lambda part: review_pages.list_items(call.uow, sought, part),
        lambda item: show_question(item, who),
        lambda most: review_pages.count_items(call.uow, sought, most),
    )
    return Listed(**taken)


@room.get("/questions/{question}", READ)
async def get_question(call: Call, question: QuestionRef) -> QuestionDetail:
    """One question, with all its pieces and what was answered."""
    item = await review_pages.get_item(call.uow, CardKind.QUESTION, question)
    return QuestionDetail(
        **dict(show_question(item, call.who.telegram_id)),
        pieces=show_said(await review_pages.list_pieces(call.uow, CardKind.QUESTION, question)),
        answers=show_said(await review_pages.list_answers(call.uow, CardKind.QUESTION, question)),
    )


@room.post("/questions/{question}/answer", ANSWER)
async def answer_question(call: Call, question: QuestionRef, body: AnswerBody) -> QuestionItem:
    """Answer it; who answered first may add to it, others may not."""
    who = call.who.telegram_id
    said = written_elsewhere(who, body.text)
    decision = await questions.answer_question(call.uow, question, who, said)
    if not decision.counts:
        refuse_late(decision)
    return show_question(await review_pages.get_item(call.uow, CardKind.QUESTION, question), who)
