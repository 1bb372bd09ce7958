"""The inbox: who said what last, the whole of a conversation, a word as the bot, who talks with whom."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict, Field

from core.lifecycle import HandoffStatus
from services.messaging.conversations import answering, conversations, talks
from services.messaging.conversations.answering import Word
from services.messaging.conversations.conversations import Conversation, Message
from services.messaging.schemas import WantedTalks
from services.tenancy.permissions import Permission
from web.api.calls import ApiCall, Call
from web.api.ids import (
    BotId,
    BotRef,
    ContactId,
    ConversationId,
    ConversationRef,
    HandoffId,
    MemberId,
    MemberRef,
    MessageId,
    MessageRef,
)
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.TALKS_READ)
CHANGE = Policy(Permission.TALKS, idempotency_key=True)
WRITE = Policy(Permission.TALKS)
MOST_TEXT = 4096
ConversationsPage = Annotated[ListPage, paged(conversations.ORDERS)]
MessagesPage = Annotated[ListPage, paged(conversations.MESSAGES)]
Waits = Annotated[bool | None, Query(description="Whether the person has spoken last.")]
Mine = Annotated[bool, Query(description="Only those with whom you talk, or for whom you are rung.")]
Unassigned = Annotated[bool, Query(description="Only those with whom nobody of the team talks.")]
room = Room("messaging")


class ConversationItem(Answer):
    """A person and the last word with them; `waits`: they have spoken last; `operator` talks with them, or is rung (`mine`: you)."""

    model_config = example(
        id=f"cnv_{'a' * 26}",
        contact=f"con_{'a' * 26}",
        name="Anna Ivanova",
        username="anna",
        bot=f"bot_{'a' * 26}",
        text="When does the course begin?",
        at="2030-01-07T09:00:00Z",
        waits=True,
        handoff=None,
        operator=None,
        mine=False,
        talk=None,
    )

    id: ConversationId
    contact: ContactId
    name: str
    username: str | None
    bot: BotId
    text: str
    at: datetime
    waits: bool
    handoff: HandoffId | None
    operator: MemberId | None
    mine: bool
    talk: HandoffStatus | None


class MessageItem(Answer):
    """Something that was said; `state` of what a bot says: sent, failed, unknown, waiting; `author` wrote it in the panel."""

    model_config = example(
        id=f"msg_{'a' * 26}",
        bot=f"bot_{'a' * 26}",
        is_incoming=True,
        text="When does the course begin?",
        at="2030-01-07T09:00:00Z",
        state=None,
        error=None,
        author=None,
    )

    id: MessageId
    bot: BotId
    is_incoming: bool
    text: str
    at: datetime
    state: str | None
    error: str | None
    author: MemberId | None


class WrittenAnswer(Answer):
    """What is said is on its way; it stands among the messages once it leaves."""

    model_config = example(bot=f"bot_{'a' * 26}", text="Tomorrow at nine.")

    bot: BotId
    text: str


class WriteBody(Body):
    """Plain words; without `bot` in the one they spoke in last. Something newer than `seen`, by another one: 409."""

    model_config = example(text="Tomorrow at nine.", seen=f"msg_{'a' * 26}")

    text: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]
    bot: BotRef | None = None
    seen: MessageRef | None = None


class WaitingWord(Answer):
    """A word of the team that has not left yet."""

    model_config = example(text="Tomorrow at nine.", author=f"mem_{'a' * 26}", at="2030-01-07T09:01:00Z")

    text: str
    author: MemberId | None
    at: datetime


class ReplyDraftItem(Answer):
    """What you are writing, what of the team is on its way, and who else is writing to them now."""

    model_config = example(
        text="Tomorrow at",
        waiting=[{"text": "Hello!", "author": f"mem_{'a' * 26}", "at": "2030-01-07T09:01:00Z"}],
        writing=[f"mem_{'a' * 26}"],
    )

    text: str
    waiting: list[WaitingWord]
    writing: list[MemberId]


class DraftBody(Body):
    """What you have written so far, as it is typed; nothing: it is dropped."""

    model_config = ConfigDict(**{**example(text="Tomorrow at"), "str_strip_whitespace": False})

    text: Annotated[str, Field(max_length=MOST_TEXT)]


class AssignBody(Body):
    """Who is to talk with them; who asks, without it."""

    model_config = example(operator=f"mem_{'a' * 26}")

    operator: MemberRef | None = None


def show_conversation(conversation: Conversation, me: int) -> ConversationItem:
    """A conversation as the API shows it to a member."""
    names = ("name", "username", "text", "at", "waits", "talk")
    return ConversationItem(
        **{name: getattr(conversation, name) for name in names},
        id=conversation.telegram_id,
        contact=conversation.contact_id,
        bot=conversation.bot_id,
        handoff=conversation.handoff_id,
        operator=conversation.operator_id,
        mine=conversation.operator_id == me,
    )


def show_message(message: Message) -> MessageItem:
    """A message as the API shows it."""
    names = ("id", "is_incoming", "text", "at", "state", "error")
    shown = {name: getattr(message, name) for name in names}
    return MessageItem(**shown, bot=message.bot_id, author=message.author_id)


async def _show(call: ApiCall, conversation: int) -> ConversationItem:
    conversation_now = await conversations.get_conversation(call.uow, conversation)
    return show_conversation(conversation_now, call.who.telegram_id)


@room.get("/conversations", READ)
async def list_conversations(
    call: Call,
    page: ConversationsPage,
    *,
    operator: MemberRef | None = None,
    waits: Waits = None,
    mine: Mine = False,
    unassigned: Unassigned = False,
) -> Listed[ConversationItem]:
    """The conversations of the account, whoever spoke or heard last first; `sort=last`: who waits longest first."""
    wanted = WantedTalks(call.who.telegram_id if mine else operator, unassigned, waits)
    taken = await page.take(
        lambda part: conversations.list_conversations(call.uow, wanted, part),
        lambda conversation: show_conversation(conversation, call.who.telegram_id),
    )
    return Listed(**taken)


@room.get("/conversations/{conversation}", READ)
async def get_conversation(call: Call, conversation: ConversationRef) -> ConversationItem:
    """One conversation."""
    return await _show(call, conversation)


@room.get("/conversations/{conversation}/messages", READ)
async def list_messages(call: Call, page: MessagesPage, conversation: ConversationRef) -> Listed[MessageItem]:
    """All that was said with a person in all bots, the latest first."""
    taken = await page.take(
        lambda part: conversations.list_messages(call.uow, conversation, part), show_message
    )
    return Listed(**taken)


@room.post("/conversations/{conversation}/messages", CHANGE, 201)
async def write_message(call: Call, conversation: ConversationRef, body: WriteBody) -> WrittenAnswer:
    """Write to a person as the bot."""
    word = Word(body.text, call.who.telegram_id, body.bot, body.seen)
    return WrittenAnswer(bot=await answering.write(call.uow, conversation, word), text=body.text)


@room.get("/conversations/{conversation}/draft", READ)
async def get_draft_reply(call: Call, conversation: ConversationRef) -> ReplyDraftItem:
    """What is being said to a person at this moment."""
    return await _show_draft(call, conversation)


@room.put("/conversations/{conversation}/draft", WRITE)
async def keep_draft_reply(call: Call, conversation: ConversationRef, body: DraftBody) -> ReplyDraftItem:
    """Keep what you are writing to a person, wherever you go on with it."""
    call.only_looked = True
    await answering.keep_draft(call.uow, conversation, call.who.telegram_id, body.text)
    return await _show_draft(call, conversation)


async def _show_draft(call: ApiCall, conversation: int) -> ReplyDraftItem:
    me = call.who.telegram_id
    draft = await answering.find_draft(call.uow, conversation, me)
    waiting = await answering.list_waiting(call.uow, conversation)
    return ReplyDraftItem(
        text=draft.text if draft else "",
        waiting=[WaitingWord(text=each.text, author=each.author_id, at=each.at) for each in waiting],
        writing=await answering.list_writing(call.uow, conversation, me),
    )


@room.post("/conversations/{conversation}/assign", CHANGE)
async def assign_conversation(
    call: Call, conversation: ConversationRef, body: AssignBody
) -> ConversationItem:
    """Have somebody of the team talk with a person; the person reads who."""
    operator = call.who.telegram_id if body.operator is None else body.operator
    await talks.assign(call.uow, conversation, operator)
    return await _show(call, conversation)


@room.post("/conversations/{conversation}/close", CHANGE)
async def close_conversation(call: Call, conversation: ConversationRef) -> ConversationItem:
    """End the talk with a person; both are told."""
    call.only_looked = not await talks.close(call.uow, conversation)
    return await _show(call, conversation)


@room.post("/conversations/{conversation}/reopen", CHANGE)
async def reopen_conversation(call: Call, conversation: ConversationRef) -> ConversationItem:
    """Talk with a person once more."""
    await talks.assign(call.uow, conversation, call.who.telegram_id)
    return await _show(call, conversation)
