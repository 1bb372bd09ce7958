"""Menus: told once, told again when something changed, each command has its text and its handler."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
from aiogram import Router
from aiogram.filters import Command, CommandStart
from aiohttp import web

from app.serve.wiring import build_dispatchers, list_admin_commands
from bots.runtime.client import Answer, TelegramClient
from bots.runtime.menus import (
    COMMANDS,
    OPERATOR_COMMANDS,
    MenuKeeper,
    Staff,
    build_menus,
)
from core.db.session import Database
from core.lifecycle import BotKind
from core.roles import MemberRole
from core.text.catalog import LANGUAGES, has_text
from sandbox.client.client import SandboxClient
from sandbox.server import address, build_app
from sandbox.state.options import Options
from services.tenancy.bot_care.connecting import connect_bot
from services.tenancy.bots import list_bots
from tests.factories.accounts import add_bot, make_bot
from tests.factories.persons import add_chat, add_contact
from tests.fakes.tasks import end_tasks

ADMIN = 1001
ADMIN_COMMANDS = list_admin_commands()
BOT = make_bot(BotKind.SALES)


class Telegram(TelegramClient):
    """Takes calls, or refuses them with `trouble`."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.trouble = ""

    async def call(
        self,
        token: str,
        method: str,
        fields: Mapping[str, Any],
        uploads: object = None,
        timeout: float = 0,  # noqa: ASYNC109 - the real one's
    ) -> Answer:
        self.calls.append((method, fields))
        if method == "getMe":
            return Answer(ok=True, result={"username": "renamed_bot", "first_name": "Renamed"})
        return Answer(ok=not self.trouble, code=400 if self.trouble else 200, error=self.trouble)


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def keeper(db: Database, telegram: Telegram) -> MenuKeeper:
    return MenuKeeper(db, telegram, lambda: [BOT], ADMIN_COMMANDS)


async def test_the_menu_is_told_once(keeper: MenuKeeper, telegram: Telegram) -> None:
    await keeper.refresh(BOT)
    told = len(telegram.calls)
    assert told == 10
    await keeper.refresh(BOT)
    assert len(telegram.calls) == told


async def test_an_admin_gets_hers_when_she_has_started_the_bot(
    db: Database, keeper: MenuKeeper, telegram: Telegram
) -> None:
    await keeper.refresh(BOT)
    telegram.calls.clear()
    async with db.unit(1) as uow:
        await add_bot(uow, BOT.id, BOT.kind)
        await add_chat(uow, BOT.id, await add_contact(uow, ADMIN, language="en"))
    await keeper.refresh(BOT)
    ((method, fields),) = telegram.calls
    assert (method, fields["scope"]) == ("setMyCommands", {"type": "chat", "chat_id": ADMIN})
    assert [one["command"] for one in fields["commands"]] == [
        *OPERATOR_COMMANDS,
        *ADMIN_COMMANDS,
        *COMMANDS[BotKind.SALES],
    ]


async def test_what_was_refused_is_tried_a_few_times_and_leaves_nothing_behind(
    keeper: MenuKeeper, telegram: Telegram
) -> None:
    telegram.trouble = "Bad Request"
    for _ in range(5):
        await keeper.refresh(BOT)
    assert len(telegram.calls) == 3
    telegram.trouble = ""
    again = MenuKeeper(keeper.db, telegram, keeper.owned, ADMIN_COMMANDS)
    await again.refresh(BOT)
    assert len(telegram.calls) == 13


@pytest.fixture
async def sandbox_url() -> AsyncIterator[str]:
    runner = web.AppRunner(build_app(Options()), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield address(runner)
    await runner.cleanup()


@pytest.mark.parametrize("kind", list(BotKind))
async def test_telegram_takes_every_menu(sandbox_url: str, kind: BotKind) -> None:
    client = TelegramClient(sandbox_url)
    async with SandboxClient(sandbox_url) as tg:
        bot = await tg.add_bot("424242:AAA-token", "menu_bot", "Menu")
        for menu in build_menus(
            kind, "ru", [Staff(ADMIN, "en", frozenset({MemberRole.OWNER}))], ADMIN_COMMANDS
        ):
            for method, fields in menu.calls:
                answer = await client.call(bot.token, method, fields)
                assert answer.ok, answer.error
        shown = await client.call(bot.token, "getMyCommands", {"language_code": "en"})
    await client.close()
    assert [one["command"] for one in shown.result] == list(COMMANDS[kind])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_description_has_its_text(language: str) -> None:
    names = {name for kind in BotKind for name in COMMANDS[kind]} | {*ADMIN_COMMANDS, *OPERATOR_COMMANDS}
    keys = [f"menu-{name}" for name in names]
    keys += [f"bot-{kind}-{what}" for kind in BotKind for what in ("description", "short")]
    assert [key for key in keys if not has_text(key, language)] == []


@pytest.mark.parametrize("kind", list(BotKind))
def test_the_menu_is_what_the_bot_understands(kind: BotKind) -> None:
    understood = set(commands_of(build_dispatchers()[kind]))
    assert {*COMMANDS[kind], *ADMIN_COMMANDS, *OPERATOR_COMMANDS} <= understood


def commands_of(router: Router) -> Iterator[str]:
    """The commands a router and those below it have handlers for."""
    for handler in router.message.handlers:
        for one in handler.filters or ():
            if isinstance(one.callback, Command):
                known = ("start",) if isinstance(one.callback, CommandStart) else one.callback.commands
                yield from (str(name) for name in known)
    for below in router.sub_routers:
        yield from commands_of(below)


async def test_a_bot_renamed_in_botfather_is_known_by_its_new_name(db: Database, telegram: Telegram) -> None:
    async with db.unit(1) as uow:
        await connect_bot(uow, db.env.keys, BOT)
    keeping = asyncio.create_task(MenuKeeper(db, telegram, lambda: [BOT], ADMIN_COMMANDS).run())

    async def names() -> set[str]:
        return {bot.username for bot in await list_bots(db, db.env.keys)}

    try:
        async with asyncio.timeout(120):
            while await names() != {"renamed_bot"}:  # noqa: ASYNC110 - the keeper has no event for it
                await asyncio.sleep(0.01)
    finally:
        await end_tasks(keeping)
    assert [method for method, _ in telegram.calls].count("getMe") == 1
