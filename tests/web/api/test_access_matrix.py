"""Every route of an account × everybody who may not × ids of others: made from the table of routes, 0 leaks, 0 differences."""

import io
import itertools
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from core.db.base import metadata
from core.db.models.tenancy import accounts
from core.db.session import Database
from core.public_ids import KINDS, IdCipher
from core.roles import MemberRole
from services.tenancy.members import add_member, remove_member
from services.tenancy.permissions import MAY
from tests.factories.accounts import add_account
from tests.factories.worlds import build_world
from tests.fakes.clock import StillClock
from tests.web.api.callers import Caller, calling, enter, read_description
from web.api.catalogue import list_routes

OWNER, STRANGER, SIGNED_OUT, LOWERED = 1001, 2002, 3003, 4004
MISSING = 999_999_999
KEYED = 0  # 404 where keys are taken, else 401
CANARY = re.compile(r"theirs|\b41\d{4}\b")
WORDS = {"tag": "warm", "variable": "city", "provider": "stars", "step": "link", "sentence": "sales-fallback"}
AN_ID = re.compile(r"^([a-z]{3})_[a-z2-7]{26}$")
BY_PREFIX = {kind.prefix: kind for kind in KINDS.values()}
Route = Mapping[str, Any]


@dataclass(frozen=True)
class Tenant:
    """An account with one of everything, and how it calls its rows."""

    id: int
    public_id: str
    ids: IdCipher
    rows: Mapping[str, int]

    def name(self, kind: str, number: int | None = None) -> str:
        """A row's public id; without a number that of one it has."""
        wanted = self.rows.get(kind, MISSING) if number is None else number
        return self.public_id if kind == "account" else self.ids.write(KINDS[kind], wanted)


@dataclass(frozen=True)
class House:
    """Two accounts, and who calls."""

    ours: Tenant
    theirs: Tenant
    nobody: Caller
    owner: Caller
    clock: StillClock
    routes: list[Route]
    bodies: Mapping[tuple[str, str], Any]
    queries: list[tuple[Route, str, str]]  # the route, a parameter of its query, of which kind its ids are

    async def ask(
        self, caller: Caller, route: Route, ids: Mapping[str, str], body: Any = None
    ) -> httpx.Response:
        """Call a route; the clock goes on, so that nobody is told to wait."""
        self.clock.advance(seconds=1)
        path = route["path"].format(**{**WORDS, **ids})
        headers = {"Idempotency-Key": f"{self.clock.monotonic()}", "If-Match": '"x"'}
        query = {"params": {"topics": "jobs"}} if route["stream"] else {}
        return await caller.ask(route["method"], path, headers=headers, json=body, **query)

    async def look(self, route: Route, ids: Mapping[str, str], query: Mapping[str, str]) -> httpx.Response:
        """Call a route with a query, as the owner."""
        self.clock.advance(seconds=1)
        return await self.owner.ask(route["method"], route["path"].format(**{**WORDS, **ids}), params=query)

    def name_ids(self, route: Route, tenant: Tenant, number: int | None = None) -> dict[str, str]:
        """The ids of a path within our account: rows of a tenant, or ones with this number."""
        named = {name: tenant.name(kind, number) for name, kind in route["params"].items()}
        return {**named, "account": self.ours.public_id}

    def body_of(self, route: Route) -> Any:
        """The example of what a route is sent."""
        return self.bodies.get((route["path"], route["method"].lower()))


async def describe(db: Database, account_id: int) -> Tenant:
    async with db.reading() as conn:
        account = (await conn.execute(select(accounts).where(accounts.c.id == account_id))).one()
        rows = {}
        for kind in KINDS.values():
            if kind.name != "account":
                table = metadata.tables[kind.table]
                one = select(table.c[kind.column]).where(table.c.account_id == account_id).limit(1)
                if (number := await conn.scalar(one)) is not None:
                    rows[kind.name] = number
    return Tenant(account_id, account.public_id, IdCipher(bytes.fromhex(account.id_key)), rows)


