"""What is on sale and how an offer shows it: one course as tariffs, several as a catalogue."""

from typing import Any

import pytest

from core.db.models.commerce import communities, tariffs
from core.db.models.content import deployments
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import Stage
from services.commerce.catalog.offers import show_offer, show_tariffs_of
from services.commerce.catalog.tariffs import (
    OfferPlace,
    get_tariff,
    get_tariff_by_id,
    list_tariffs,
    put_on_sale,
)
from services.content.deployments import change_settings, deploy_flow
from services.content.flows import publish_flow
from services.content.settings import load_course_settings
from services.delivery import speech
from services.workflows.promo_entry import enter_promo
from tests.factories.flows import make_course
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE, add_access, add_membership, add_promo, add_tariff
from tests.factories.shops import GROUPS, Shop
from tests.services.commerce.buying import calls
from utils.signing import fingerprint

TEXT = speech.content({"*": "Choose"})


async def _show(db: Database, shop: Shop, *codes: str) -> dict[str, Any]:
    async with db.unit(1) as uow:
        await show_offer(
            uow, shop.buyer, OfferPlace(shop.chat, 7, 3, "run:7:3"), TEXT, codes, f"offer:{codes}"
        )
    return (await calls(db))[-1]


async def _second_course(db: Database) -> int:
    async with db.unit(1) as uow:
        version = await publish_flow(uow, make_course("deeds", name={"ru": "Дела", "en": "Deeds"}))
        await add_tariff(uow, version.flow_id, "deeds", position=5)
        return version.flow_id


def _presses(payload: dict[str, Any]) -> list[str]:
    return [button["press"] for row in payload.get("buttons", ()) for button in row]


def _chooses(tariff_id: int) -> str:
    """The button of a tariff as the factory makes it: which one, and the terms it shows."""
    return f"buy.7-3-{tariff_id}~{fingerprint(f'{PRICE}/RUB/questions')[:6]}"


async def test_an_offer_of_one_course_has_a_button_per_tariff(db: Database, shop: Shop) -> None:
    offer = await _show(db, shop)
    assert _presses(offer) == [_chooses(shop.basic), _chooses(shop.club)]
    assert [line.get("t") for line in offer["text"]["lines"]] == [None, "offer-tariff", "offer-tariff"]


async def test_an_offer_shows_only_the_codes_it_names(db: Database, shop: Shop) -> None:
    assert _presses(await _show(db, shop, "club")) == [_chooses(shop.club)]


