"""Proofs that nobody gave: changed, old, of another bot, shown before, of somebody who works nowhere. None opens a session."""

import hashlib
import hmac
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest

from core.db.models.tenancy_api import sessions
from core.db.session import Database
from core.lifecycle import BotKind
from core.roles import MemberRole
from services.tenancy.accounts import list_accounts
from services.tenancy.bot_care.connecting import connect_bot
from services.tenancy.members import add_member
from services.tenancy.sign_in import entering
from services.tenancy.sign_in.codes import make_login_link
from services.tenancy.sign_in.entering import Known
from tests.factories.accounts import add_account, make_bot
from tests.factories.rows import count_rows
from tests.fakes.clock import StillClock
from tests.web.api.callers import calling, read_code

MEMBER, NOBODY, OTHER = 2002, 3003, 4004
BOT = make_bot(BotKind.SALES)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture(autouse=True)
async def team(db: Database) -> None:
    async with db.unit(1) as uow:
        await connect_bot(uow, db.env.keys, BOT)
        await add_member(uow, MEMBER, MemberRole.ANALYST)


def sign_widget(
    db: Database, telegram_id: int = MEMBER, *, token: str = BOT.token, age: int = 0
) -> dict[str, str]:
    fields = {
        "id": str(telegram_id),
        "first_name": "Anna",
        "auth_date": str(int(db.clock.now().timestamp()) - age),
    }
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hashlib.sha256(token.encode()).digest()
    return {**fields, "hash": hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()}


def sign_init_data(db: Database, telegram_id: int = MEMBER, *, age: int = 0) -> str:
    fields = {
        "auth_date": str(int(db.clock.now().timestamp()) - age),
        "user": json.dumps({"id": telegram_id}),
        "query_id": "x",
    }
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", BOT.token.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()})


async def enters(db: Database, known: Known | None) -> bool:
    return known is not None and await entering.enter(db, known, "browser") is not None


async def test_telegrams_button_and_a_mini_app_let_in_once(db: Database) -> None:
    widget, signed = sign_widget(db), sign_init_data(db)
    shuffled = urlencode(list(reversed(parse_qsl(signed))))
    assert await enters(db, await entering.by_widget(db, widget))
    assert await enters(db, await entering.by_init_data(db, signed))
    for _ in range(2):
        assert not await enters(db, await entering.by_widget(db, widget))
        assert not await enters(db, await entering.by_init_data(db, signed))
        assert not await enters(db, await entering.by_init_data(db, shuffled))
    assert await count_rows(db, sessions) == 2


@pytest.mark.parametrize("age", [301, -61])
async def test_a_widget_is_fresh(db: Database, age: int) -> None:
    assert await entering.by_widget(db, sign_widget(db, age=age)) is None or not await enters(
        db, await entering.by_widget(db, sign_widget(db, age=age))
    )


async def test_init_data_are_of_today(db: Database) -> None:
    assert await entering.by_init_data(db, sign_init_data(db, age=24 * 3600 + 1)) is None
    assert await enters(db, await entering.by_init_data(db, sign_init_data(db, age=23 * 3600)))


async def test_who_works_nowhere_does_not_come_in(db: Database) -> None:
    assert not await enters(db, await entering.by_widget(db, sign_widget(db, NOBODY)))
    assert not await enters(db, await entering.by_init_data(db, sign_init_data(db, NOBODY)))


async def test_a_thousand_forged_proofs_open_nothing(db: Database, clock: StillClock) -> None:
    dice = random.Random(7)
    async with db.unit(1) as uow:
        code = read_code(await make_login_link(uow, MEMBER))
    for number in range(1_000):
        kind = number % 4
        if kind == 0:
            assert not await enters(db, await entering.by_code(db, _spoil(code, dice)))
        elif kind == 1:
            widget = sign_widget(db)
            name = dice.choice(sorted(widget))
            assert not await enters(
                db, await entering.by_widget(db, {**widget, name: _spoil(widget[name], dice)})
            )
        elif kind == 2:
            assert not await enters(
                db, await entering.by_widget(db, sign_widget(db, token=f"{BOT.id}:other"))
            )
        else:
            assert not await enters(
                db, await entering.by_init_data(db, _spoil_field(sign_init_data(db), dice))
            )
    assert await count_rows(db, sessions) == 0
    assert await enters(db, await entering.by_code(db, code))


def _spoil(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + dice.choice(LETTERS.replace(text[at].lower(), "")) + text[at + 1 :]


def _spoil_field(signed: str, dice: random.Random) -> str:
    fields: Mapping[str, str] = dict(parse_qsl(signed))
    name = dice.choice(sorted(fields))
    return urlencode({**fields, name: _spoil(fields[name], dice)})


async def test_a_bot_vouches_for_nobody_beyond_its_own_account(db: Database) -> None:
    """Whoever connects a bot has its token, and can sign with it as the owner of any other account."""
    bot = make_bot(BotKind.SALES, id=8_000_001, account_id=2)
    async with db.unit(2) as uow:
        await add_account(uow, name="Another school")
        await connect_bot(uow, db.env.keys, bot)
        await add_member(uow, OTHER, MemberRole.OWNER)
    forged = await entering.by_widget(db, sign_widget(db, MEMBER, token=bot.token))
    assert not await enters(db, forged)  # they work in the first account alone
    async with db.unit(1) as uow:
        await add_member(uow, OTHER, MemberRole.OWNER)
    own = await entering.by_widget(db, sign_widget(db, OTHER, token=bot.token))
    assert own is not None
    entered = await entering.enter(db, own, "browser")
    assert entered is not None
    async with calling(db) as nobody:
        caller = replace(nobody, cookie=f"tandem={entered.token}")
        me = (await caller.ask("GET", "/api/v1/me")).json()
        [first, _] = await list_accounts(db)
        beyond = await caller.ask("GET", f"/api/v1/accounts/{first.public_id}/contacts")
    assert [account["name"] for account in me["accounts"]] == ["Another school"]
    assert beyond.status_code == 404