def read_bodies(described: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """The example of each body, by path and method."""
    bodies = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content and "$ref" in content["schema"]:
                schema = described["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
                bodies[path, method] = schema.get("examples", [{}])[0]
    return bodies


def read_queries(described: Mapping[str, Any], table: list[Route]) -> Iterator[tuple[Route, str, str]]:
    """The parameters of queries that are ids."""
    for route in (one for one in table if one["method"] == "GET"):
        for parameter in described["paths"][route["path"]]["get"]["parameters"]:
            schema = parameter["schema"]
            for each in (schema, *schema.get("anyOf", [])):
                if parameter["in"] == "query" and "x-kind" in each:
                    yield route, parameter["name"], each["x-kind"]


@pytest.fixture
async def house(db: Database, db_url: str, clock: StillClock) -> AsyncIterator[House]:
    async with db.unit(1) as uow:
        await build_world(uow, 880_001, "ours")
    async with db.unit(2) as uow:
        await add_account(uow, name="theirs")
        await build_world(uow, 410_001, "theirs")
        await add_member(uow, STRANGER, MemberRole.OWNER)
    async with calling(db) as nobody:
        owner = await enter(nobody, db, OWNER)
        ours, theirs = await describe(db, 1), await describe(db, 2)
        application = nobody.http._transport.app  # type: ignore[attr-defined]
        table = [row for row in list_routes(application)["routes"] if row["scope"] == "account"]
        described = read_description(application)
        asked = read_bodies(described), list(read_queries(described, table))
        yield House(ours, theirs, nobody, replace(owner, account=ours.public_id), clock, table, *asked)


async def test_who_may_not_gets_nothing(house: House, db: Database) -> None:
    callers = await _outsiders(house, db)
    wrong = []
    for route in house.routes:
        for name, (caller, status) in callers.items():
            for ids in (house.name_ids(route, house.ours), house.name_ids(route, house.theirs)):
                answer = await house.ask(caller, route, ids, {"wrong": "body"})
                if answer.status_code != (status or (404 if route["auth"] == "key" else 401)):
                    wrong.append((name, route["method"], route["path"], answer.status_code))
    assert wrong == []
    print(f"\naccess matrix: {len(house.routes)} routes × {len(callers)} who may not × 2 ids: 0 leaks")


async def _outsiders(house: House, db: Database) -> dict[str, tuple[Caller, int]]:
    """Who is nobody here, and with which status each route says so."""
    stranger = await enter(house.nobody, db, STRANGER, account_id=2)
    signed_out = await enter(house.nobody, db, SIGNED_OUT, MemberRole.ADMIN)
    await signed_out.ask("DELETE", "/api/v1/sessions")
    removed = await enter(house.nobody, db, LOWERED, MemberRole.ADMIN)
    made = await removed.send("POST", "/keys", {"name": "x", "permissions": ["account.work"]})
    async with db.unit(1) as uow:
        await remove_member(uow, LOWERED, MemberRole.ADMIN)
    renewed = (await removed.ask("GET", "/api/v1/me")).headers["set-cookie"].partition(";")[0]
    removed = replace(removed, cookie=renewed)
    house.nobody.http.cookies.clear()
    return {
        "anonymous": (house.nobody, 401),
        "stranger": (stranger, 404),
        "signed out": (signed_out, 401),
        "removed": (removed, 404),
        "made-up key": (replace(house.nobody, key="tdm_made-up"), 401),
        "key of who was removed": (replace(house.nobody, key=made.json()["secret"]), KEYED),
    }


async def test_a_role_gets_what_the_table_says(house: House, db: Database) -> None:
    members = {role: await enter(house.nobody, db, 5_000 + at, role) for at, role in enumerate(MemberRole)}
    wrong = []
    for role, route in itertools.product(MemberRole, house.routes):
        ids = house.name_ids(route, house.theirs)
        if role in route["roles"] and not (route["params"].keys() - {"account"}):
            continue  # it may, and nothing in the path keeps it from doing so
        wanted = 404 if role in route["roles"] else 403
        answer = await house.ask(members[role], route, ids, {"wrong": "body"})
        if answer.status_code != wanted:
            wrong.append((role, route["method"], route["path"], answer.status_code, wanted))
    assert wrong == []


async def test_a_key_gets_what_its_creator_may_now(house: House, db: Database) -> None:
    """One that may do all, made by an admin who is an operator by now; and one that may look at people alone."""
    admin = await enter(house.nobody, db, LOWERED, MemberRole.ADMIN)
    wide = sorted(MAY[MemberRole.ADMIN])
    keys = {}
    for name, permissions in (("wide", wide), ("narrow", ["contacts.read"])):
        made = await admin.send("POST", "/keys", {"name": name, "permissions": permissions})
        keys[name] = replace(house.nobody, key=made.json()["secret"])
    async with db.unit(1) as uow:
        await add_member(uow, LOWERED, MemberRole.OPERATOR)
        await remove_member(uow, LOWERED, MemberRole.ADMIN)
    house.nobody.http.cookies.clear()
    allowed = {"wide": MAY[MemberRole.OPERATOR], "narrow": frozenset({"contacts.read"})}
    wrong = []
    for (name, caller), route in itertools.product(keys.items(), house.routes):
        ids = house.name_ids(route, house.theirs)
        if route["permission"] in allowed[name] and not (route["params"].keys() - {"account"}):
            continue  # it may, and nothing in the path keeps it from doing so
        wanted = 401 if route["auth"] != "key" else 404 if route["permission"] in allowed[name] else 403
        answer = await house.ask(caller, route, ids, {"wrong": "body"})
        if answer.status_code != wanted:
            wrong.append((name, route["method"], route["path"], answer.status_code, wanted))
    assert wrong == []


async def test_a_foreign_id_in_a_query_is_answered_as_a_missing_one(house: House) -> None:
    different, asked = [], 0
    for route, name, kind in house.queries:
        ids = house.name_ids(route, house.ours)
        answers = [
            await house.look(route, ids, {name: tenant.name(kind, number)})
            for tenant, number in ((house.theirs, None), (house.ours, MISSING))
        ]
        asked += 1
        if len({_bytes(answer) for answer in answers}) != 1 or CANARY.search(answers[0].text):
            different.append((route["path"], name, [answer.text[:200] for answer in answers]))
    assert different == []
    assert asked


async def test_a_foreign_id_is_answered_as_a_missing_one(house: House) -> None:
    different, answered = [], 0
    for route in (one for one in house.routes if one["params"].keys() - {"account"}):
        answers = [
            await house.ask(house.owner, route, ids, house.body_of(route))
            for ids in (house.name_ids(route, house.theirs), house.name_ids(route, house.ours, MISSING))
        ]
        answered += 1
        if len({_bytes(answer) for answer in answers}) != 1 or answers[0].status_code != 404:
            different.append((route["method"], route["path"], [answer.text for answer in answers]))
    assert different == []
    assert answered


async def test_a_foreign_id_in_a_body_is_answered_as_a_missing_one(house: House) -> None:
    different = []
    for route in house.routes:
        body = house.body_of(route)
        if body is None or not list(_ids_in(body)):
            continue
        ids = house.name_ids(route, house.ours)
        foreign = await house.ask(house.owner, route, ids, _renamed(body, house.theirs, None))
        missing = await house.ask(house.owner, route, ids, _renamed(body, house.ours, MISSING))
        if _bytes(foreign) != _bytes(missing):
            different.append((route["method"], route["path"], foreign.text, missing.text))
    assert different == []


async def test_what_is_shown_is_ours(house: House) -> None:
    wrong, shown = [], 0
    for route in (one for one in house.routes if one["method"] == "GET" and not one["stream"]):
        answer = await house.ask(house.owner, route, house.name_ids(route, house.ours))
        shown += answer.status_code == 200
        if answer.status_code >= 500 or CANARY.search(answer.text):
            wrong.append((route["path"], answer.status_code, answer.text[:300]))
    assert wrong == []
    assert shown


DRILLED = [pytest.param(one, marks=pytest.mark.faults) for one in (None, [], "text", 5, {})]


@pytest.mark.parametrize("made_up", [{"strange": 1}, {"\0": "\ud800"}, *DRILLED], ids=repr)
async def test_nonsense_breaks_nothing(house: House, made_up: Any) -> None:
    broken = []
    for route in (one for one in house.routes if not one["stream"]):
        example = house.body_of(route)
        bodies = [made_up]
        if isinstance(example, Mapping) and isinstance(made_up, dict | list | str):
            bodies += [{**example, name: made_up} for name in example]
        for body in bodies:
            answer = await house.ask(house.owner, route, house.name_ids(route, house.ours), body)
            if answer.status_code >= 500:
                broken.append((route["method"], route["path"], body, answer.status_code))
    assert broken == []


def _bytes(answer: httpx.Response) -> tuple[int, str]:
    if "spreadsheet" in answer.headers.get("content-type", ""):  # its ZIP says at which second it was made
        book = load_workbook(io.BytesIO(answer.content))
        return answer.status_code, str(
            [[*row] for sheet in book for row in sheet.iter_rows(values_only=True)]
        )
    return answer.status_code, re.sub(r'"request_id": "\w+"', "", answer.text)


def _ids_in(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield from [body] if AN_ID.match(body) else []
    elif isinstance(body, Mapping):
        for value in body.values():
            yield from _ids_in(value)
    elif isinstance(body, list):
        for value in body:
            yield from _ids_in(value)


def _renamed(body: Any, tenant: Tenant, number: int | None) -> Any:
    if isinstance(body, str) and (match := AN_ID.match(body)):
        return tenant.name(BY_PREFIX[match[1]].name, number)
    if isinstance(body, Mapping):
        return {name: _renamed(value, tenant, number) for name, value in body.items()}
    if isinstance(body, list):
        return [_renamed(value, tenant, number) for value in body]
    return body
