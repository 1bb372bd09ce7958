"""Both bots' handlers over a real database, with a Telegram that takes everything and remembers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from sqlalchemy import select

from app.serve.wiring import build_dispatchers
from bots.runtime.intake import Intake, Station
from bots.runtime.sending.render import Renderer
from bots.runtime.throttle import Throttle
from core.db.models.delivery import inbox as inbox_rows
from core.db.session import Database
from core.lifecycle import BotKind
from sandbox.text.formatted import read_formatted
from services.delivery import inbox, leases, outbox
from services.delivery.schemas import Lease, Outcome, Refused, Rendered, Sent, Unknown
from services.delivery.sending.turns import Turns
from services.delivery.timers import fire_due
from services.tenancy.schemas import ConnectedBot
from tests.factories.accounts import COURSE_BOT, SALES_BOT, make_bot

ADMIN = 1001
FOREVER = 1e9
RANKS: dict[str, dict[str, Any]] = {  # what Telegram always says of such a member
    "kicked": {"until_date": 0},
    "creator": {"is_anonymous": False},
    "restricted": {
        "until_date": 0,
        **dict.fromkeys(
            (
                "can_send_messages",
                "can_send_audios",
                "can_send_documents",
                "can_send_photos",
                "can_send_videos",
                "can_send_video_notes",
                "can_send_voice_notes",
                "can_send_polls",
                "can_send_other_messages",
                "can_add_web_page_previews",
                "can_react_to_messages",
                "can_edit_tag",
                "can_change_info",
                "can_invite_users",
                "can_pin_messages",
                "can_manage_topics",
            ),
            False,
        ),
    },
    "administrator": dict.fromkeys(
        (
            "can_be_edited",
            "is_anonymous",
            "can_manage_chat",
            "can_delete_messages",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
            "can_send_welcome_messages",
        ),
        False,
    )
    | {"can_restrict_members": True},
}
BOTS = {SALES_BOT: make_bot(BotKind.SALES), COURSE_BOT: make_bot(BotKind.COURSE)}
SLOW_MACHINE = 120.0  # seconds for one handler: nothing here is about its limit


@dataclass(frozen=True)
class Call:
    """A call Telegram got."""

    bot: int
    method: str
    chat: int
    fields: Mapping[str, Any]
    message_id: int

    @property
    def text(self) -> str:
        return str(self.fields.get("text", ""))

    @property
    def buttons(self) -> dict[str, str]:
        rows = self.fields.get("reply_markup", {}).get("inline_keyboard", [])
        return {one["text"]: one.get("callback_data", "") for row in rows for one in row}


@cache
def _machinery() -> tuple[AiohttpSession, Mapping[BotKind, Dispatcher]]:
    """What keeps nothing of a test and costs a fifth of a second to build: built once for all of them."""
    return AiohttpSession(), build_dispatchers()


@dataclass
class Desk:
    """What people write and press, and what the bots say to it."""

    db: Database
    bots: Mapping[int, ConnectedBot] = field(default_factory=lambda: BOTS)
    calls: list[Call] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)  # chats to which a call was refused for that
    deleted: set[int] = field(default_factory=set)  # messages that cannot be copied any more
    lost_files: set[str] = field(default_factory=set)  # identifiers that Telegram does not know any more
    refusing: dict[int, str] = field(default_factory=dict)  # groups that refuse all calls, and their words
    ranks: dict[int, dict[str, Any]] = field(default_factory=dict)  # the bots in groups; else administrators
    lost_threads: set[int] = field(default_factory=set)  # topics that are closed or deleted
    forums: set[int] = field(default_factory=set)  # groups that have topics
    written: dict[int, dict[str, Any]] = field(default_factory=dict)  # what people wrote, by its number
    names: dict[int, str] = field(default_factory=dict)  # of people; else P and their number
    lost: set[int] = field(default_factory=set)  # chats whose calls arrive, and the answers do not
    _numbers: Any = field(default_factory=lambda: count(1))
    _leases: dict[int, Lease] = field(default_factory=dict)

    def __post_init__(self) -> None:
        session, dispatchers = _machinery()
        stations = {
            bot.id: Station(bot, Bot(bot.token, session=session), self._direct) for bot in self.bots.values()
        }
        self._work = Intake(self.db, dispatchers, lambda: stations, handler_seconds=SLOW_MACHINE)
        self._render = Renderer(self.db.env, {bot.id: bot.username for bot in self.bots.values()})

    @property
    def throttle(self) -> Throttle:
        """What has been counted of each person."""
        return self._work.throttle

    def next_number(self) -> int:
        """A number no update or message has yet."""
        return int(next(self._numbers))

    def _direct(self, method: str, fields: Mapping[str, Any]) -> None:
        if fields.get("text"):
            self.alerts.append(fields["text"])
        if method == "editMessageText":
            chat = fields["chat_id"]
            self.calls.append(Call(SALES_BOT, method, chat, fields, fields["message_id"]))

    async def write(self, text: str = "", who: int = ADMIN, bot: int = SALES_BOT, **more: Any) -> list[Call]:
        """Somebody writes (or sends `photo=[…]`); gives what came of it."""
        body = {"text": text, **more} if text else more
        message = self.message(who, **body)
        self.written[message["message_id"]] = message
        return await self.send(bot, {"message": message})

    def message(self, who: int, **body: Any) -> dict[str, Any]:
        """A message in somebody's private chat, as Telegram would describe it."""
        name = self.names.get(who, f"P{who}")
        person = {"id": who, "is_bot": False, "first_name": name, "language_code": "en"}
        chat = {"id": who, "type": "private", "first_name": name}
        return {"message_id": next(self._numbers), "date": 1, "from": person, "chat": chat, **body}

    async def press(self, button: str, who: int = ADMIN, holder: Call | None = None) -> list[Call]:
        """Somebody presses the newest button with this text; gives what came of it."""
        seen = [one for one in self.calls if one.chat == who and button in one.buttons]
        shown = holder or seen[-1]
        message = {**self.message(who, text=shown.text or "-"), "message_id": shown.message_id}
        if quoted := self._find_quoted(shown):
            message["reply_to_message"] = quoted
        query = {"id": "q", "from": message["from"], "message": message, "chat_instance": "c"}
        return await self.send(shown.bot, {"callback_query": {**query, "data": shown.buttons[button]}})

    def _find_quoted(self, shown: Call) -> dict[str, Any] | None:
        """What a message answers, however often it was edited since."""
        quoting = (
            call.fields.get("reply_parameters") for call in self.calls if call.message_id == shown.message_id
        )
        first = next(filter(None, quoting), {})
        return self.written.get(first.get("message_id", 0))

    async def vote(self, poll: Call, *options: int, who: int) -> list[Call]:
        """Somebody chooses options of a poll, or takes their vote back; gives what came of it."""
        user = {"id": who, "is_bot": False, "first_name": f"P{who}", "language_code": "en"}
        answer = {"poll_id": f"poll{poll.message_id}", "user": user, "option_ids": options}
        return await self.send(poll.bot, {"poll_answer": {**answer, "option_persistent_ids": []}})

    async def send(self, bot: int, update: Mapping[str, Any]) -> list[Call]:
        """An update comes in and is handled; everything due is sent."""
        await self.receive(bot, update)
        return await self.work_off()

    async def receive(self, bot: int, update: Mapping[str, Any]) -> None:
        """An update comes in and waits."""
        await inbox.receive(
            self.db, self.bots[bot].account_id, bot, [{"update_id": next(self._numbers), **update}]
        )

    async def work_off(self) -> list[Call]:
        """All updates are handled, everything due is sent; gives what came of it."""
        known = len(self.calls)
        while await inbox.drain(self.db, list(self.bots), self._work):
            pass
        async with (
            self.db.reading() as conn
        ):  # what came before grows with each message: only its errors are read
            errors = await conn.scalars(select(inbox_rows.c.error).where(inbox_rows.c.error.is_not(None)))
            assert errors.all() == []
        await self.deliver()
        return self.calls[known:]

    async def tick(self) -> list[Call]:
        """Fire what is due and send what came of it."""
        while await fire_due(self.db):
            pass
        return await self.deliver()

    async def deliver(self, at_most: int = 1_000_000) -> list[Call]:
        """Send what waits, at most so many calls; gives them."""
        known = len(self.calls)
        for bot in self.bots:
            while len(self.calls) - known < at_most and (claimed := await self._claim(bot, at_most)):
                outcomes = [self._take(one) for one in claimed]
                await outbox.record_outcomes(self.db, self._leases[bot], outcomes)
        return self.calls[known:]

    async def _claim(self, bot: int, limit: int) -> list[Rendered]:
        if bot not in self._leases:
            lease = await leases.take_lease(
                self.db, self.bots[bot].account_id, f"bot:{bot}", "desk", ttl=FOREVER, force=True
            )
            assert lease
            self._leases[bot] = lease
        return await outbox.claim_calls(self.db, self._leases[bot], [], min(limit, 50), self._render, Turns())

    def _take(self, one: Rendered) -> Outcome:
        if (refused := self._refuse(one)) is not None:
            return refused
        message_id = one.fields.get("message_id") if one.call.method.startswith("edit") else None
        message_id = message_id or next(self._numbers)
        for text in ("text", "caption"):  # refused as Telegram would, where the markup is none
            read_formatted(str(one.fields.get(text) or ""), one.fields.get("parse_mode", ""), None)
        self.calls.append(Call(one.call.bot_id, one.call.method, one.call.chat_id, one.fields, message_id))
        if one.call.chat_id in self.lost:
            return Unknown(one.call, "TimeoutError")
        if one.call.method == "sendMediaGroup":
            others = [next(self._numbers) for _ in one.fields["media"][1:]]
            return Sent(one.call, [{"message_id": number} for number in (message_id, *others)])
        if one.call.method == "createForumTopic":
            return Sent(one.call, {"message_thread_id": message_id, "name": one.fields["name"]})
        if one.call.method in {"getChat", "getChatMember", "createChatInviteLink"}:
            return Sent(one.call, self._about(one.call.method, one.call.chat_id))
        poll = {"poll": {"id": f"poll{message_id}"}} if one.call.method == "sendPoll" else {}
        return Sent(one.call, {"message_id": message_id, "chat": {"id": one.call.chat_id}, **poll})

    def _refuse(self, one: Rendered) -> Refused | None:
        if one.call.chat_id in self.blocked:
            self.refused.append(one.call.chat_id)
            return Refused(one.call, "Forbidden: bot was blocked by the user", blocked=True)
        if one.call.method == "copyMessage" and one.fields["message_id"] in self.deleted:
            return Refused(one.call, "Bad Request: message to copy not found")
        if self.lost_files & {value for value in one.fields.values() if isinstance(value, str)}:
            return Refused(one.call, "Bad Request: wrong file identifier/HTTP URL specified")
        if one.fields.get("message_thread_id") in self.lost_threads:
            return Refused(one.call, "Bad Request: message thread not found")
        words = self.refusing.get(one.call.chat_id)
        if one.call.method == "createForumTopic" and not self._may_make_topics(one.call.chat_id):
            words = words or "Bad Request: not enough rights to create a topic"
        return Refused(one.call, words) if words else None

    def _about(self, method: str, chat: int) -> dict[str, Any]:
        """What Telegram says about a group."""
        return {
            "getChat": {"id": chat, "type": "supergroup", "title": f"Group {chat}", **self._forum(chat)},
            "getChatMember": self.ranks.get(chat, {"status": "administrator", "can_invite_users": True}),
            "createChatInviteLink": {"invite_link": f"https://t.me/+{chat}"},
        }[method]

    def _forum(self, chat: int) -> dict[str, Any]:
        return {"is_forum": True} if chat in self.forums else {}

    def _may_make_topics(self, chat: int) -> bool:
        return chat in self.forums and bool(self.ranks.get(chat, {}).get("can_manage_topics"))

    def in_group(self, chat: int, who: int, thread: int | None = None, **body: Any) -> dict[str, Any]:
        """A message in a group, in a topic of it."""
        there = {"message_thread_id": thread, "is_topic_message": True} if thread else {}
        return {
            **self.message(who, **body),
            **there,
            "chat": {"id": chat, "type": "supergroup", "title": f"Group {chat}", **self._forum(chat)},
        }

    async def rank(self, bot: int, chat: int, status: str, **rights: bool) -> list[Call]:
        """Somebody gives a bot another place in a group; gives what came of it."""
        me = {"id": bot, "is_bot": True, "first_name": "Bot"}
        shown = self.in_group(chat, ADMIN)
        member = {"user": me, "status": status, **RANKS.get(status, {}), **rights}
        old = {"user": me, "status": "left"}
        change = {"chat": shown["chat"], "from": shown["from"], "date": 1, "old_chat_member": old}
        self.ranks[chat] = member
        return await self.send(bot, {"my_chat_member": {**change, "new_chat_member": member}})

    async def write_in_group(self, chat: int, who: int, bot: int, **body: Any) -> list[Call]:
        """Somebody writes in a group; gives what came of it."""
        return await self.send(bot, {"message": self.in_group(chat, who, **body)})  # `thread`: in a topic

    async def press_in_group(self, button: str, who: int, shown: Call) -> list[Call]:
        """Somebody presses a button of a message in a group; gives what came of it."""
        message = {**self.in_group(shown.chat, who, text=shown.text or "-"), "message_id": shown.message_id}
        query = {"id": "q", "from": message["from"], "message": message, "chat_instance": "c"}
        return await self.send(shown.bot, {"callback_query": {**query, "data": shown.buttons[button]}})
