"""A school is made over the API and shows its plan; choosing one is an owner's."""

from dataclasses import replace

import pytest

from core.db.session import Database
from core.environment import Environment
from core.lifecycle import BotKind
from core.roles import MemberRole
from services.tenancy.bot_care.connecting import connect_bot
from services.tenancy.plans.offered import offer_plans, read_plans
from tests.factories.accounts import make_bot
from tests.web.api.callers import Caller, calling, enter
from tests.web.api.test_forged_logins import BOT, sign_init_data, sign_widget

OWNER = 4004
PLANS = [
    {"code": "small", "name": {"*": "Small"}, "limits": {"students": 20}, "first": True},
    {"code": "large", "name": {"*": "Large"}},
]


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, enable_signup=True)


@pytest.fixture(autouse=True)
async def operator(db: Database) -> None:
    async with db.unit(1) as uow:
        await connect_bot(uow, db.env.keys, BOT)
        await offer_plans(uow, read_plans(PLANS))


async def test_a_school_is_made_and_its_owner_chooses_a_plan(db: Database) -> None:
    async with calling(db) as nobody:
        body = {"name": "Mine", "widget": sign_widget(db, OWNER)}
        made = await nobody.ask("POST", "/api/v1/accounts", json=body)
        assert made.status_code == 201, made.text
        assert "HttpOnly" in made.headers["set-cookie"]
        again = await nobody.ask("POST", "/api/v1/accounts", json=body)
        assert (again.status_code, again.json()["code"]) == (401, "SIGN_IN_REFUSED")
        wrong = await nobody.ask("POST", "/api/v1/accounts", json={"name": "Mine"})
        assert wrong.status_code == 422
        cookie = made.headers["set-cookie"].split(";")[0]
        mine = Caller(nobody.http, made.json()["account"], made.json()["csrf"], cookie)
        seen = await mine.get("/plan")
        assert seen.status_code == 200, seen.text
        plan = seen.json()
        assert (plan["plan"]["code"], plan["state"], plan["until"]) == ("small", "active", None)
        assert {use["resource"]: (use["used"], use["most"]) for use in plan["uses"]} == {
            "bots": (0, None),
            "students": (0, 20),
            "broadcasts": (0, None),
            "storage": (0, None),
        }
        chosen = await mine.send("POST", "/plan", {"plan": "large"})
        assert (chosen.status_code, chosen.json()["plan"]["code"]) == (200, "large")
        missing = await mine.send("POST", "/plan", {"plan": "none"})
        assert (missing.status_code, missing.json()["code"]) == (404, "PLAN_NOT_FOUND")


async def test_the_operators_bots_alone_vouch_and_only_while_it_is_open(db: Database) -> None:
    theirs = make_bot(BotKind.SALES, id=9_000_001, account_id=1)
    async with calling(db) as nobody:
        forged = {"name": "Forged", "widget": sign_widget(db, OWNER, token=theirs.token)}
        assert (await nobody.ask("POST", "/api/v1/accounts", json=forged)).status_code == 401
        db.env = replace(db.env, enable_signup=False)
        shut = await nobody.ask(
            "POST", "/api/v1/accounts", json={"name": "Mine", "init_data": sign_init_data(db, OWNER)}
        )
        assert (shut.status_code, shut.json()["code"]) == (403, "SIGNUP_CLOSED")


async def test_an_account_without_a_plan_says_so_and_an_admin_chooses_none(db: Database) -> None:
    async with calling(db) as nobody:
        admin = await enter(nobody, db, OWNER, MemberRole.ADMIN)
        assert (await admin.get("/plan")).json()["plan"] is None
        assert (await admin.send("POST", "/plan", {"plan": "small"})).status_code == 403
