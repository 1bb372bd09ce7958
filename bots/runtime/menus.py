"""How a bot presents itself: its commands, descriptions and menu button, told to Telegram only when they change."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from loguru import logger

from bots.runtime.client import NotSentError, OutcomeUnknownError, TelegramClient
from core.db.session import Database
from core.lifecycle import BotKind
from core.roles import MemberRole
from core.text.catalog import LANGUAGES, say
from services.people.contacts import list_open_to
from services.tenancy.bot_care import connecting, menus
from services.tenancy.members import load_staff
from services.tenancy.permissions import Permission, may
from services.tenancy.schemas import ConnectedBot

COMMANDS: Mapping[BotKind, Sequence[str]] = {
    BotKind.SALES: (
        "start",
        "purchases",
        "subscription",
        "gift",
        "promo",
        "partner",
        "paysupport",
        "stop",
        "mydata",
        "deleteme",
    ),
    BotKind.COURSE: (
        "start",
        "lessons",
        "progress",
        "modules",
        "ask",
        "courses",
        "pause",
        "restart",
        "certificates",
        "settings",
        "paysupport",
        "stop",
        "mydata",
        "deleteme",
    ),
}
OPERATOR_COMMANDS = ("talk", "close", "pass", "note")
EVERYBODY = 0
NAMES_SECONDS = 3_600.0
ROUND_SECONDS = 60.0  # an admin who starts a bot gets their menu within this time
MOST_TRIES = 3
MENUS = "menus"  # rings when a bot has begun to work

Calls = Sequence[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Menu:
    """What Telegram is told about one bot for everybody (`chat_id` 0) or for one member."""

    chat_id: int
    calls: Calls

    @property
    def digest(self) -> str:
        """Changes when anything in it changes."""
        text = json.dumps(self.calls, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Staff:
    """Somebody whose menu has more in it."""

    telegram_id: int
    language: str
    roles: frozenset[MemberRole]


def build_menus(
    kind: BotKind, default_language: str, staff: Sequence[Staff], of_admins: Mapping[str, Permission]
) -> list[Menu]:
    """A bot's menus: everybody's, and one per member that begins with the commands their role allows."""
    everybody = Menu(EVERYBODY, list(_calls_for_all(kind, default_language)))
    by_id = sorted(staff, key=lambda person: person.telegram_id)
    return [everybody, *(_staff_menu(kind, person, of_admins) for person in by_id)]


def _calls_for_all(kind: BotKind, default_language: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for code in ("", *LANGUAGES):
        language = code or default_language
        own = {"language_code": code} if code else {}
        yield "setMyCommands", {"commands": _commands(COMMANDS[kind], language), **own}
        yield "setMyDescription", {"description": say(f"bot-{kind}-description", language), **own}
        yield "setMyShortDescription", {"short_description": say(f"bot-{kind}-short", language), **own}
    yield "setChatMenuButton", {"menu_button": {"type": "commands"}}


def _staff_menu(kind: BotKind, person: Staff, of_admins: Mapping[str, Permission]) -> Menu:
    talks = OPERATOR_COMMANDS if may(person.roles, Permission.TALKS) else ()
    own = (*talks, *(name for name, needed in of_admins.items() if may(person.roles, needed)))
    commands = _commands((*own, *COMMANDS[kind]), person.language)
    fields = {"commands": commands, "scope": {"type": "chat", "chat_id": person.telegram_id}}
    return Menu(person.telegram_id, [("setMyCommands", fields)])


def _commands(names: Sequence[str], language: str) -> list[Mapping[str, str]]:
    return [{"command": name, "description": say(f"menu-{name}", language)} for name in names]


@dataclass
class MenuKeeper:
    """Keeps the menus of the bots this process owns up to date, best effort and in the background."""

    db: Database
    telegram: TelegramClient
    owned: Callable[[], Sequence[ConnectedBot]]
    of_admins: Mapping[str, Permission]  # the commands of members, and what each needs
    _failures: dict[tuple[int, int], int] = field(default_factory=dict)
    _asked: dict[int, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Look again and again until cancelled; admins start bots at any time."""
        while True:
            for bot in self.owned():
                try:
                    await self._learn_names(bot)
                    await self.refresh(bot)
                except Exception as error:  # loop edge: the bots work without a menu, too
                    logger.opt(exception=error).warning("the menus of @{} were not set", bot.username)
            await self.db.bell.wait(MENUS, ROUND_SECONDS)

    async def _learn_names(self, bot: ConnectedBot) -> None:
        """Ask now and then what the bot is called: it can be renamed in BotFather at any time."""
        now = self.db.clock.monotonic()
        if now < self._asked.get(bot.id, -NAMES_SECONDS) + NAMES_SECONDS:
            return
        self._asked[bot.id] = now
        with suppress(NotSentError, OutcomeUnknownError):
            answer = await self.telegram.call(bot.token, "getMe", {})
            if answer.ok and (answer.result["username"], answer.result["first_name"]) != (
                bot.username,
                bot.name,
            ):
                async with self.db.unit(bot.account_id) as uow:
                    await connecting.note_names(
                        uow, bot.id, answer.result["username"], answer.result["first_name"]
                    )

    async def refresh(self, bot: ConnectedBot) -> None:
        """Tell Telegram what has changed since it was told last."""
        env = self.db.env.of_account(bot.account_id)
        async with self.db.reading() as conn:
            known = await menus.load_digests(conn, bot.account_id, bot.id)
            roles = await load_staff(conn, env, bot.account_id)
            people = await list_open_to(conn, bot.account_id, bot.id, [*roles])
        staff = [Staff(person.telegram_id, person.language, roles[person.telegram_id]) for person in people]
        for menu in build_menus(bot.kind, env.default_language, staff, self.of_admins):
            if known.get(menu.chat_id) != menu.digest:
                await self._tell(bot, menu)

    async def _tell(self, bot: ConnectedBot, menu: Menu) -> None:
        place = (bot.id, menu.chat_id)
        if self._failures.get(place, 0) >= MOST_TRIES:
            return
        trouble = await self._call_all(bot, menu.calls)
        if trouble:
            self._failures[place] = self._failures.get(place, 0) + 1
            logger.bind(event="menu.failed", bot_id=bot.id, chat_id=menu.chat_id).warning(
                "a menu of @{} was not set: {}", bot.username, trouble
            )
            return
        async with self.db.unit(bot.account_id) as uow:
            await menus.remember_digest(uow, bot.id, menu.chat_id, menu.digest)

    async def _call_all(self, bot: ConnectedBot, calls: Calls) -> str:
        """Make the calls in order; gives what Telegram refused first, empty if nothing."""
        for method, fields in calls:
            try:
                answer = await self.telegram.call(bot.token, method, fields)
            except (NotSentError, OutcomeUnknownError) as error:
                return f"{method}: {error}"
            if not answer.ok:
                return f"{method}: {answer.error}"
        return ""