async def test_what_is_not_on_sale_is_not_shown(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_tariff(uow, shop.course.flow_id, "old", is_active=False)
        assert [one.code for one in await list_tariffs(uow)] == ["basic", "club"]


async def test_an_offer_of_nothing_says_so(db: Database, shop: Shop) -> None:
    offer = await _show(db, shop, "gold")
    assert offer["text"]["t"] == "offer-empty"
    assert _presses(offer) == []


async def test_two_courses_are_a_catalogue_of_courses(db: Database, shop: Shop) -> None:
    deeds = await _second_course(db)
    catalogue = await _show(db, shop)
    assert _presses(catalogue) == [f"cat.7-3-{shop.course.flow_id}", f"cat.7-3-{deeds}"]
    names = [row[0]["text"]["c"] for row in catalogue["buttons"]]
    assert names == [{"*": "Course words"}, {"ru": "Дела", "en": "Deeds"}]


@pytest.mark.parametrize("courses", [1, 2])
async def test_a_promo_code_promises_prices_above_prices_alone(
    db: Database, shop: Shop, courses: int
) -> None:
    if courses > 1:
        await _second_course(db)
    async with db.unit(1) as uow:
        await add_promo(uow)
        assert await enter_promo(uow, shop.buyer, shop.chat, "SUMMER", "entered")
    (told,) = await calls(db)
    keys = [part.get("t") for part in told["text"]["lines"]]
    assert keys[:2] == ["promo-entered", "promo-prices" if courses == 1 else "offer-catalogue"]


async def test_an_offer_that_names_one_courses_tariffs_is_no_catalogue(db: Database, shop: Shop) -> None:
    await _second_course(db)
    assert _presses(await _show(db, shop, "basic")) == [_chooses(shop.basic)]


async def test_a_course_of_the_catalogue_opens_its_own_tariffs(db: Database, shop: Shop) -> None:
    deeds = await _second_course(db)
    for flow_id in (deeds, shop.course.flow_id, 424242):
        async with db.unit(1) as uow:
            await show_tariffs_of(uow, shop.buyer, OfferPlace(shop.chat, 7, 3), flow_id, f"course:{flow_id}")
    shown = await calls(db)
    async with db.unit(1) as uow:
        third = await get_tariff(uow, "deeds")
    expected = [[_chooses(third.id)], [_chooses(shop.basic), _chooses(shop.club)], []]
    assert [_presses(one) for one in shown] == expected
    assert shown[-1]["text"]["t"] == "offer-empty"


async def test_unknown_tariffs_are_named(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match="TARIFF_NOT_FOUND: gold"):
            await get_tariff(uow, "gold")
        with pytest.raises(DomainError, match="TARIFF_NOT_FOUND: 424242"):
            await get_tariff_by_id(uow, 424242)


def _values(shop: Shop, **changed: Any) -> dict[str, Any]:
    texts = {"name": {"*": "Club"}, "description": {"*": "New"}, "onboarding": [], "rights": []}
    row = {"code": "club", "price": 1, "currency": "EUR", "flow_id": shop.course.flow_id, "position": 1}
    return {**texts, **row, **changed}


async def test_a_tariff_put_on_sale_again_is_changed(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        assert await put_on_sale(uow, _values(shop), [GROUPS[1], -1003]) == shop.club
    assert await count_rows(db, tariffs) == 2
    async with db.unit(1) as uow:
        changed = await get_tariff(uow, "club")
    assert (changed.price, changed.currency, changed.description) == (1, "EUR", {"*": "New"})
    assert {row.chat_id for row in await read_rows(db, communities, tariff_id=shop.club)} == {
        GROUPS[1],
        -1003,
    }


async def test_a_group_that_somebody_is_in_stays_known(db: Database, shop: Shop) -> None:
    first = (await read_rows(db, communities))[0]
    async with db.unit(1) as uow:
        access_id = await add_access(uow, shop.buyer.id, shop.club)
        await add_membership(uow, access_id, first.id, shop.buyer.telegram_id)
    async with db.unit(1) as uow:
        await put_on_sale(uow, _values(shop), [])
    assert [row.chat_id for row in await read_rows(db, communities)] == [GROUPS[0]]


async def _groups_of(db: Database, tariff_id: int) -> set[int]:
    return {row.chat_id for row in await read_rows(db, communities, tariff_id=tariff_id)}


async def test_a_deployment_says_which_groups_its_tariffs_open(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await change_settings(uow, shop.deployment.id, {"groups": {"basic": [-1007], "club": [-1008]}})
    assert await _groups_of(db, shop.basic) == {-1007}
    assert await _groups_of(db, shop.club) == {-1008}


async def test_other_settings_leave_the_groups_of_another_course_alone(db: Database, shop: Shop) -> None:
    other = await _second_course(db)
    async with db.unit(1) as uow:
        deployment = await deploy_flow(uow, other, shop.deployment.bot_id)
        await change_settings(uow, deployment.id, {"groups": {"deeds": [-1009]}})
    assert await _groups_of(db, shop.club) == set(GROUPS)


async def test_a_place_to_try_a_course_in_opens_no_group(db: Database, shop: Shop) -> None:
    groups = {"groups": {"basic": [-1007]}}
    async with db.unit(1) as uow:
        tried = await deploy_flow(uow, shop.course.flow_id, shop.deployment.bot_id, Stage.TEST)
        with pytest.raises(DomainError, match="SETTINGS_INVALID") as refused:
            await change_settings(uow, tried.id, groups)
        assert "groups" in refused.value.detail
        await change_settings(uow, shop.deployment.id, groups)
    assert await _groups_of(db, shop.basic) == {-1007}


async def test_a_setting_of_a_former_version_is_passed_over(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(deployments.update().values(settings={"payment": "mock", "ai_limit": 3}))
        assert (await load_course_settings(uow, shop.deployment.id)).ai_limit == 3
