"""Which presses reach a handler."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast

import pytest
from aiogram.types import CallbackQuery

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.db.session import Database
from core.environment import Environment
from core.presses import ADMINS, Press, sign
from core.roles import MemberRole
from services.people.schemas import Contact
from services.tenancy.schemas import ConnectedBot

SOMEBODY, ADMIN, GROUP = 5005, 1001, -100
PRESS = Press("st", "1-1-1")
Ask = Callable[..., Awaitable[object]]


class NoUnit:
    """A unit of work that only knows the environment."""

    def __init__(self, env: Environment) -> None:
        self.env = env


@pytest.fixture
def ask(env: Environment, bot: ConnectedBot, make_contact: Callable[..., Contact]) -> Ask:
    async def pressed(
        data: str | None, *, by: int = SOMEBODY, chat: int = SOMEBODY, kind: str = "st"
    ) -> object:
        user = {"id": by, "is_bot": False, "first_name": "Anna"}
        query = CallbackQuery.model_validate({"id": "1", "from": user, "chat_instance": "1", "data": data})
        uow = cast("Database", NoUnit(env))
        roles = frozenset({MemberRole.OWNER} if by == ADMIN else ())
        ctx = Context(uow, bot, make_contact(telegram_id=by), chat, 1, lambda *_: None, roles=roles)  # type: ignore[arg-type]
        return await Pressed(kind)(query, ctx)

    return pressed


def signed(env: Environment, bot: ConnectedBot, chat: int = SOMEBODY, holder: str = str(SOMEBODY)) -> str:
    return sign(env.signing_key, bot.id, chat, holder, PRESS)


async def test_ours_passes_with_what_it_is_about(ask: Ask, env: Environment, bot: ConnectedBot) -> None:
    assert await ask(signed(env, bot)) == {"press": PRESS}


async def test_another_kind_another_person_another_bot_do_not(
    ask: Ask, env: Environment, bot: ConnectedBot
) -> None:
    assert await ask(signed(env, bot), kind="rv") is False
    assert await ask(signed(env, bot), by=5006) is False
    assert await ask(signed(env, bot), chat=GROUP) is False
    assert await ask(signed(env, replace(bot, id=7002))) is False
    assert await ask(None) is False


async def test_a_card_for_admins_is_for_admins(ask: Ask, env: Environment, bot: ConnectedBot) -> None:
    data = signed(env, bot, GROUP, ADMINS)
    assert await ask(data, by=ADMIN, chat=GROUP) == {"press": PRESS}
    assert await ask(data, by=SOMEBODY, chat=GROUP) is False
