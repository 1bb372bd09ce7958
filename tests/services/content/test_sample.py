"""The content folder: what is wrong is named with its file and place, and nothing is stored by half."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.boot.database import CONTENT
from core.db.models.commerce import tariffs
from core.db.models.content import deployments, flow_versions, flows, link_names
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import BotKind
from services.commerce.catalog.tariffs import stop_selling
from services.content.files.sample import read_content
from services.content.flows import publish_flow
from services.workflows.installing import load_content, sell_tariffs
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.flows import make_course, make_scenario
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import add_tariff

COURSE, SCENARIO, TARIFFS = "flows/clear-words.yaml", "flows/welcome.yaml", "tariffs.yaml"
Edit = tuple[str, Callable[[str], str | bytes | None]]
TABLES = [table for table in flows.metadata.sorted_tables if table.name not in ("accounts", "bots")]


def put(old: str, new: str) -> Callable[[str], str]:
    """An edit that must hit."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
BROKEN: dict[str, tuple[str, Callable[[str], str | bytes | None], str]] = {
    "not yaml": (COURSE, put("steps:", "steps: ["), r"clear-words\.yaml: .*line \d+"),
    "not utf-8": (COURSE, lambda _: b"\xff\xfe\x00broken", r"clear-words\.yaml"),
    "empty": (SCENARIO, lambda _: "", r"welcome\.yaml: a document is a map"),
    "a list": (SCENARIO, lambda _: "- a\n- b\n", r"welcome\.yaml: a document is a map"),
    "twice the same name": (
        COURSE,
        put("slug:", "slug: other\nslug:"),
        r"clear-words\.yaml: .*line \d.*a second time",
    ),
    "python object": (COURSE, put("clear-words", "!!python/name:os.system x"), r"clear-words\.yaml"),
    "alias bomb": (COURSE, lambda text: BOMB + text, r"clear-words\.yaml: .*alias"),
    "unknown step type": (COURSE, put("type: end", "type: leave"), r"clear-words\.yaml: steps\.7"),
    "unknown field": (COURSE, put("drip: {day: 1}", "drop: {day: 1}"), r"clear-words\.yaml: steps\.0\.drop"),
    "no day": (COURSE, put("{day: 2}", "{day: 0}"), r"clear-words\.yaml: steps\.2\.drip"),
    "step key twice": (COURSE, put("key: day2", "key: day1"), r"clear-words\.yaml: .*day1"),
    "no steps": (COURSE, lambda text: text[: text.index("steps:")] + "steps: []\n", r"the flow has no steps"),
    "unknown variable": (
        SCENARIO,
        put("user.first_name", "user.nobody"),
        r"welcome\.yaml: steps\.0\.text\.ru",
    ),
    "blank text": (COURSE, put("ru: Одна мысль", "ru: ' '"), r"clear-words\.yaml: steps\.0\.title"),
    "unknown kind": (SCENARIO, put("kind: scenario", "kind: story"), r"welcome\.yaml: kind"),
    "bad slug": (SCENARIO, put("slug: welcome", "slug: 'wel come'"), r"welcome\.yaml: slug"),
    "no tariffs file": (TARIFFS, lambda _: None, r"tariffs\.yaml"),
    "negative price": (TARIFFS, put("1900.00", "-1"), r"tariffs\.yaml: .*“basic”, price"),
    "price in words": (TARIFFS, put("4900.00", "much"), r"tariffs\.yaml: .*“feedback”, price"),
    "small currency": (TARIFFS, put("currency: RUB", "currency: rub"), r"tariffs\.yaml: .*“basic”, currency"),
    "unknown tariff field": (TARIFFS, put("rights:", "right:"), r"tariffs\.yaml: .*“basic”, right"),
    "tariffs in a map": (TARIFFS, lambda _: "tariffs:\n", r"tariffs\.yaml: a document is a list"),
    "unknown course": (
        TARIFFS,
        put("course: clear-words", "course: deep-words"),
        r"tariffs\.yaml: .*deep-words",
    ),
    "tariff code twice": (TARIFFS, put("code: feedback", "code: basic"), r"tariffs\.yaml: .*basic"),
    "slug twice": (SCENARIO, put("slug: welcome", "slug: clear-words"), r"welcome\.yaml: .*clear-words"),
    "greeting with unknown variable": (
        TARIFFS,
        put("ru: Как всё", "ru: '{{user.x}}' #"),
        r"tariffs\.yaml: .*user\.x",
    ),
    "greeting with open braces": (
        TARIFFS,
        put("ru: Как всё", "ru: '{{user' #"),
        r"tariffs\.yaml: .*onboarding",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "copied"))


@pytest.fixture
async def bots(db: Database) -> Database:
    """A database with both bots."""
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
    return db


def test_our_own_content_is_fine(folder: Path) -> None:
    content = read_content(folder)
    assert [flow.slug for flow in content.flows] == ["clear-words", "outreach", "welcome"]
    assert [tariff.code for tariff in content.tariffs] == ["basic", "feedback", "premium"]


@pytest.mark.parametrize("why", BROKEN)
def test_a_broken_file_is_named_with_its_place(folder: Path, why: str) -> None:
    name, edit, place = BROKEN[why]
    changed = edit((folder / name).read_text())
    if changed is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(changed if isinstance(changed, bytes) else changed.encode())
    with pytest.raises(DomainError, match=r"(?s)" + place) as refused:
        read_content(folder)
    assert refused.value.code == "CONTENT_INVALID"


