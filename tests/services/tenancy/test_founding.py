"""The first owner's code: good once, for a while, for whoever is first; of no use where somebody owns already."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.db.models.tenancy import accounts
from core.db.session import Database, UnitOfWork, until_won
from core.environment import FIRST_ACCOUNT, Environment
from core.errors import RaceLost
from services.tenancy import founding, members
from services.tenancy.first_run import change_first_run
from services.tenancy.members import load_team
from services.tenancy.settings import change_settings, load_settings
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock

ANNA, BORIS = 501, 502


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=())


async def make(db: Database) -> str:
    async with db.unit(FIRST_ACCOUNT) as uow:
        code = await founding.make_code(uow)
    assert code is not None
    return code


async def claim(db: Database, who: int, typed: str) -> bool:
    async def send() -> bool:
        async with db.unit(FIRST_ACCOUNT) as uow:
            return await founding.claim(uow, who, "Anna", founding.read_code(typed) or "")

    return await until_won(send)


async def test_whoever_is_first_owns_and_the_code_is_used_up(db: Database) -> None:
    code = await make(db)
    assert code.replace("-", "") not in str(await read_rows(db, accounts))
    assert not await claim(db, BORIS, "CDFG-3479-HJKM")
    won = await asyncio.gather(claim(db, ANNA, code.lower().replace("-", " ")), claim(db, BORIS, code))
    assert sorted(won) == [False, True]
    async with db.unit(FIRST_ACCOUNT) as uow:
        assert list(await load_team(uow)) == [ANNA if won[0] else BORIS]
        assert await founding.make_code(uow) is None
    assert not await claim(db, 503, code)


async def test_a_code_taken_by_another_between_look_and_change_makes_no_second_owner(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, add_member = await make(db), members.add_member

    async def someone_was_faster(uow: UnitOfWork, *who: Any) -> None:
        await change_first_run(uow, owner_code=None)
        await add_member(uow, *who)

    monkeypatch.setattr(members, "add_member", someone_was_faster)
    with pytest.raises(RaceLost):
        async with db.unit(FIRST_ACCOUNT) as uow:
            await founding.claim(uow, ANNA, "Anna", founding.read_code(code) or "")
    async with db.unit(FIRST_ACCOUNT) as uow:
        assert not await founding.has_owner(uow)


async def test_a_code_is_over_after_a_while_and_gives_way_to_a_newer_one(
    db: Database, clock: StillClock
) -> None:
    first, second = await make(db), await make(db)
    assert not await claim(db, ANNA, first)
    clock.advance(seconds=founding.LIFE.total_seconds())
    assert not await claim(db, ANNA, second)
    third = await make(db)
    clock.advance(seconds=(founding.LIFE - timedelta(seconds=1)).total_seconds())
    assert await claim(db, ANNA, third)


async def test_settings_of_the_account_stay_beside_it(db: Database) -> None:
    async with db.unit(FIRST_ACCOUNT) as uow:
        await change_settings(uow, {"public_name": "Letters"})
    code = await make(db)
    async with db.unit(FIRST_ACCOUNT) as uow:
        await change_settings(uow, {"offer_url": "https://example.com/offer"})
    assert await claim(db, ANNA, code)
    async with db.unit(FIRST_ACCOUNT) as uow:
        settings, _ = await load_settings(uow)
    assert (settings.public_name, settings.offer_url) == ("Letters", "https://example.com/offer")


@pytest.mark.parametrize(
    "text", ["", "CDFG-3479-HJK", "CDFG-3479-HJKA", "good morning", "CDFG34790HJK", "x" * 9999]
)
def test_other_words_are_no_code(text: str) -> None:
    assert founding.read_code(text) is None
