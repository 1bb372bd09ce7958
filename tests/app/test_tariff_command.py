"""`tandem tariffs`: any imported course is sold from a file that lies anywhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.boot.database import CONTENT
from app.cli.courses.tariffs import list_tariffs, load_tariffs, read_file, stop_selling
from core.db.models.commerce import communities, tariffs
from core.db.models.content import deployments
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import BotKind
from core.rules.periods import Period
from services.commerce.schemas import TariffPlan
from services.content.deployments import change_settings, deploy_flow, get_deployment, open_to_all
from services.content.flows import publish_flow
from services.content.schemas import FlowVersion
from services.workflows.installing import read_plan
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.flows import make_course
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import add_tariff

TARIFF = """\
- code: premium
  course: ielts
  name: {ru: Премиум, en: Premium}
  price: "9900.00"
  currency: RUB
  rights: [feedback, community, mentor]
  groups: [-1001234567890]
- code: light
  course: ielts
  name: Light
  price: "1900.5"
"""


PRODUCT = """\
- code: guide
  product: guide
  name: {ru: Путеводитель, en: A guide}
  price: "490.00"
"""


@pytest.fixture
async def course(db: Database) -> FlowVersion:
    """Imported, and on no bot yet."""
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        return await publish_flow(uow, make_course("ielts"))


def _file(tmp_path: Path, text: str = TARIFF) -> Path:
    path = tmp_path / "anywhere.yaml"
    path.write_text(text)
    return path


async def load(db: Database, path: Path) -> list[str]:
    async with db.unit(1) as uow:
        return await load_tariffs(uow, read_file(path), path)


async def test_an_imported_course_is_put_on_sale_and_on_its_bot(
    db: Database, course: FlowVersion, tmp_path: Path
) -> None:
    told = await load(db, _file(tmp_path))
    assert told == [
        "ielts: “premium” is on sale for ₽9,900",
        "ielts: “light” is on sale for ₽1,900.50",
    ]
    assert [row.bot_id for row in await read_rows(db, deployments, flow_id=course.flow_id)] == [COURSE_BOT]
    assert [row.chat_id for row in await read_rows(db, communities)] == [-1001234567890]
    async with db.unit(1) as uow:
        (listed,) = await list_tariffs(uow, as_json=True)
    premium, light = json.loads(listed)
    assert premium == {
        "code": "premium",
        "course": "ielts",
        "product": None,
        "name": {"ru": "Премиум", "en": "Premium"},
        "description": {"*": ""},
        "price": 990_000,
        "stars": None,
        "period": None,
        "trial": None,
        "instalments": None,
        "currency": "RUB",
        "rights": ["feedback", "community", "mentor"],
        "groups": [-1001234567890],
        "on_sale": True,
    }
    assert (light["price"], light["groups"]) == (190_050, [])


async def test_loading_again_changes_what_has_changed_and_says_what_else_is_sold(
    db: Database, course: FlowVersion, tmp_path: Path
) -> None:
    await load(db, _file(tmp_path))
    before = await read_rows(db, tariffs)
    await load(db, _file(tmp_path))
    assert await read_rows(db, tariffs) == before
    told = await load(db, _file(tmp_path, TARIFF.partition("- code: light")[0].replace("9900", "12900")))
    assert told[-1] == ("“light” is on sale too and not in this file; `tandem tariffs stop light` ends that")
    assert [row.price for row in await read_rows(db, tariffs)] == [1_290_000, 190_050]
    async with db.unit(1) as uow:
        await stop_selling(uow, "light")
    assert [row.is_active for row in await read_rows(db, tariffs)] == [True, False]
    async with db.unit(1) as uow:
        assert [line.split("\t")[-1] for line in await list_tariffs(uow, as_json=False)] == [
            "on sale",
            "sold no more",
        ]


async def test_groups_of_the_file_outlive_a_change_of_the_courses_settings(
    db: Database, course: FlowVersion, tmp_path: Path
) -> None:
    await load(db, _file(tmp_path))
    async with db.unit(1) as uow:
        place = await get_deployment(uow, flow_id=course.flow_id)
        await change_settings(uow, place.id, {"ai_limit": 7})
    assert [row.chat_id for row in await read_rows(db, communities)] == [-1001234567890]


async def test_a_public_link_into_what_is_sold_is_named(
    db: Database, course: FlowVersion, tmp_path: Path
) -> None:
    async with db.unit(1) as uow:
        await open_to_all(uow, await deploy_flow(uow, course.flow_id, COURSE_BOT))
    (*_, warned) = await load(db, _file(tmp_path))
    assert warned.startswith("ielts: its public link lets everybody in for nothing; `tandem token revoke ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            TARIFF.replace("course: ielts", "course: toefl", 1),
            "tariff “premium”, course: “toefl” is no course here",
        ),
        (
            TARIFF.replace('"9900.00"', "9900"),
            'tariff “premium”, price: is text in whole units, with the part after a point: "9900',
        ),
        (TARIFF.replace('"9900.00"', "9900.00"), "tariff “premium”, price: is text in whole units"),
        (TARIFF.replace('"9900.00"', '"9 900"'), "tariff “premium”, price: “9 900” is no sum"),
        (TARIFF.replace('"9900.00"', '"-1"'), "tariff “premium”, price: “-1” is no sum"),
        (TARIFF.replace('"9900.00"', '"1.999"'), "tariff “premium”, price: “1.999” is no sum"),
        (TARIFF.replace('"9900.00"', '"99999999999"'), "is no sum"),
        (TARIFF.replace('"9900.00"', '"0.00"'), "tariff “premium”, price: nothing is sold for 0.00"),
        (TARIFF.replace("light", "premium"), "tariff number 2, code: “premium” is used twice"),
        (
            TARIFF.replace("rights", "right"),
            "tariff “premium”, right: is not known here; there are code, course",
        ),
        (TARIFF.replace("name: Light", "title: Light"), "tariff “light”, name: is missing"),
        (
            TARIFF.replace("RUB", "rub"),
            "tariff “premium”, currency: “rub” is no currency; write three capital letters",
        ),
        (TARIFF.replace("-1001234567890", str(-(2**63))), "tariff “premium”, groups.0: must be more than"),
        (
            TARIFF.replace("-1001234567890", "1001234567890"),
            "tariff “premium”, groups.0: must be less than 0",
        ),
        (TARIFF.replace("mentor", "m" * 41), "tariff “premium”, rights.2"),
        (TARIFF.replace("Light", "'{{user.nobody}}'"), "user.nobody"),
        ("tariffs: []\n", "needs a list of tariffs"),
        ("- [\n", "is no YAML"),
        (
            f"{TARIFF}  period: fortnight\n",
            "tariff “light”, period: “fortnight” is no period; write 7d, month",
        ),
        (f"{TARIFF}  trial: month\n", "tariff “light”, trial: “month” is counted in days"),
        (f"{TARIFF}  instalments: {{parts: 1}}\n", "tariff “light”, instalments.parts: must be 2 or more"),
        (f"{TARIFF}  grace: 3d\n", "tariff “light”: grace needs a period or instalments"),
        (
            f"{TARIFF}  period: year\n  instalments: {{parts: 2}}\n",
            "tariff “light”: period and instalments exclude",
        ),
        (f"{TARIFF}  commission: {{first: 120%}}\n", "tariff “light”: “120%” is more than everything"),
        (f"{TARIFF}  commission: {{third: 1%}}\n", "tariff “light”: “third” is no level"),
        (f"{TARIFF}  product: seminar\n", "tariff “light”: course and product exclude each other"),
        (TARIFF.replace("  course: ielts\n", "", 1), "tariff “premium”: needs a course, or a product"),
        (f"{TARIFF}{PRODUCT}", "tariff “guide”, product: nobody gets anything"),
        (f"{TARIFF}{PRODUCT}".replace("product: guide", "product: ''"), "tariff “guide”, product.text: "),
        (f"{TARIFF}{PRODUCT}".replace("product: guide", "product: '{{user.nobody}}'"), "user.nobody"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_put_on_sale(
    db: Database, course: FlowVersion, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(DomainError, match="TARIFFS_INVALID") as refused:
        await load(db, _file(tmp_path, text))
    assert said in refused.value.detail
    assert "anywhere.yaml: " in refused.value.detail
    assert await count_rows(db, tariffs) == 0


@pytest.mark.parametrize(
    ("key", "plan"),
    [
        ("period: 3 months", {"period": "3 months"}),
        ("period: 1 year\n  trial: week\n  grace: 1d", {"period": "year", "trial_days": 7, "grace_days": 1}),
        ("trial: 3d", {"trial_days": 3}),
        ("instalments: {parts: 3, every: month}", {"period": "month", "parts": 3}),
        ("period: month\n  provider_plan: '77'", {"period": "month", "provider_plan": "77"}),
    ],
)
async def test_how_a_tariff_is_paid_is_read_and_kept(
    db: Database, course: FlowVersion, tmp_path: Path, key: str, plan: dict[str, Any]
) -> None:
    await load(db, _file(tmp_path, f"{TARIFF}  {key}\n"))
    assert [row.plan for row in await read_rows(db, tariffs)] == [None, plan]


def test_the_examples_can_be_read() -> None:
    club, parts = read_file(CONTENT / "examples" / "tariffs.yaml")
    assert (read_plan(club), read_plan(parts)) == (
        TariffPlan(period=Period(months=1), trial_days=7, grace_days=3),
        TariffPlan(period=Period(months=1), parts=3),
    )


async def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    wrong = TARIFF.replace('"9900.00"', "9900").replace("name: Light", "title: Light")
    with pytest.raises(DomainError) as refused:
        read_file(_file(tmp_path, wrong))
    assert len(refused.value.detail.splitlines()) == 3


async def test_a_tariff_there_is_not_cannot_be_stopped(db: Database) -> None:
    with pytest.raises(DomainError, match="there is no tariff “gold”; `tandem tariffs list` shows them"):
        async with db.unit(1) as uow:
            await stop_selling(uow, "gold")


async def test_a_code_of_another_course_is_not_taken_from_it(
    db: Database, course: FlowVersion, tmp_path: Path
) -> None:
    async with db.unit(1) as uow:
        other = await publish_flow(uow, make_course("deeds"))
        await add_tariff(uow, other.flow_id, "light")
    with pytest.raises(DomainError, match="tariff “light”, code: “light” belongs to another course"):
        await load(db, _file(tmp_path))
    assert [row.flow_id for row in await read_rows(db, tariffs)] == [other.flow_id]
