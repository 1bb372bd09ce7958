"""The course list file: its courses under its names, with their terms; a folder with a list has no other courses."""

from pathlib import Path

import pytest

from core.db.models.content import deployments, enrollment_tokens
from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError
from core.rules.deep_link import parse_payload
from services.content.deployments import admit, change_settings
from services.content.importing.applying import deploy_import, plan_import, publish_import
from services.content.importing.reader import Batch, read_path, read_sent
from services.content.importing.report import Severity, Why
from tests.factories.accounts import COURSE_BOT
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop

END = "One:\n  type: message\n  text: hi\nTwo:\n  type: end\n"
LIST = """\
default:
  path: scripts/first.yml
  token: 7UDEbml8b5avZC_TWANdlGIJjPY18sg_
closed:
  path: first.yml
  element: Two
  restricted: "yes"
  decline_text: |
    Запишитесь: https://example.com
  ban_enabled: no
  ban_text: "⚠️ Всё"
  token: 6alxGqZjqcho-d-RX2m5qTRi8hRy5DMb
old:
  path: db
  token: LDL83CuXm20cGpoQ7iPTeoe6m6PVyqnI
free:
  path: other.yml
  colour: red
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "scripts"
    made.mkdir()
    for name in ("first.yml", "other.yml", "alone.yml"):
        (made / name).write_text(END)
    (made / "courses.yml").write_text(LIST)
    return made


def places(batch: Batch) -> list[tuple[Severity, str, int, Why]]:
    return [(one.severity, Path(one.file).name, one.line, one.why) for one in batch.report.findings]


def test_the_list_names_the_courses_and_their_terms(env: Environment, folder: Path) -> None:
    batch = read_path(env, folder / "courses.yml")
    assert places(batch) == [
        (Severity.WARNING, "courses.yml", 14, Why.LISTED_IN_DATABASE),
        (Severity.WARNING, "courses.yml", 18, Why.UNKNOWN_KEY),
    ]
    assert [(one.flow.slug, Path(one.file).name) for one in batch.courses] == [
        ("default", "first.yml"), ("closed", "first.yml"), ("free", "other.yml"),
    ]  # fmt: skip
    first, closed, free = (one.terms for one in batch.courses)
    assert first is not None
    assert closed is not None
    assert free is not None
    assert (first.settings, first.token) == ({}, "7UDEbml8b5avZC_TWANdlGIJjPY18sg_")
    assert closed.settings == {
        "start": "Two", "restricted": True, "decline_text": "Запишитесь: https://example.com\n",
        "ban_enabled": False, "ban_text": "⚠️ Всё",
    }  # fmt: skip
    assert (free.settings, free.token) == ({}, None)


def test_a_folder_with_a_list_has_the_listed_courses_alone(env: Environment, folder: Path) -> None:
    batch = read_path(env, folder)
    assert {one.flow.slug for one in batch.courses} == {"default", "closed", "free"}
    assert (Severity.WARNING, "alone.yml", 0, Why.NOT_LISTED) in places(batch)
    (folder / "courses.yml").unlink()
    assert {one.flow.slug for one in read_path(env, folder).courses} == {"first", "other", "alone"}


ODD = {
    "a file that is not there": ("a:\n  path: gone.yml\n", Severity.ERROR, 2, Why.LISTED_FILE),
    "a start that is not there": ("a:\n  path: first.yml\n  element: Three\n", Severity.WARNING, 1, Why.UNKNOWN_START),
    "restricted perhaps": ("a:\n  path: first.yml\n  restricted: perhaps\n", Severity.ERROR, 3, Why.NO_BOOLEAN),
    "a token with a space": ("a:\n  path: first.yml\n  token: a b\n", Severity.ERROR, 3, Why.REFUSED),
    "a token too long": (f"a:\n  path: first.yml\n  token: {'x' * 53}\n", Severity.ERROR, 3, Why.REFUSED),
    "a list of tokens": ("a:\n  path: first.yml\n  token: [a]\n", Severity.ERROR, 3, Why.NO_TEXT),
    "one token twice": (
        "a:\n  path: first.yml\n  token: t\nb:\n  path: first.yml\n  token: t\n", Severity.ERROR, 6, Why.SAME_LINK,
    ),
    "a word among courses": ("a:\n  path: first.yml\nb: c\n", Severity.WARNING, 3, Why.UNKNOWN_KEY),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_in_a_list_is_named_with_its_line(env: Environment, folder: Path, case: str) -> None:
    text, severity, line, why = ODD[case]
    (folder / "courses.yml").write_text(text)
    assert places(read_path(env, folder / "courses.yml")) == [(severity, "courses.yml", line, why)]


def test_a_list_may_name_another_one_but_not_for_ever(env: Environment, folder: Path) -> None:
    (folder / "more.yml").write_text("ext_courses:\n  path: more.yml\nsecond:\n  path: other.yml\n")
    (folder / "courses.yml").write_text("first:\n  path: first.yml\next_courses:\n  path: more.yml\n")
    batch = read_path(env, folder / "courses.yml")
    assert batch.report.findings == []
    assert [one.flow.slug for one in batch.courses] == ["first", "second"]


def test_a_list_that_was_sent_has_no_courses_with_it(env: Environment) -> None:
    assert places(read_sent(env, "courses.yml", LIST.encode(), "")) == [
        (Severity.ERROR, "courses.yml", 0, Why.LIST_ALONE)
    ]


async def deploy(db: Database, batch: Batch) -> list[str]:
    async with db.unit(1) as uow:
        imported = await publish_import(uow, batch, await plan_import(uow, batch))
        doors = [await deploy_import(uow, one, COURSE_BOT) for one in imported]
        return [door.payload or "" for _, door in doors]


async def test_the_tokens_of_the_list_let_in_and_its_rules_are_kept(
    db: Database, shop: Shop, folder: Path
) -> None:
    tokens = await count_rows(db, enrollment_tokens)
    batch = read_path(db.env, folder / "courses.yml")
    payloads = await deploy(db, batch)
    assert payloads[0].endswith("_7UDEbml8b5avZC_TWANdlGIJjPY18sg_")
    assert payloads[1].endswith("_6alxGqZjqcho-d-RX2m5qTRi8hRy5DMb")
    async with db.unit(1) as uow:
        link = parse_payload(payloads[1])
        deployment, token = await admit(uow, link, COURSE_BOT, shop.buyer.id)  # type: ignore[arg-type]
        assert token.kind == "public"
        await change_settings(uow, deployment.id, {"ai_limit": 9})
    assert await deploy(db, batch) == payloads
    assert await count_rows(db, enrollment_tokens) == tokens + 3
    settings = {row.id: row.settings for row in await read_rows(db, deployments)}
    assert settings[deployment.id] == {
        "start": "Two", "restricted": True, "decline_text": "Запишитесь: https://example.com\n",
        "ban_enabled": False, "ban_text": "⚠️ Всё", "ai_limit": 9,
    }  # fmt: skip


async def test_a_token_that_lets_into_another_course_is_refused_and_nothing_is_left(
    db: Database, shop: Shop, folder: Path
) -> None:
    await deploy(db, read_path(db.env, folder / "courses.yml"))
    (folder / "courses.yml").write_text(
        "thief:\n  path: first.yml\n  token: 7UDEbml8b5avZC_TWANdlGIJjPY18sg_\n"
    )
    before = await count_rows(db, deployments)
    with pytest.raises(DomainError, match="TOKEN_TAKEN"):
        await deploy(db, read_path(db.env, folder / "courses.yml"))
    assert await count_rows(db, deployments) == before
