"""What the API says of itself: every route has its policy, every operation a name, a room and models with examples."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from core.db.session import Database
from core.public_ids import KINDS
from core.text.catalog import list_refusal_texts
from services.tenancy.permissions import Permission
from tests.web.api.callers import read_description
from web.api import rooms
from web.api.catalogue import list_routes
from web.api.problems import CODES
from web.application import build_application, require_policies

WORDS = {"tag", "variable", "provider", "step", "sentence"}  # of paths, no ids: whoever calls makes them up


@pytest.fixture
async def application(env: Any, clock: Any, tmp_path: Path) -> AsyncIterator[FastAPI]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/none.db", clock, env, lambda *_: _nothing())
    yield build_application(database, lambda: True)
    await database.close()


async def _nothing() -> None:
    return None


async def test_a_route_without_a_policy_keeps_the_application_from_starting(application: FastAPI) -> None:
    @application.get("/forgotten")
    async def forgotten() -> None:
        """Nobody has said who may."""

    with pytest.raises(LookupError, match="forgotten declares no policy"):
        require_policies(application)


async def test_a_room_is_read_once_for_all_applications(application: FastAPI) -> None:
    """Reading 150 routes takes a third of a second: at each start of the program, and of each test of a route."""
    other = build_application(application.state.db, lambda: True)
    read = {id(route) for room in rooms.ROOMS for route in room.router.routes}
    assert read <= {id(route) for route in application.routes} & {id(route) for route in other.routes}


async def test_every_id_in_a_path_is_described(application: FastAPI) -> None:
    for path, methods in read_description(application)["paths"].items():
        for operation in methods.values():
            named = {one["name"]: one for one in operation.get("parameters", []) if one["in"] == "path"}
            assert set(re.findall(r"{(\w+)}", path)) == set(named), path
            assert all(one["required"] for one in named.values())


async def test_the_table_of_routes_tells_what_each_asks(application: FastAPI) -> None:
    table = list_routes(application)
    assert table["version"] == 1
    routes = {(row["method"], row["path"]): row for row in table["routes"]}
    assert len(routes) == len(table["routes"])
    one = routes["GET", "/api/v1/accounts/{account}/contacts/{contact}"]
    assert one == {
        "method": "GET",
        "path": "/api/v1/accounts/{account}/contacts/{contact}",
        "operation": "getContact",
        "auth": "key",
        "scope": "account",
        "permission": "contacts.read",
        "roles": ["owner", "admin", "operator"],
        "params": {"account": "account", "contact": "contact"},
        "writes": False,
        "idempotency_key": False,
        "if_match": False,
        "stream": False,
    }
    assert table["kinds"]["contact"] == {"prefix": "con", "list": "listContacts"}
    assert {"/healthz", "/telegram/{bot_id}", "/c/{number}", "/pages/{name}"} <= {path for _, path in routes}


async def test_every_parameter_of_a_path_is_a_kind_and_every_permission_is_known(
    application: FastAPI,
) -> None:
    for row in list_routes(application)["routes"]:
        if row["path"].startswith("/api/v1/") and row["scope"] != "public":
            assert set(re.findall(r"{(\w+)}", row["path"])) <= {*KINDS, *WORDS}, row
            assert row["scope"] != "account" or row["permission"] in set(Permission), row


async def test_every_operation_has_a_name_a_room_and_named_models(application: FastAPI) -> None:
    described = read_description(application)
    operations = [
        (path, method, one) for path, methods in described["paths"].items() for method, one in methods.items()
    ]
    names = Counter(one["operationId"] for _, _, one in operations)
    assert [name for name, count in names.items() if count > 1] == []
    for path, method, one in operations:
        assert re.fullmatch(r"[a-z]+[A-Za-z]*", one["operationId"]), path
        assert len(one["tags"]) == 1, path
        assert one["summary"], path
        if method != "get" and "application/json" in one.get("requestBody", {}).get("content", {}):
            assert "$ref" in one["requestBody"]["content"]["application/json"]["schema"], path
        for status, answer in one["responses"].items():
            for kind, content in answer.get("content", {}).items():
                assert not status.startswith(("4", "5")) or kind == "application/problem+json", (path, status)
                is_file = content["schema"].get("format") == "binary"
                assert is_file or path.endswith("/openapi.json") or "$ref" in content["schema"], (
                    path,
                    method,
                    status,
                )


async def test_every_body_and_answer_has_one_example_of_its_fields(application: FastAPI) -> None:
    described = read_description(application)
    text = json.dumps(described["paths"])
    schemas = described["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert named
    for name in sorted(name for name in named if "enum" not in schemas[name]):
        [example] = schemas[name].get("examples", [])
        assert set(schemas[name].get("required", [])) <= set(example) <= set(schemas[name]["properties"]), (
            name
        )


async def test_no_two_models_have_one_name(application: FastAPI) -> None:
    """FastAPI would tell them apart by the modules they lie in, and whoever generates a client would see those."""
    schemas = read_description(application)["components"]["schemas"]
    assert [name for name in schemas if "__" in name] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_status_has_its_sentence(language: str) -> None:
    said = {code: list_refusal_texts(code, language) for code in CODES.values()}
    assert [code for code, keys in said.items() if not keys or not keys[0].startswith("problem-")] == []


async def test_the_description_is_open_in_development(application: FastAPI) -> None:
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as http:
        answer = await http.get("/api/v1/openapi.json")
        missing = await http.get("/api/v1/nothing")
        wrong = await http.put("/api/v1/me")
    assert answer.json()["paths"]
    assert [one.json()["code"] for one in (missing, wrong)] == ["NOT_FOUND", "METHOD_WRONG"]
