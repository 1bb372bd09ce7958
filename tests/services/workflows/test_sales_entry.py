"""What a start of the sales bot leads to, decided apart from the bot."""

import json
from collections.abc import Callable
from itertools import count

import pytest

from core.db.models.commerce import referrals
from core.db.models.delivery import outbox
from core.db.models.learning import runs
from core.db.session import Database
from core.lifecycle import NameKind
from services.people import variables
from services.workflows.sales_entry import SalesEntry, Visitor, enter_sales
from tests.factories.flows import add_link_name
from tests.factories.persons import add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import add_partner, add_tariff
from tests.factories.shops import Shop, open_shop
from tests.fakes.clock import StillClock

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # no SQL of its own
PARTNER = 500_010
NUMBERS = count(1)


@pytest.fixture
async def shop(db: Database) -> Shop:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        await add_partner(uow, (await add_contact(uow, PARTNER)).id, "FRIEND01")
        await add_partner(uow, shop.buyer.id, "OWN00001")
        await add_link_name(uow, "FRIEND01", NameKind.PARTNER)
    return shop


def keys() -> Callable[[], str]:
    return lambda: f"said:{next(NUMBERS)}"


async def enter(db: Database, shop: Shop, payload: str = "") -> SalesEntry:
    async with db.unit(1) as uow:
        return await enter_sales(uow, Visitor(shop.buyer, shop.chat, keys()), payload)


async def said(db: Database) -> list[str]:
    """The keys of our texts that were said, and what an author's were."""
    texts = [json.loads(row.payload)["text"] for row in await read_rows(db, outbox)]
    return [text.get("t", "an author's") for text in texts]


@pytest.mark.parametrize(
    ("payload", "is_guess", "first"),
    [
        ("", False, None),
        ("s_welcome", False, None),
        ("welcome", False, None),
        ("s_nowhere", True, "link-unknown"),
        ("nowhere", True, "link-unknown"),
        ("p_FRIEND01", False, None),
        ("FRIEND01", False, None),
        ("p_NOBODY01", True, "link-unknown"),
        ("p_OWN00001", False, "partner-self"),
        ("!", True, "link-unknown"),
    ],
)
async def test_every_link_ends_in_the_scenario(
    db: Database, shop: Shop, payload: str, first: str | None, *, is_guess: bool
) -> None:
    assert await enter(db, shop, payload) == SalesEntry(is_guess=is_guess)
    assert await count_rows(db, runs, flow_version_id=shop.scenario.id) == 1
    assert [key for key in await said(db) if key in {"link-unknown", "partner-self"}] == (
        [first] if first else []
    )
    assert await count_rows(db, referrals) == ("FRIEND" in payload)


async def test_a_link_into_the_course_leads_to_the_other_bot(db: Database, shop: Shop) -> None:
    assert await enter(db, shop, "cd_dep1_token") == SalesEntry()
    assert await said(db) == ["link-of-course"]
    assert await count_rows(db, runs) == 0


async def test_a_products_link_is_an_order_within_the_scenario_the_person_is_in(
    db: Database, shop: Shop
) -> None:
    async with db.unit(1) as uow:
        book = await add_tariff(uow, shop.scenario.flow_id, "book")
    await enter(db, shop)
    (run,) = await read_rows(db, runs)
    entry = await enter(db, shop, "b_book")
    assert entry.chosen is not None
    assert (entry.chosen.tariff.id, entry.chosen.place.run_id) == (book, run.id)
    assert await enter(db, shop, "b_basic") == SalesEntry(is_guess=True)


async def test_the_older_platforms_marks_are_kept(db: Database, shop: Shop) -> None:
    await enter(db, shop, "welcome__utmsads__utmcmay")
    async with db.unit(1) as uow:
        kept = await variables.load_variables(uow, shop.buyer.id)
    assert (kept["utm_source"], kept["utm_campaign"]) == ("ads", "may")
    assert await count_rows(db, runs, flow_version_id=shop.scenario.id) == 1


async def test_a_second_start_says_the_last_message_again(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await enter(db, shop)
    before = len(await said(db))
    clock.advance(minutes=1)
    assert await enter(db, shop) == SalesEntry()
    assert await count_rows(db, runs) == 1
    assert len(await said(db)) == before + 1
