"""Files of the content folder: found only inside it, sent anew when they change."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError
from services.content.messages.media import (
    MOST_BYTES,
    SMALL,
    check_size,
    digest_of,
    find_file,
    keep_file,
    load_digest,
    load_file_ids,
    remember_file_id,
)
from tests.factories.accounts import COURSE_BOT, SALES_BOT

ELSEWHERE = [
    "../secret.txt",
    "images/../../secret.txt",
    "/etc/passwd",
    "link.txt",
    "images",
    "",
    ".",
    "nothing.png",
]
UNREADABLE = ["a\0b", "x" * 300, "images/" + "y/" * 900]


@pytest.fixture
def here(env: Environment, folder: Path) -> Environment:
    return replace(env, content_dir=folder, data_dir=folder.parent / "data")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    content = tmp_path / "content"
    (content / "images").mkdir(parents=True)
    (content / "images" / "a.png").write_bytes(b"picture")
    (tmp_path / "secret.txt").write_text("secret")
    (content / "link.txt").symlink_to(tmp_path / "secret.txt")
    return content


def test_a_file_is_found_by_its_path(here: Environment) -> None:
    assert find_file(here, "images/a.png").read_bytes() == b"picture"
    assert find_file(here, "images/../images/a.png").read_bytes() == b"picture"


@pytest.mark.parametrize("ref", ELSEWHERE + UNREADABLE)
def test_what_is_not_in_the_folder_is_not_found(here: Environment, ref: str) -> None:
    with pytest.raises(DomainError) as refused:
        find_file(here, ref)
    assert (refused.value.code, refused.value.detail) == ("MEDIA_NOT_FOUND", ref)


def test_what_is_kept_is_found_by_the_reference_it_got(here: Environment) -> None:
    ref = keep_file(here, b"a certificate", ".pdf")
    assert find_file(here, ref).read_bytes() == b"a certificate"
    assert keep_file(here, b"a certificate", ".pdf") == ref
    assert keep_file(here, b"another", ".pdf") != ref
    (here.data_dir / "keys").write_text("secret")
    with pytest.raises(DomainError):
        find_file(here, "kept/../keys")


def test_a_changed_file_has_another_digest(here: Environment) -> None:
    path = find_file(here, "images/a.png")
    before = digest_of(path)
    assert digest_of(path) == before
    path.write_bytes(b"another")
    os.utime(path, ns=(1, 1))
    assert digest_of(path) != before


async def test_a_bot_knows_its_own_files_by_what_they_hold(db: Database) -> None:
    async with db.unit(1) as uow:
        await remember_file_id(uow, COURSE_BOT, "a.png", "one", "F1")
        await remember_file_id(uow, COURSE_BOT, "a.png", "one", "F2")
        await remember_file_id(uow, COURSE_BOT, "a.png", "two", "F3")
    async with db.reading() as conn:
        assert await load_file_ids(conn, COURSE_BOT, ["one"]) == {("a.png", "one"): "F1"}
        assert await load_file_ids(conn, COURSE_BOT, ["two", "none"]) == {("a.png", "two"): "F3"}
        assert await load_file_ids(conn, SALES_BOT, ["one", "two"]) == {}


async def test_a_file_that_no_bot_may_send_is_not_read_at_all(folder: Path) -> None:
    large = folder / "film.mp4"
    with large.open("wb") as file:
        file.truncate(3_000_000_000)
    for refuse in (check_size, digest_of):
        with pytest.raises(DomainError, match=r"MEDIA_TOO_LARGE: film\.mp4: more than 50 MB"):
            refuse(large)
    with pytest.raises(DomainError, match="MEDIA_TOO_LARGE"):
        await load_digest(large)


async def test_a_large_file_is_read_beside_the_loop(folder: Path) -> None:
    large = folder / "film.mp4"
    large.write_bytes(b"x" * (SMALL + 1))
    assert await load_digest(large) == digest_of(large)
    with large.open("wb") as file:
        file.truncate(MOST_BYTES)
    reading, turns = asyncio.create_task(load_digest(large)), 0
    while not reading.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10, "the loop stood still"