async def test_loading_twice_changes_no_row(bots: Database, folder: Path) -> None:
    await load_content(bots, read_content(folder), bots.env.account_id)
    before = [await read_rows(bots, table) for table in TABLES]
    await load_content(bots, read_content(folder), bots.env.account_id)
    assert [await read_rows(bots, table) for table in TABLES] == before
    assert [await count_rows(bots, table) for table in (flows, flow_versions, deployments)] == [3, 3, 3]


async def test_a_tariff_that_is_gone_from_the_file_is_sold_no_more_until_it_is_back(
    bots: Database, folder: Path
) -> None:
    content = read_content(folder)
    await load_content(bots, content, bots.env.account_id)
    await load_content(bots, replace(content, tariffs=content.tariffs[:1]), bots.env.account_id)
    assert [(row.code, row.is_active) for row in await read_rows(bots, tariffs)] == [
        ("basic", True),
        ("feedback", False),
        ("premium", False),
    ]
    await load_content(bots, content, bots.env.account_id)
    assert all(row.is_active for row in await read_rows(bots, tariffs))


async def test_what_was_stopped_or_changed_by_a_command_stays_so(bots: Database, folder: Path) -> None:
    content = read_content(folder)
    basic = content.tariffs[0]
    await load_content(bots, content, bots.env.account_id)
    async with bots.unit(1) as uow:
        await stop_selling(uow, "premium")
        dearer = basic.model_copy(update={"price": "2100.00"})
        beside = basic.model_copy(update={"code": "club"})
        await sell_tariffs(uow, [dearer, beside], folder / TARIFFS)
    before = await read_rows(bots, tariffs)
    assert await load_content(bots, content, bots.env.account_id) == ["basic", "premium"]
    assert await read_rows(bots, tariffs) == before
    assert {row.code: (row.price, row.is_active) for row in before} == {
        "basic": (210_000, True),
        "feedback": (490_000, True),
        "premium": (990_000, False),
        "club": (basic.amount, True),
    }


async def test_a_tariff_of_another_course_stays_that_courses(bots: Database, folder: Path) -> None:
    content = read_content(folder)
    async with bots.unit(1) as uow:
        own = await publish_flow(uow, make_course("ielts"))
        await add_tariff(uow, own.flow_id, code="premium")
    before = [row for row in await read_rows(bots, tariffs) if row.code == "premium"]
    assert await load_content(bots, content, bots.env.account_id) == ["premium"]
    assert [row for row in await read_rows(bots, tariffs) if row.code == "premium"] == before
    assert await count_rows(bots, tariffs) == len(content.tariffs)


async def test_what_fails_on_the_way_leaves_nothing(bots: Database, folder: Path) -> None:
    content = read_content(folder)
    last = replace(content, flows=(*content.flows, make_scenario("taken")))
    async with bots.unit(1) as uow:
        await uow.conn.execute(link_names.insert().values(account_id=1, name="taken", kind="partner"))
    with pytest.raises(DomainError, match="NAME_TAKEN: taken"):
        await load_content(bots, last, bots.env.account_id)
    assert [await count_rows(bots, table) for table in (flows, deployments, link_names)] == [0, 0, 1]


async def test_without_bots_nothing_is_loaded(db: Database, folder: Path) -> None:
    with pytest.raises(DomainError, match="BOT_NOT_CONNECTED"):
        await load_content(db, read_content(folder), db.env.account_id)
    assert await count_rows(db, flows) == 0


async def test_a_changed_text_is_a_new_version_of_that_flow_alone(bots: Database, folder: Path) -> None:
    await load_content(bots, read_content(folder), bots.env.account_id)
    path = folder / COURSE
    path.write_text(path.read_text().replace("Одна мысль", "Мысль"))
    await load_content(bots, read_content(folder), bots.env.account_id)
    assert [row.number for row in await read_rows(bots, flow_versions)] == [1, 1, 1, 2]


async def test_a_published_flow_is_what_the_file_says(bots: Database, folder: Path) -> None:
    content = read_content(folder)
    async with bots.unit(1) as uow:
        for flow in content.flows:
            assert (await publish_flow(uow, flow)).flow == flow


@pytest.mark.parametrize("name", [COURSE, SCENARIO, TARIFFS])
def test_what_is_broken_can_be_left_out(folder: Path, name: str) -> None:
    whole = read_content(folder)
    (folder / name).write_text("- [")
    left_out: list[DomainError] = []
    content = read_content(folder, left_out)
    assert [name.rpartition("/")[2] in str(one) for one in left_out] == [True]
    slug = Path(name).stem
    assert [one.slug for one in content.flows] == [one.slug for one in whole.flows if one.slug != slug]
    assert bool(content.tariffs) is (name == SCENARIO)


async def test_tariffs_of_other_courses_stay_on_sale(bots: Database, folder: Path) -> None:
    async with bots.unit(1) as uow:
        other = await publish_flow(uow, make_course("deeds"))
        await add_tariff(uow, other.flow_id, "deeds")
    await load_content(bots, read_content(folder), bots.env.account_id)
    assert [row.is_active for row in await read_rows(bots, tariffs, code="deeds")] == [True]
