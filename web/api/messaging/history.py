"""What was said with people, by its words."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query

from core.rules.moments import Moment
from core.text.search_words import split_words
from services.messaging.conversations import searching
from services.messaging.conversations.searching import FoundMessage
from services.messaging.schemas import SoughtMessages
from web.api.calls import Call
from web.api.ids import BotId, BotRef, ContactId, ConversationId, ConversationRef, MessageId
from web.api.messaging.conversations import READ
from web.api.models import Answer, example
from web.api.pages import Listed, ListPage, paged
from web.api.routes import Room

Found = Annotated[ListPage, paged(searching.ORDERS)]
Words = Annotated[str, Query(min_length=1, max_length=200, description="Beginnings of words, all of them.")]
With = Annotated[ConversationRef | None, Query(description="With this person alone.")]
Side = Annotated[Literal["in", "out"] | None, Query(description="Said by people, or by the bots.")]
room = Room("messaging")


class FoundMessageItem(Answer):
    """Something that was said, and with whom; `incoming`: by them."""

    model_config = example(
        id=f"msg_{'a' * 26}",
        conversation=f"cnv_{'a' * 26}",
        contact=f"con_{'a' * 26}",
        name="Anna Ivanova",
        bot=f"bot_{'a' * 26}",
        incoming=True,
        text="When does the course begin?",
        at="2030-01-07T09:00:00Z",
    )

    id: MessageId
    conversation: ConversationId
    contact: ContactId
    name: str
    bot: BotId
    incoming: bool
    text: str
    at: datetime


@room.get("/messages", READ)
async def search_messages(
    call: Call,
    page: Found,
    words: Words,
    *,
    conversation: With = None,
    bot: BotRef | None = None,
    direction: Side = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> Listed[FoundMessageItem]:
    """What was said, by the words in it, the latest first; what was said in the last seconds is not here yet."""
    sought = SoughtMessages(split_words(words), conversation, bot, direction, since, until)
    return Listed(**await page.take(lambda part: searching.search(call.uow, sought, part), _show))


def _show(message: FoundMessage) -> FoundMessageItem:
    told = {"conversation": message.telegram_id, "contact": message.contact_id, "bot": message.bot_id}
    names = ("id", "name", "text", "at")
    shown = {name: getattr(message, name) for name in names}
    return FoundMessageItem(**shown, **told, incoming=message.is_incoming)
