"""The whole state of one sandbox, and finding things in it."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from sandbox.state.alarms import Alarms
from sandbox.state.calls import CallLog
from sandbox.state.desk import Desk
from sandbox.state.faults import Faults
from sandbox.state.files import FileStore
from sandbox.state.hub import Hub
from sandbox.state.limits import Limiter
from sandbox.state.model import Bot, Chat, ChatType, Payment, Person, Subscription
from sandbox.state.options import Options
from sandbox.state.timing import Clock
from sandbox.wire.errors import ControlError

TOKEN = re.compile(r"^(\d{3,16}):[A-Za-z0-9_-]{3,100}$")
USERNAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{2,31}$")
FIRST_PERSON = 1_204_500_031
FIRST_GROUP = 412_600_019
FIRST_SUPERGROUP = 1_730_400_017
FIRST_UPDATE = 310_400_000
STEP = 37
SUPERGROUP_BASE = -1_000_000_000_000


@dataclass(slots=True)
class Callback:
    """A pressed inline button that waits for its bot; `at` is monotonic."""

    id: str
    bot_id: int
    person_id: int
    at: float
    answer: dict[str, str | bool | int] | None = None


@dataclass(slots=True)
class Checkout:
    """Somebody about to pay, who waits for the bot's yes; `at` is monotonic, an empty `refusal` is a yes."""

    id: str
    bot_id: int
    at: float
    refusal: str | None = None


@dataclass(slots=True)
class Launch:
    """An open Mini App that may send one message in its person's name."""

    id: str
    bot_id: int
    person_id: int
    chat: str


class World:
    """Bots, people, chats and the services around them; lives in one event loop."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock()
        self.hub = Hub()
        self.files = FileStore(
            options.state.with_name(options.state.name + ".files") if options.state else None
        )
        self.log = CallLog(options.log_size)
        self.limiter = Limiter(options.limits, self.log)
        self.faults = Faults()
        self.bots: dict[int, Bot] = {}
        self.tokens: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.chats: dict[str, Chat] = {}
        self.names: dict[str, int] = {}
        self.person_chats: dict[int, dict[str, None]] = {}
        self.bot_chats: dict[int, dict[str, None]] = {}
        self.callbacks: dict[str, Callback] = {}
        self.checkouts: dict[str, Checkout] = {}
        self.launches: dict[str, Launch] = {}
        self.invoices: dict[str, dict[str, Any]] = {}
        self.payments: dict[str, Payment] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.tour: dict[str, Any] = {}
        self.desk = Desk(self.touch, self.clock.date)
        self.alarms = Alarms(self.clock, self.hub)
        self.links: dict[str, int] = {}
        self.counters: dict[str, int] = {}
        self.changes = 0
        self.saved = -1

    def touch(self) -> None:
        """Note that something worth keeping has changed."""
        self.changes += 1

    def count(self, name: str) -> int:
        """Return the next number of a named series, from 1 on."""
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def add_bot(self, token: str, username: str, name: str) -> Bot:
        """Create a bot, or rename the one that has this token already."""
        token = token or f"{self._fresh_id(7_000_000_001)}:{secrets.token_urlsafe(26)}"
        match = TOKEN.match(token)
        if not match:
            raise ControlError("a token looks like 123456:ABC-def")
        if token in self.tokens:
            self._rename(self.tokens[token], username, name)
            return self.tokens[token]
        bot_id = int(match[1])
        if bot_id in self.bots or bot_id in self.people:
            raise ControlError(f"the id {bot_id} is taken")
        self.claim_name(username, bot_id)
        bot = Bot(bot_id, token, username, name or username, FIRST_UPDATE + bot_id % 900_000)
        self.enter_bot(bot)
        self.touch()
        return bot

    def _rename(self, bot: Bot, username: str, name: str) -> None:
        if bot.username != username:
            self.claim_name(username, bot.id)
            del self.names[bot.username.lower()]
        bot.username, bot.name = username, name or bot.name
        self.touch()

    def enter_bot(self, bot: Bot) -> None:
        """Put a bot into the indexes."""
        self.bots[bot.id] = bot
        self.tokens[bot.token] = bot
        self.names[bot.username.lower()] = bot.id
        self.bot_chats.setdefault(bot.id, {})

    def add_person(self, person: Person) -> Person:
        """Create a person; id 0 asks for a fresh one."""
        person.id = person.id or self._fresh_id(FIRST_PERSON)
        if person.id < 0 or person.id in self.people or person.id in self.bots:
            raise ControlError(f"the id {person.id} is taken or impossible")
        if person.username:
            self.claim_name(person.username, person.id)
        self.people[person.id] = person
        self.touch()
        return person

    def claim_name(self, username: str, owner: int) -> None:
        """Give a username to a bot, person or chat."""
        if not USERNAME.match(username):
            raise ControlError(f"impossible username: {username!r}")
        if self.names.get(username.lower(), owner) != owner:
            raise ControlError(f"the username {username} is taken")
        self.names[username.lower()] = owner

    def _fresh_id(self, first: int) -> int:
        return first + STEP * self.count(f"id{first}")

    def fresh_group_id(self, kind: ChatType) -> int:
        """Return an id in the range Telegram uses for this kind of chat."""
        if kind is ChatType.GROUP:
            return -self._fresh_id(FIRST_GROUP)
        return SUPERGROUP_BASE - self._fresh_id(FIRST_SUPERGROUP)

    def private_chat(self, bot_id: int, person_id: int) -> Chat:
        """Return the chat of a bot and a person, making it when they meet first."""
        key = f"{bot_id}:{person_id}"
        chat = self.chats.get(key)
        if chat is None:
            chat = Chat(key, person_id, ChatType.PRIVATE, bot_id=bot_id, person_id=person_id)
            self.enter_chat(chat)
        return chat

    def enter_chat(self, chat: Chat) -> None:
        """Put a chat into the indexes."""
        self.chats[chat.key] = chat
        if chat.is_private:
            self.person_chats.setdefault(chat.person_id, {})[chat.key] = None
            self.bot_chats.setdefault(chat.bot_id, {})[chat.key] = None
        for user_id in chat.members:
            self.enter_member(chat, user_id)
        for url in chat.links:
            self.links[url] = chat.id
        if chat.username:
            self.names[chat.username.lower()] = chat.id

    def enter_member(self, chat: Chat, user_id: int) -> None:
        """Put a chat into its member's list."""
        index = self.bot_chats if user_id in self.bots else self.person_chats
        index.setdefault(user_id, {})[chat.key] = None

    def group(self, chat_id: int) -> Chat | None:
        """Return a group or channel by its id."""
        return self.chats.get(str(chat_id))
