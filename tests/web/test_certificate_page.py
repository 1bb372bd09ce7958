"""The page where everybody checks a certificate: valid, revoked, unknown, in both languages; its file."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.boot.database import CONTENT
from core.db.models.learning import certificates
from core.environment import Environment
from services.learning.certificates.certificates import revoke_certificate
from services.learning.certificates.drawing import build_performer
from tests.factories.persons import ANNA
from tests.factories.work import run_due
from tests.services.learning.conftest import room  # noqa: F401 - a fixture
from tests.services.learning.room import Room
from web.application import build_application

STEP = {"key": "paper", "type": "certificate"}
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def env(env: Environment) -> Environment:
    shutil.copy(CONTENT / "certificate.typ", env.content_dir)
    return replace(env, public_url="https://school.example.com", admin_ids=(1001, 1009))


@pytest.fixture
async def client(room: Room) -> AsyncIterator[httpx.AsyncClient]:  # noqa: F811
    await room.open(STEP)
    await run_due(room.db, build_performer(room.db.env))
    transport = httpx.ASGITransport(build_application(room.db, lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as opened:
        yield opened


async def number_of(room: Room) -> str:  # noqa: F811
    (row,) = await room.rows(certificates)
    return str(row.number)


def accepting(language: str) -> dict[str, str]:
    return {"Accept-Language": language}


@pytest.mark.parametrize(
    ("accept", "title", "date"),
    [
        ("en-GB,en;q=0.9", "This certificate is valid", "January 7, 2030"),
        ("ru", "Сертификат действителен", "7 января 2030"),
        ("de,en;q=0.2,ru;q=0.8", "Сертификат действителен", "7 января 2030"),
        ("*;q=nonsense", "Сертификат действителен", "7 января 2030"),
        ("", "Сертификат действителен", "7 января 2030"),
    ],
)
async def test_a_valid_one(client: httpx.AsyncClient, room: Room, accept: str, title: str, date: str) -> None:  # noqa: F811
    number = await number_of(room)
    answer = await client.get(f"/c/{number}", headers=accepting(accept))
    assert answer.status_code == 200
    for words in (title, f"P{ANNA}", date, number, f"/c/{number}.pdf"):
        assert words in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


async def test_it_says_nothing_else_about_her(client: httpx.AsyncClient, room: Room) -> None:  # noqa: F811
    (row,) = await room.rows(certificates)
    text = (await client.get(f"/c/{row.number}")).text
    assert str(ANNA) not in text.replace(row.name, "")
    assert "@" not in text


@pytest.mark.parametrize("written", ["lower", "spaces"])
async def test_however_the_number_is_written(client: httpx.AsyncClient, room: Room, written: str) -> None:  # noqa: F811
    number = await number_of(room)
    given = number.lower() if written == "lower" else number.replace("-", "%20")
    assert (await client.get(f"/c/{given}")).status_code == 200


async def test_its_file(client: httpx.AsyncClient, room: Room) -> None:  # noqa: F811
    number = await number_of(room)
    answer = await client.get(f"/c/{number}.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert f"{number}.pdf" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.startswith(b"%PDF")


async def test_a_file_that_is_lost_or_not_made_yet_is_no_error(client: httpx.AsyncClient, room: Room) -> None:  # noqa: F811
    number = await number_of(room)
    shutil.rmtree(room.db.env.data_dir / "kept")
    assert (await client.get(f"/c/{number}.pdf")).status_code == 404
    async with room.db.unit(1) as uow:
        await uow.conn.execute(certificates.update().values(pdf=None))
    assert (await client.get(f"/c/{number}.pdf")).status_code == 404
    page = await client.get(f"/c/{number}")
    assert (page.status_code, ".pdf" in page.text) == (200, False)


@pytest.mark.parametrize(("reason", "shown"), [("", "no longer valid"), (EVIL, "&lt;script&gt;")])
async def test_revoked_from_that_moment_on(
    client: httpx.AsyncClient,
    room: Room,  # noqa: F811
    reason: str,
    shown: str,
) -> None:
    number = await number_of(room)
    async with room.db.unit(1) as uow:
        await revoke_certificate(uow, number, reason)
    page = await client.get(f"/c/{number}", headers=accepting("en"))
    assert page.status_code == 200
    assert "This certificate is revoked" in page.text
    assert shown in page.text
    assert EVIL not in page.text
    assert ".pdf" not in page.text
    file = await client.get(f"/c/{number}.pdf", headers=accepting("en"))
    assert file.status_code == 410
    assert "This certificate is revoked" in file.text


@pytest.mark.parametrize(
    "number",
    ["AAAA-BBBB-CCCC-DDDD", "nothing", "a" * 5000, "%00", "..%2f..%2fetc", "'", "K7QF.pdf", "К" * 16],
)
async def test_one_that_nobody_has(client: httpx.AsyncClient, number: str) -> None:
    answer = await client.get(f"/c/{number}", headers=accepting("en"))
    assert answer.status_code == 404


async def test_a_name_cannot_become_markup(client: httpx.AsyncClient, room: Room) -> None:  # noqa: F811
    async with room.db.unit(1) as uow:
        await uow.conn.execute(certificates.update().values(name=f"{EVIL}$course", course='"><img src=x>'))
    text = (await client.get(f"/c/{await number_of(room)}")).text
    assert EVIL not in text
    assert "<img" not in text
    assert "$course" in text


async def test_styles_and_nothing_else_are_served(client: httpx.AsyncClient) -> None:
    style: Any = await client.get("/pages/certificate.css")
    assert (style.status_code, style.headers["content-type"].split(";")[0]) == (200, "text/css")
    for name in ("sheets.py", "certificate.html", "..%2fapplication.py", ""):
        assert (await client.get(f"/pages/{name}")).status_code == 404
