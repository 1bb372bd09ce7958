"""Work is judged by a button of its card, and answered by replying to it."""

from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bots.admin import log
from bots.admin.reviews import reviewers, topics
from bots.runtime.context import Context
from bots.shared.dialog import find_ref_replied_to
from bots.shared.filters import Pressed
from bots.shared.person_messages import read_person_message
from core.flow.events import Verdict
from core.lifecycle import AwaitedKind, CardKind
from core.presses import Press
from core.refs import REVIEWED, RefKind
from services.delivery import outbox
from services.learning.review import assignments, questions
from services.learning.review.answers import of_work
from services.learning.review.assignments import REVIEW, UNDO
from services.learning.review.claim_buttons import Subject
from services.people import curators


class About(Filter):
    """Lets a reviewer's reply to a card or to what was copied below it through; gives `subject_id`."""

    def __init__(self, kind: RefKind) -> None:
        self.kind = kind

    async def __call__(self, message: Message, ctx: Context) -> bool | dict[str, Any]:
        """The work or question the reply is about, if the writer may answer it."""
        ref = await find_ref_replied_to(message, ctx)
        if ref is None or ref.kind is not self.kind:
            return False
        return await curators.may_review(ctx.uow, ctx.contact.telegram_id) and {"subject_id": ref.id}


class Unaddressed(Filter):
    """Lets through what a reviewer writes in a group right below a card or a student's words without replying to it."""

    async def __call__(self, message: Message, ctx: Context) -> bool:
        """Whether the message before it is one that is answered by a reply."""
        private = message.chat.type == "private"
        if private or message.reply_to_message or (message.text or "").startswith("/"):
            return False
        if not await curators.may_review(ctx.uow, ctx.contact.telegram_id):
            return False
        before = await outbox.find_ref(ctx.uow, ctx.bot.id, ctx.chat_id, message.message_id - 1)
        return before is not None and before.kind in REVIEWED


def build_answers() -> Router:
    """Answers to questions, in either bot."""
    router = Router(name="admin-answers")

    @router.message(F.reply_to_message, About(RefKind.QUESTION))
    async def answer_question(message: Message, ctx: Context, subject_id: int) -> None:
        if await reviewers.tell_holder(ctx, Subject(CardKind.QUESTION, subject_id)):
            return
        said, reviewer_id = read_person_message(message), ctx.contact.telegram_id
        decision = await questions.answer_question(ctx.uow, subject_id, reviewer_id, said, ctx.address)
        if not decision.counts:
            ctx.refuse("question-answered-already", reviewer=decision.reviewer)
        log.keep(ctx, AwaitedKind.ANSWER, str(Subject(CardKind.QUESTION, subject_id)))

    return router


def build_router() -> Router:
    """All about work, in the course bot: verdicts and answers, questions too, and who may."""
    router = Router(name="admin-review")
    router.callback_query.middleware(log.Door())

    @router.callback_query(Pressed(REVIEW, of_role=True))
    async def judge(_: CallbackQuery, ctx: Context, press: Press) -> None:
        if await reviewers.refuse_press(ctx):
            return
        submission_id, verdict = press.id.split("-", 1)
        if await reviewers.tell_holder(ctx, Subject(CardKind.WORK, int(submission_id))):
            return
        reviewer_id = ctx.contact.telegram_id
        decision = await assignments.decide(ctx.uow, int(submission_id), reviewer_id, Verdict(verdict))
        key = f"review-done-{verdict}" if decision.counts else "review-decided-already"
        ctx.only_looked = not decision.counts
        ctx.alert(key, reviewer=decision.reviewer)

    @router.callback_query(Pressed(UNDO, of_role=True))
    async def undo(_: CallbackQuery, ctx: Context, press: Press) -> None:
        if await reviewers.refuse_press(ctx):
            return
        await assignments.undo(ctx.uow, int(press.id), ctx.contact.telegram_id)
        ctx.note("review-undone")

    @router.message(F.reply_to_message, About(RefKind.SUBMISSION))
    async def answer_work(message: Message, ctx: Context, subject_id: int) -> None:
        if await reviewers.tell_holder(ctx, Subject(CardKind.WORK, subject_id)):
            return
        said = read_person_message(message)
        await of_work.answer_student(ctx.uow, subject_id, ctx.contact.telegram_id, said, ctx.address)
        log.keep(ctx, AwaitedKind.ANSWER, str(Subject(CardKind.WORK, subject_id)))

    unaddressed = Router(name="admin-unaddressed")

    @unaddressed.message(Unaddressed())
    async def explain_replies(_: Message, ctx: Context) -> None:
        ctx.say("review-unaddressed")

    router.include_routers(build_answers(), reviewers.build_router(), topics.build_router(), unaddressed)
    return router
