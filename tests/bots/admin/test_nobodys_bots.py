"""Bots that nobody owns yet: what a stranger reads, a wrong code, the right one by hand and by link; and one that has an owner."""

from dataclasses import replace

import pytest

from core.db.session import Database
from core.environment import FIRST_ACCOUNT, Environment
from core.limits import GUESSES
from core.text.catalog import say
from services.tenancy import founding
from tests.bots.admin.desk import Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT

ANNA, BORIS = 501, 502
WRONG = "CDFG-3479-HJKM"


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=())


async def make(db: Database) -> str:
    async with db.unit(FIRST_ACCOUNT) as uow:
        code = await founding.make_code(uow)
    assert code is not None
    return code


def first(calls: list[Call]) -> str:
    return calls[0].text


@pytest.mark.parametrize("bot", [SALES_BOT, COURSE_BOT])
@pytest.mark.parametrize("form", ["{}", "/start own_{}"])
async def test_the_code_makes_an_owner_in_either_bot(db: Database, bare: Desk, bot: int, form: str) -> None:
    code = await make(db)
    for text in ("/start", "hello", "How much is it?"):
        assert first(await bare.write(text, ANNA, bot)) == say("owner-none", "en")
    assert first(await bare.write(form.format(WRONG), ANNA, bot)) == say("owner-wrong-code", "en")
    assert first(await bare.write(form.format(code), ANNA, bot)).startswith(say("owner-welcome", "en"))
    assert say("owner-none", "en") not in first(await bare.write("/start", BORIS, bot))
    later = await bare.write(form.format(code), BORIS, bot)
    assert not any(say("owner-welcome", "en") in one.text for one in later)


async def test_who_guesses_too_often_is_not_heard_even_with_the_right_code(db: Database, bare: Desk) -> None:
    code = await make(db)
    for _ in range(GUESSES.most):
        assert first(await bare.write(WRONG, BORIS)) == say("owner-wrong-code", "en")
    assert first(await bare.write(code, BORIS)) == say(GUESSES.word, "en")
    assert await bare.write(code, BORIS) == []
    assert first(await bare.write(code, ANNA)).startswith(say("owner-welcome", "en"))
