"""The way in: a link, a session, who I am, a list in pages; and all that keeps others out."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.db.session import Database
from core.roles import MemberRole
from core.text.catalog import say
from services.tenancy.accounts import list_accounts
from services.tenancy.members import add_member, remove_member
from services.tenancy.sign_in.codes import make_login_link
from tests.factories.accounts import add_account
from tests.factories.persons import add_contact
from tests.fakes.clock import StillClock
from tests.web.api.callers import ORIGIN, Caller, calling, enter, read_code

OWNER, ANALYST = 1001, 2002


@pytest.fixture
async def nobody(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as caller:
        yield caller


async def test_a_link_opens_a_session_that_says_who_one_is(nobody: Caller, db: Database) -> None:
    owner = await enter(nobody, db, OWNER)
    me = (await owner.ask("GET", "/api/v1/me")).json()
    assert me["csrf"] == owner.csrf
    [account] = me["accounts"]
    assert (account["role"], account["name"]) == ("owner", "Tandem")
    assert account["id"].startswith("acc_")
    assert "contacts.read" in account["permissions"]


async def test_a_link_leads_into_the_account_it_is_of(nobody: Caller, db: Database) -> None:
    """Whoever works in several begins where the link was made; in one where they work no more, nowhere in particular."""
    async with db.unit(2) as uow:
        await add_account(uow, name="Another school")
        await add_member(uow, OWNER, MemberRole.CURATOR)
    began = []
    for account, stays in ((1, True), (2, True), (2, False)):
        async with db.unit(account) as uow:
            code = read_code(await make_login_link(uow, OWNER))
            if not stays:
                await remove_member(uow, OWNER, MemberRole.CURATOR)
        began.append((await nobody.ask("POST", "/api/v1/sessions", json={"code": code})).json()["account"])
        nobody.http.cookies.clear()
    known = {account.id: account.public_id for account in await list_accounts(db)}
    assert began == [known[1], known[2], None]


async def test_a_code_is_good_once_and_for_ten_minutes(
    nobody: Caller, db: Database, clock: StillClock
) -> None:
    codes = []
    for _ in range(2):
        async with db.unit(1) as uow:
            codes.append(read_code(await make_login_link(uow, OWNER)))
    statuses = [
        (await nobody.ask("POST", "/api/v1/sessions", json={"code": codes[0]})).status_code for _ in "12"
    ]
    clock.advance(minutes=11)
    late = await nobody.ask("POST", "/api/v1/sessions", json={"code": codes[1]})
    assert (*statuses, late.status_code, late.json()["code"]) == (201, 401, 401, "SIGN_IN_REFUSED")


async def test_people_come_in_pages_without_a_gap(nobody: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        made = [await add_contact(uow, 500_000 + number) for number in range(7)]
    owner = await enter(nobody, db, OWNER)
    seen, query = [], {"limit": 3, "count": True}
    while True:
        page = (await owner.get("/contacts", **query)).json()
        seen += [item["telegram_id"] for item in page["items"]]
        assert (page["count"], page["exact"]) == (len(made), True)
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == [500_000 + number for number in reversed(range(7))]
    one = page["items"][0]["id"]
    assert (await owner.get(f"/contacts/{one}")).json()["telegram_id"] == 500_000


async def test_a_cursor_is_bound_to_what_it_was_made_for(nobody: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        for number in range(3):
            await add_contact(uow, 500_000 + number)
    owner = await enter(nobody, db, OWNER)
    cursor = (await owner.get("/contacts", limit=1)).json()["next"]
    for query in ({"language": "ru"}, {"sort": "id"}):
        answer = await owner.get("/contacts", cursor=cursor, limit=1, **query)
        assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR_WRONG")
    assert (await owner.get("/contacts", cursor="k1.x")).status_code == 400


async def test_checks_come_in_their_order(nobody: Caller, db: Database) -> None:
    owner = await enter(nobody, db, OWNER)
    analyst = await enter(nobody, db, ANALYST, MemberRole.ANALYST)
    missing = f"con_{'a' * 26}"
    anonymous = await nobody.ask("GET", owner.path("/contacts"))
    foreign = await owner.ask("GET", f"/api/v1/accounts/acc_{'a' * 26}/contacts")
    forbidden = await analyst.get(f"/contacts/{missing}")
    gone = await owner.get(f"/contacts/{missing}", strange=1)
    strange = await owner.get("/contacts", strange=1)
    wrong = await owner.get("/contacts", limit=0)
    told = [
        (one.status_code, one.json()["code"]) for one in (anonymous, foreign, forbidden, gone, strange, wrong)
    ]
    assert told == [
        (401, "SIGN_IN"),
        (404, "NOT_FOUND"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (400, "UNKNOWN_PARAMETER"),
        (422, "INVALID"),
    ]
    assert wrong.json()["errors"][0]["pointer"] == "/query/limit"
    for answer in (anonymous, foreign, forbidden, gone, strange, wrong):
        assert answer.headers["content-type"] == "application/problem+json"


async def test_who_is_a_member_no_more_finds_nothing_with_the_next_request(
    nobody: Caller, db: Database
) -> None:
    admin = await enter(nobody, db, ANALYST, MemberRole.ADMIN)
    assert (await admin.get("/contacts")).status_code == 200
    async with db.unit(1) as uow:
        await remove_member(uow, ANALYST, MemberRole.ADMIN)
    assert (await admin.get("/contacts")).status_code == 404


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Origin": "http://elsewhere"}, "ORIGIN_WRONG"),
        ({"Origin": "null"}, "ORIGIN_WRONG"),
        ({"X-CSRF-Token": ""}, "CSRF_WRONG"),
        ({"X-CSRF-Token": "x" * 22}, "CSRF_WRONG"),
    ],
)
async def test_a_change_comes_from_our_own_page(
    nobody: Caller, db: Database, changed: dict[str, str], code: str
) -> None:
    owner = await enter(nobody, db, OWNER)
    refused = await owner.ask("DELETE", "/api/v1/sessions", headers=changed)
    assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert (await owner.ask("GET", "/api/v1/me")).status_code == 200


async def test_a_session_ends_when_it_is_told_to_or_idle(
    nobody: Caller, db: Database, clock: StillClock
) -> None:
    first, second = await enter(nobody, db, OWNER), await enter(nobody, db, OWNER)
    listed = (await first.ask("GET", "/api/v1/sessions")).json()["items"]
    other = next(one["id"] for one in listed if not one["current"])
    assert (await first.ask("DELETE", f"/api/v1/sessions/{other}")).status_code == 204
    assert (await second.ask("GET", "/api/v1/me")).status_code == 401
    for _ in range(3):
        clock.advance(hours=11)
        assert (await first.ask("GET", "/api/v1/me")).status_code == 200
    clock.advance(hours=13)
    assert (await first.ask("GET", "/api/v1/me")).status_code == 401


async def test_the_token_changes_with_the_role(nobody: Caller, db: Database, clock: StillClock) -> None:
    member = await enter(nobody, db, ANALYST, MemberRole.ANALYST)
    async with db.unit(1) as uow:
        await add_member(uow, ANALYST, MemberRole.ADMIN)
    answer = await member.ask("GET", "/api/v1/me")
    assert answer.headers["set-cookie"].partition(";")[0] != member.cookie
    member.http.cookies.clear()
    assert (await member.ask("GET", "/api/v1/me")).status_code == 200  # what was on its way
    clock.advance(minutes=1)
    assert (await member.ask("GET", "/api/v1/me")).status_code == 401


async def test_cookies_are_for_us_alone(nobody: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        code = read_code(await make_login_link(uow, OWNER))
    answer = await nobody.http.post(
        "https://tandem/api/v1/sessions", json={"code": code}, headers={"Origin": ORIGIN}
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-tandem=")
    assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(cookie.split("; "))


async def test_a_key_that_may_not_is_told_of_the_key(nobody: Caller, db: Database) -> None:
    owner = await enter(nobody, db, OWNER)
    made = await owner.send("POST", "/keys", {"name": "x", "permissions": ["account.work"]})
    program = replace(owner, key=made.json()["secret"], cookie="")
    told = [
        (await caller.get("/contacts")).json()
        for caller in (program, await enter(nobody, db, ANALYST, MemberRole.ANALYST))
    ]
    assert [one["code"] for one in told] == ["FORBIDDEN", "FORBIDDEN"]
    assert [one["detail"] for one in told] == [
        say("problem-forbidden-key", "ru"),
        say("problem-forbidden", "ru"),
    ]
