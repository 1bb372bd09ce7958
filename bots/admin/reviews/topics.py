"""What is written in a student's topic of a forum: an answer to what waits, else a message to the student."""

from typing import Any

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import Message

from bots.admin import log
from bots.admin.reviews import reviewers
from bots.runtime.context import Context
from bots.shared.dialog import MEDIA
from bots.shared.person_messages import read_person_message
from core.lifecycle import AwaitedKind, CardKind
from services.learning.review import questions, topic_talk, topics
from services.learning.review.answers import of_work
from services.learning.schemas import Topic
from services.people import curators

AMONG_US = "//"  # what begins so is for the team alone


class InTopic(Filter):
    """Lets through what somebody says in a student's topic; gives the `topic`."""

    async def __call__(self, message: Message, ctx: Context) -> bool | dict[str, Any]:
        """The topic, unless it is a command, a remark among the team or a notice of Telegram's."""
        is_said = message.text is not None or any(getattr(message, name) is not None for name in MEDIA)
        if not is_said or (message.text or message.caption or "").startswith("/"):
            return False
        topic = await topics.find_topic(ctx.uow, ctx.address)
        return topic is not None and {"topic": topic}


def build_router() -> Router:
    """Asked after the replies to cards."""
    router = Router(name="admin-topics")

    @router.message(InTopic())
    async def said(message: Message, ctx: Context, topic: Topic) -> None:
        if await curators.may_review(ctx.uow, ctx.contact.telegram_id):
            await _pass_on(message, ctx, topic)
        else:
            await reviewers.explain_to(message, ctx)

    return router


async def _pass_on(message: Message, ctx: Context, topic: Topic) -> None:
    said, me = read_person_message(message), ctx.contact.telegram_id
    subject = await topic_talk.find_waiting(ctx.uow, topic)
    if subject is None:
        await topic_talk.write_student(ctx.uow, topic, me, said)
        ctx.about = topic.contact_id
        log.keep(ctx, AwaitedKind.ANSWER, f"topic {topic.id}")
        return
    if await reviewers.tell_holder(ctx, subject):
        return
    if subject.kind is CardKind.WORK:
        await of_work.answer_student(ctx.uow, subject.id, me, said, ctx.address)
    else:
        await questions.answer_question(ctx.uow, subject.id, me, said, ctx.address)
    log.keep(ctx, AwaitedKind.ANSWER, str(subject))
