"""Bots, groups and who takes money over HTTP, the invitation of a member, and the steps that these tick."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from core.clock import Clock
from core.db.models.tenancy import bots
from core.db.session import Database
from core.roles import MemberRole
from core.text.catalog import has_text
from payment.registry import PROVIDERS, list_fields
from payment.spec import Surroundings
from services.tenancy.bot_care.connecting import Said
from tests.fakes.clock import StillClock
from tests.web.api.callers import Caller, calling, enter
from web.api.outside import Outside

OWNER, ADMIN = 1001, 2002
SHOP, COURSE, ELSEWHERE, REVOKED = (f"{number}:AAF-secret-of-a-bot" for number in (71, 72, 73, 74))


class FakeTelegram:
    """Knows three bots; of one another program gets the updates."""

    def __init__(self) -> None:
        self.revoked: set[str] = {REVOKED}
        self.names = {71: "shop_bot", 72: "course_bot", 73: "busy_bot"}

    async def ask(self, token: str, method: str, _fields: Mapping[str, Any]) -> Said:
        number = int(token.partition(":")[0])
        if token in self.revoked:
            return Said(ok=False, result=None, code=401, error="Unauthorized")
        if method == "getUpdates" and token == ELSEWHERE:
            return Said(ok=False, result=None, code=409, error="Conflict")
        me = {"id": number, "username": self.names[number], "first_name": "Bot"}
        answers = {"getMe": me, "getWebhookInfo": {"url": ""}, "getUpdates": []}
        return Said(ok=True, result=answers[method], code=200, error="")


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
async def owner(db: Database, clock: StillClock, telegram: FakeTelegram) -> AsyncIterator[Caller]:
    async with calling(db, Outside(telegram.ask, lambda _: _surround(clock))) as nobody:
        yield await enter(nobody, db, OWNER)


def _surround(clock: Clock) -> Surroundings:
    async def call_telegram(_method: str, _fields: Mapping[str, Any]) -> Any:
        return {"amount": 0}

    return Surroundings(clock, call_telegram, 1.0)


async def _lacks(owner: Caller) -> dict[str, str | None]:
    return {each["step"]: each["lacks"] for each in (await owner.get("/first-run")).json()["steps"]}


async def test_bots_are_connected_checked_and_let_go(
    owner: Caller, db: Database, telegram: FakeTelegram
) -> None:
    assert (await _lacks(owner))["bots"] == "sales-bot"
    shop = await owner.send("POST", "/bots", {"token": f" {SHOP} ", "kind": "sales"})
    assert (shop.status_code, shop.json()["username"], shop.json()["is_default"]) == (201, "shop_bot", True)
    assert SHOP not in shop.text
    assert (await _lacks(owner))["bots"] == "course-bot"
    course = (await owner.send("POST", "/bots", {"token": COURSE, "kind": "course"})).json()
    assert (await _lacks(owner))["bots"] is None
    async with db.reading() as conn:
        assert SHOP not in str(await conn.scalar(select(bots.c.token_sealed).where(bots.c.id == 71)))
    deeds = [deed["act"] for deed in (await owner.get("/audit")).json()["items"]]
    assert deeds[:2] == ["connectBot", "connectBot"]
    telegram.names[72] = "lessons_bot"
    path = f"/bots/{course['id']}"
    assert (await owner.send("POST", f"{path}/check")).json()["username"] == "lessons_bot"
    telegram.revoked.add(COURSE)
    assert (await owner.send("POST", f"{path}/check")).json()["trouble"] == "refused"
    assert (await owner.send("POST", f"{path}/disconnect")).json()["ended"] == "disconnected"
    assert (await owner.send("POST", f"{path}/disconnect")).status_code == 200


@pytest.mark.parametrize(
    ("token", "kind", "code"),
    [
        ("nonsense", "sales", "BOT_TOKEN"),
        (REVOKED, "sales", "BOT_TOKEN"),
        (ELSEWHERE, "sales", "BOT_ELSEWHERE"),
    ],
)
async def test_a_bot_that_cannot_work_here_is_refused_in_words(
    owner: Caller, token: str, kind: str, code: str
) -> None:
    refused = await owner.send("POST", "/bots", {"token": token, "kind": kind})
    assert refused.json()["code"] == code
    assert refused.json()["detail"]
    assert token not in refused.text
    taken = await owner.send("POST", "/bots", {"token": ELSEWHERE, "kind": "sales", "take_over": True})
    assert taken.status_code == 201


async def test_a_bot_takes_the_place_of_another(owner: Caller) -> None:
    former = (await owner.send("POST", "/bots", {"token": COURSE, "kind": "sales"})).json()
    body = {"token": SHOP, "kind": "sales", "in_place_of": former["id"]}
    assert (await owner.send("POST", "/bots", body)).json()["is_default"]
    assert (await owner.get(f"/bots/{former['id']}")).json()["ended"] == "replaced"


async def test_who_takes_money_is_asked_before_it_is_kept(owner: Caller) -> None:
    listed = {each["name"]: each for each in (await owner.get("/providers")).json()["items"]}
    assert listed["stars"]["taken_by"] is None
    shop_id = next(each for each in listed["yookassa"]["fields"] if each["name"] == "shop_id")
    assert (shop_id["label"], shop_id["is_required"]) == ("Номер магазина (shopId)", True)
    values = {"shop_id": "123456", "secret_key": "test_nobody_knows", "api_url": "http://127.0.0.1:9"}
    kept = await owner.send("PUT", "/providers/yookassa", {"values": values})
    assert kept.status_code == 200
    assert kept.json()["says"]  # it could not be asked, which is said
    assert "test_nobody_knows" not in kept.text
    assert kept.json()["taken_by"] == "account"
    again = await owner.send(
        "PUT", "/providers/yookassa", {"values": {"shop_id": "654321", "secret_key": ""}}
    )
    secret = next(each for each in again.json()["fields"] if each["name"] == "secret_key")
    assert (secret["value"], secret["is_set"]) == ("…nows", True)
    assert (await owner.send("PUT", "/providers/yookassa", {"values": {"nothing": "1"}})).status_code == 422
    refused = (await owner.send("PUT", "/providers/stripe", {"values": {"api_version": "x"}})).json()
    assert refused["code"] == "PAY_ACCOUNT_INVALID"
    assert [each["pointer"] for each in refused["errors"]][:1] == ["/values/secret_key"]
    label = next(each["label"] for each in listed["stripe"]["fields"] if each["name"] == "secret_key")
    assert refused["errors"][0]["detail"].startswith(f"{label}: ")
    assert "STRIPE_" not in str(refused)
    assert (await owner.send("PUT", "/providers/nobody", {"values": {}})).status_code == 404
    assert (await owner.send("DELETE", "/providers/yookassa")).status_code == 204
    listed = {each["name"]: each for each in (await owner.get("/providers")).json()["items"]}
    assert listed["yookassa"]["taken_by"] is None


def test_every_field_of_every_provider_has_words() -> None:
    keys = [
        f"pay-field-{name}-{field.name.replace('_', '-')}"
        for name in PROVIDERS
        for field in list_fields(name)
    ]
    keys += [
        f"pay-choice-{field.name}-{choice}"
        for name in PROVIDERS
        for field in list_fields(name)
        for choice in field.choices
    ]
    assert [(key, language) for key in keys for language in ("ru", "en") if not has_text(key, language)] == []


async def test_a_member_is_invited_by_a_link(owner: Caller, db: Database) -> None:
    await owner.send("POST", "/bots", {"token": COURSE, "kind": "course"})
    made = await owner.send("POST", "/members/invitations", {"role": "curator"})
    assert made.status_code == 201
    assert "?start=join_" in made.json()["link"]
    admin = await enter(owner, db, ADMIN, MemberRole.ADMIN)
    refused = await admin.send("POST", "/members/invitations", {"role": "owner"})
    assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_NOT_YOURS")


async def test_the_steps_that_nobody_can_see_are_ticked_by_hand(owner: Caller) -> None:
    assert (await _lacks(owner))["link"] == "sharing"
    await owner.send("POST", "/first-run/link/done")
    await owner.send("POST", "/first-run/rehearse/done")
    assert (await owner.send("POST", "/first-run/link/done")).json()["is_over"] is False
    lacks = await _lacks(owner)
    assert (lacks["link"], lacks["rehearse"], lacks["tariff"]) == (None, None, "tariff")
