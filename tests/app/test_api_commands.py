"""`tandem login-link`, `routes` and `openapi`: what they print."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import api
from core.db.session import Database
from core.roles import MemberRole
from services.tenancy.members import add_member
from tests.web.api.callers import calling, read_code

OWNER = 1001
BASE = "http://localhost:8000"
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # no SQL of its own


def process_of(db: Database) -> Any:
    """As much of a process as describes the API."""
    return SimpleNamespace(db=db, is_ready=lambda: True)


async def test_the_last_line_is_a_link_that_lets_in_once(db: Database) -> None:
    async with db.unit(1) as uow:
        await add_member(uow, OWNER, MemberRole.OWNER)
        link = (await api._make_link(uow, OWNER, BASE))[-1]
    assert link.startswith(BASE)
    body = {"code": read_code(link)}
    async with calling(db) as nobody:
        statuses = [
            (
                await nobody.http.post("/api/v1/sessions", json=body, headers={"Origin": "http://tandem"})
            ).status_code
            for _ in range(2)
        ]
    assert [status < 300 for status in statuses] == [True, False]


async def test_routes_and_the_description_name_the_same_operations(db: Database) -> None:
    (document,) = await api._list_routes(process_of(db), as_json=True)
    rows = json.loads(document)["routes"]
    lines = await api._list_routes(process_of(db), as_json=False)
    assert len(lines) == len(rows) > 100
    assert any("/contacts/{contact}" in line and "contacts.read" in line for line in lines)
    (document,) = await api._describe(process_of(db))
    described = {
        way["operationId"] for ways in json.loads(document)["paths"].values() for way in ways.values()
    }
    assert described <= {row["operation"] for row in rows}
    assert "listContacts" in described
