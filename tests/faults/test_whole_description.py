"""The whole API by its own description: whatever is sent, nothing breaks, and every answer is one that is described."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import select

from core.db.base import metadata
from core.db.models.tenancy import accounts
from core.db.session import Database
from core.limits import Limit
from core.public_ids import KINDS, IdCipher
from tests.factories.worlds import build_world
from tests.web.api.callers import Caller, calling, enter
from web.api.catalogue import describe_api
from web.api.throttle import Throttle, Verdict
from web.application import build_application

OWNER = 1001
EXAMPLES, SEED = "10", "1"
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance"
)
APART = re.compile(r"/sessions|/events$")  # who signs out is let in nowhere any more; a stream has no end
pytestmark = pytest.mark.faults


class Boundless(Throttle):
    """Lets everything in."""

    def take(self, who: str, limit: Limit, now: float) -> Verdict:
        """There is always room."""
        del who, now
        return Verdict(passes=True, most=limit.most, left=limit.most, wait=0)


@asynccontextmanager
async def served(db: Database) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
    """The API at an address of this machine, and its description."""
    application = build_application(db, lambda: True)
    application.state.throttle = Boundless()
    server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=0, log_level="error"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it rings nothing
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", describe_api(application)
    server.should_exit = True
    await task


async def name_rows(db: Database) -> Mapping[str, list[str]]:
    """Ids of rows that are there, by kind."""
    async with db.reading() as conn:
        account = (await conn.execute(select(accounts).where(accounts.c.id == 1))).one()
        ids = IdCipher(bytes.fromhex(account.id_key))
        named = {"account": [account.public_id]}
        for kind in (one for one in KINDS.values() if one.name != "account"):
            table = metadata.tables[kind.table]
            mine = select(table.c[kind.column]).where(table.c.account_id == 1).limit(5)
            named[kind.name] = [ids.write(kind, number) for number in await conn.scalars(mine)]
    return {kind: names for kind, names in named.items() if names}


def narrow(described: Mapping[str, Any], rows: Mapping[str, list[str]]) -> Mapping[str, Any]:
    """The description, asking about what is there: a made-up id would be missing, and nothing behind it tried."""
    schemas = described["components"]["schemas"]
    described["components"].pop("securitySchemes")
    asked, answered = set[str](), set[str]()
    paths = {path: methods for path, methods in described["paths"].items() if not APART.search(path)}
    for operation in (one for methods in paths.values() for one in methods.values()):
        operation.pop("security")
        asked |= _names_in(operation.get("requestBody"), schemas)
        answered |= _names_in(operation["responses"], schemas)
        _give_rows(operation["parameters"], rows)
    for name in asked - answered:
        _give_rows(schemas[name], rows)
    return {**described, "paths": paths}


def _names_in(part: Any, schemas: Mapping[str, Any]) -> set[str]:
    found, waiting = set[str](), [part]
    while waiting:
        for reference in _walk(waiting.pop(), "$ref"):
            name = reference["$ref"].rpartition("/")[2]
            if name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _give_rows(part: Any, rows: Mapping[str, list[str]]) -> None:
    for schema in _walk(part, "x-kind"):
        if names := rows.get(schema["x-kind"]):
            schema.pop("pattern")
            schema["enum"] = names


def _walk(part: Any, key: str) -> Iterator[dict[str, Any]]:
    """The objects within that have this key."""
    if isinstance(part, dict):
        if key in part:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _walk(inner, key)


async def test_nothing_breaks_and_every_answer_is_described(db: Database, tmp_path: Path) -> None:
    async with db.unit(1) as uow:
        await build_world(uow, 880_001, "ours")
    async with calling(db) as nobody:
        owner = await enter(nobody, db, OWNER)
    async with served(db) as (address, described):
        file = tmp_path / "description.json"
        file.write_text(json.dumps(narrow(described, await name_rows(db))), "utf-8")
        status, told = await _try_out(owner, address, file)
    print(f"\nthe API by its description: {re.findall(r'[0-9]+ generated.*', told)}")
    assert status == 0, told


async def _try_out(owner: Caller, address: str, file: Path) -> tuple[int, str]:
    shown = {"Cookie": owner.cookie, "X-CSRF-Token": owner.csrf, "Origin": address}
    headers = [part for name, value in shown.items() for part in ("-H", f"{name}: {value}")]
    asked = (
        "--phases",
        "examples,coverage,fuzzing",
        "-n",
        EXAMPLES,
        "--seed",
        SEED,
        "--no-shrink",
        "-c",
        CHECKS,
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", str(file), "--url", address, *headers, *asked),
        cwd=file.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode()
