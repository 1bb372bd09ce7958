"""Files for texts over HTTP: what may come, what there is, and how it is looked at."""

from collections.abc import AsyncIterator

import httpx
import pytest

from core.db.session import Database
from core.roles import MemberRole
from tests.web.api.callers import Caller, calling, enter

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
MB = 1_000_000


@pytest.fixture
async def author(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, 1001)


async def upload(author: Caller, name: str, content: bytes) -> httpx.Response:
    return await author.ask("POST", author.path("/media"), params={"name": name}, content=content)


async def test_a_file_is_uploaded_listed_and_looked_at(author: Caller, db: Database) -> None:
    made = await upload(author, "Восход.PNG", PNG)
    assert made.status_code == 201, made.text
    item = made.json()
    assert (item["name"], item["kind"], item["size"]) == ("Восход.PNG", "photo", len(PNG))
    again = (await upload(author, "Sunrise.png", PNG)).json()
    assert (again["id"], again["name"]) == (item["id"], "Sunrise.png")
    pdf = (await upload(author, "list.pdf", b"%PDF-1.4")).json()
    listed = (await author.get("/media")).json()["items"]
    assert [one["id"] for one in listed] == [pdf["id"], item["id"]]
    assert [one["id"] for one in (await author.get("/media", kind="photo")).json()["items"]] == [item["id"]]
    assert (await author.get(f"/media/{item['id']}")).json()["ref"] == item["ref"]
    shown = await author.get("/media/preview", ref=item["ref"])
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert "content-disposition" not in shown.headers
    assert "sandbox" in shown.headers["content-security-policy"]
    taken = await author.get("/media/preview", ref=pdf["ref"])
    assert taken.headers["content-disposition"].startswith("attachment")
    assert list((db.env.data_dir / "incoming").iterdir()) == []


REFUSED = [
    ("run.exe", b"MZ", 422, "MEDIA_KIND_WRONG"),
    ("page.svg", b"<svg/>", 422, "MEDIA_KIND_WRONG"),
    ("page.png", b"<html>", 422, "MEDIA_KIND_WRONG"),
    ("empty.png", b"", 422, "MEDIA_KIND_WRONG"),
    ("book.pdf", b"SQLite format 3\0", 422, "MEDIA_KIND_WRONG"),
    ("big.png", PNG + bytes(10 * MB), 422, "MEDIA_TOO_LARGE"),
    ("film.mp4", bytes(50 * MB + 1), 413, "TOO_LARGE"),
]


async def test_what_may_not_come_leaves_nothing(author: Caller, db: Database) -> None:
    for name, content, status, code in REFUSED:
        refused = await upload(author, name, content)
        assert (refused.status_code, refused.json()["code"]) == (status, code), name
    assert (await author.get("/media")).json()["items"] == []
    assert [path for path in db.env.data_dir.rglob("*") if path.is_file()] == []


async def test_nothing_else_is_shown(author: Caller, db: Database) -> None:
    (db.env.content_dir / "tandem.yaml").write_text("secret: yes", encoding="utf-8")
    for ref in ("kept/../tandem.db", "/etc/passwd", "kept/none.png", "tandem.yaml", "media/\0.png"):
        assert (await author.get("/media/preview", ref=ref)).status_code in {400, 404}, ref


async def test_an_operator_does_not_upload(author: Caller, db: Database) -> None:
    operator = await enter(author, db, 2002, MemberRole.OPERATOR)
    assert (await upload(operator, "a.png", PNG)).status_code == 403
