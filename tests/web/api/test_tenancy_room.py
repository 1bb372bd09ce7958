"""The account over HTTP: members, keys that never may more than their creator, the record, settings by their etag."""

from collections.abc import AsyncIterator

import pytest

from core.db.session import Database
from core.roles import MemberRole
from services.tenancy.members import add_member, remove_member
from tests.fakes.clock import StillClock
from tests.web.api.callers import Caller, calling, enter

OWNER, ADMIN, ANNA = 1001, 2002, 500_001


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, OWNER)


def with_key(caller: Caller, secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", "Cookie": ""}


async def test_an_account_is_renamed_and_the_record_says_so(owner: Caller) -> None:
    assert (await owner.send("PATCH", "", {"name": "Clear words"})).json()["name"] == "Clear words"
    await owner.send("PATCH", "", {"name": "Clear words"})
    [deed] = (await owner.get("/audit")).json()["items"]
    assert (deed["act"], deed["before"], deed["after"]) == ("changeAccount", "Tandem", "Clear words")


async def test_a_member_comes_is_changed_and_goes(owner: Caller, db: Database) -> None:
    made = (await owner.send("POST", "/members", {"telegram_id": ANNA, "role": "curator"})).json()
    assert made["roles"] == ["curator"]
    path = f"/members/{made['id']}"
    assert (await owner.send("PATCH", path, {"role": "operator"})).json()["roles"] == ["operator"]
    listed = (await owner.get("/members")).json()["items"]
    assert {one["telegram_id"]: one["role"] for one in listed} == {OWNER: "owner", ANNA: "operator"}
    assert (await owner.send("DELETE", path)).status_code == 204
    assert (await owner.send("DELETE", path)).status_code == 404


async def test_an_admin_makes_no_owner_and_takes_none_away(owner: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        await add_member(uow, ANNA, MemberRole.OWNER)
    admin = await enter(owner, db, ADMIN, MemberRole.ADMIN)
    refused = await admin.send("POST", "/members", {"telegram_id": 7, "role": "owner"})
    assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_NOT_YOURS")
    listed = (await admin.get("/members")).json()["items"]
    anna = next(one["id"] for one in listed if one["telegram_id"] == ANNA)
    assert (await admin.send("PATCH", f"/members/{anna}", {"role": "analyst"})).status_code == 403
    again = (await admin.get("/members")).json()["items"]
    assert next(one["role"] for one in again if one["telegram_id"] == ANNA) == "owner"


async def test_a_key_may_no_more_than_its_creator_may_now(owner: Caller, db: Database) -> None:
    admin = await enter(owner, db, ADMIN, MemberRole.ADMIN)
    body = {"name": "Reports", "permissions": ["contacts.read", "audit.read"]}
    made = (await admin.send("POST", "/keys", body)).json()
    key = with_key(admin, made["secret"])
    assert (await admin.ask("GET", admin.path("/contacts"), headers=key)).status_code == 200
    assert (await admin.ask("GET", admin.path("/settings"), headers=key)).status_code == 403
    assert (await admin.ask("GET", admin.path("/keys"), headers=key)).status_code == 401
    async with db.unit(1) as uow:
        await add_member(uow, ADMIN, MemberRole.OPERATOR)
        await remove_member(uow, ADMIN, MemberRole.ADMIN)
    assert (await admin.ask("GET", admin.path("/contacts"), headers=key)).status_code == 200
    assert (await admin.ask("GET", admin.path("/audit"), headers=key)).status_code == 403
    async with db.unit(1) as uow:
        await remove_member(uow, ADMIN, MemberRole.OPERATOR)
    assert (await admin.ask("GET", admin.path("/contacts"), headers=key)).status_code == 404


async def test_a_key_needs_no_csrf_and_ends(owner: Caller, db: Database, clock: StillClock) -> None:
    until = (clock.real_now().replace(microsecond=0)).isoformat()
    late = {"name": "Late", "permissions": ["contacts.read"], "expires_at": until}
    assert (await owner.send("POST", "/keys", late)).status_code == 422
    for strange in ("2030-12-31", "9999-12-31T23:59:59-14:00"):
        assert (await owner.send("POST", "/keys", {**late, "expires_at": strange})).status_code == 422
    made = (await owner.send("POST", "/keys", {"name": "Now", "permissions": ["contacts.read"]})).json()
    key = {**with_key(owner, made["secret"]), "Origin": "", "X-CSRF-Token": ""}
    count = await owner.ask(
        "POST", owner.path("/contacts/count"), headers=key, json={"condition": {"all": []}}
    )
    assert count.json() == {"count": 0, "exact": True}
    [listed] = (await owner.get("/keys")).json()["items"]
    assert "secret" not in listed
    assert made["secret"].endswith(listed["ending"])
    assert listed["used_at"] is not None
    assert (await owner.send("DELETE", f"/keys/{made['id']}")).status_code == 204
    assert (await owner.ask("GET", owner.path("/contacts"), headers=key)).status_code == 401


async def test_nobody_gives_a_key_what_they_may_not(owner: Caller, db: Database) -> None:
    admin = await enter(owner, db, ADMIN, MemberRole.ADMIN)
    refused = await admin.send("POST", "/keys", {"name": "Own", "permissions": ["members.own"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "KEY_TOO_STRONG")


async def test_settings_change_from_the_state_that_was_seen(owner: Caller) -> None:
    seen = await owner.get("/settings")
    change = {"values": {"public_name": "Clear words"}}
    missing = await owner.send("PATCH", "/settings", change)
    done = await owner.send("PATCH", "/settings", change, {"If-Match": seen.headers["etag"]})
    stale = await owner.send("PATCH", "/settings", change, {"If-Match": seen.headers["etag"]})
    assert [one.status_code for one in (missing, done, stale)] == [428, 200, 412]
    assert done.json()["values"]["public_name"] == "Clear words"
    assert stale.json()["current_etag"] == done.json()["etag"]
    again = await owner.ask("GET", owner.path("/settings"), headers={"If-None-Match": done.headers["etag"]})
    assert again.status_code == 304
    wrong = await owner.send(
        "PATCH", "/settings", {"values": {"nothing": 1}}, {"If-Match": done.headers["etag"]}
    )
    assert wrong.status_code == 422
    for values in ({"review_chat_id": 10**30}, {"groups": {"vip": [-(10**30)]}}, {"operator_ids": [10**30]}):
        seen = {"If-Match": done.headers["etag"]}
        assert (await owner.send("PATCH", "/settings", {"values": values}, seen)).status_code == 422, values
