"""People over HTTP: found by conditions, counted, tagged, and what is remembered about them."""

from collections.abc import AsyncIterator

import pytest

from core.db.session import Database
from core.lifecycle import AccessStatus
from core.text.catalog import LANGUAGES, say
from services.commerce.access.manual_access import get_access
from services.people import contacts, tags
from services.people.conditions.catalogue import CONDITIONS
from services.people.conditions.forms import list_fields
from services.people.segments import save_segment
from tests.factories.persons import ANNA, add_contact
from tests.factories.sales import add_access
from tests.factories.shops import open_shop
from tests.web.api.callers import Caller, calling, enter

OWNER = 1001


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, OWNER)


async def test_people_are_found_by_what_is_noted_about_them(owner: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        await add_contact(uow, ANNA)
        await add_contact(uow, ANNA + 1)
    items = (await owner.get("/contacts")).json()["items"]
    anna = next(one["id"] for one in items if one["telegram_id"] == ANNA)
    tagged = await owner.send("PUT", f"/contacts/{anna}/tags/warm")
    await owner.send("PUT", f"/contacts/{anna}/tags/warm")
    known = await owner.send("PUT", f"/contacts/{anna}/variables/city", {"value": "Kazan"})
    assert (tagged.json()["tags"], known.json()["variables"]) == (["warm"], {"city": "Kazan"})
    asked = {"condition": {"all": [{"tag": "warm"}]}}
    assert (await owner.send("POST", "/contacts/count", asked)).json() == {"count": 1, "exact": True}
    found = (await owner.send("POST", "/contacts/search", asked)).json()["items"]
    assert [one["id"] for one in found] == [anna]
    everybody = (await owner.send("POST", "/contacts/count", {"condition": {"all": []}})).json()
    assert everybody == {"count": 2, "exact": True}
    assert (await owner.send("DELETE", f"/contacts/{anna}/tags/warm")).status_code == 204
    assert (await owner.get("/contacts", tag="warm")).json()["items"] == []
    deeds = [one["act"] for one in (await owner.get("/audit", sort="id")).json()["items"]]
    assert deeds == ["addTag", "setVariable", "removeTag"]
    about = (await owner.get("/audit", contact=anna)).json()["items"]
    assert {one["contact"] for one in about} == {anna}


@pytest.mark.parametrize(
    "condition",
    [{"nothing": 1}, 5, {"all": [{"tag": {"strange": 1}}]}, {"any": []}, {"utm": {"source": None}}],
)
async def test_a_condition_that_asks_nothing_is_refused(owner: Caller, condition: object) -> None:
    refused = await owner.send("POST", "/contacts/count", {"condition": condition})
    assert (refused.status_code, refused.json()["code"]) == (422, "CONDITION_WRONG")
    assert refused.json()["errors"][0]["detail"]


async def test_language_and_zone_are_chosen_for_somebody_and_the_rest_stays(
    owner: Caller, db: Database
) -> None:
    async with db.unit(1) as uow:
        await add_contact(uow, ANNA)
    (anna,) = (await owner.get("/contacts")).json()["items"]
    where = f"/contacts/{anna['id']}"
    moved = (await owner.send("PATCH", where, {"zone": "Asia/Almaty"})).json()
    assert moved == {**anna, "zone": "Asia/Almaty"}
    both = {"language": "en" if anna["language"] == "ru" else "ru", "zone": "Europe/Moscow"}
    assert (await owner.send("PATCH", where, both)).json() == {**anna, **both}
    refused = await owner.send("PATCH", where, {"language": "ru", "zone": "Mars/Base"})
    assert (refused.status_code, refused.json()["code"]) == (422, "ZONE_UNKNOWN")
    assert (await owner.get(where)).json() == {**anna, **both}
    deeds = [one["act"] for one in (await owner.get("/audit", sort="id")).json()["items"]]
    assert deeds == ["changeContact", "changeContact"]


async def test_conditions_are_listed_with_what_a_form_needs(owner: Caller, db: Database) -> None:
    await open_shop(db)
    async with db.unit(1) as uow:
        await tags.add_tag(uow, (await add_contact(uow, ANNA + 1)).id, "warm")
        await save_segment(uow, "near", {"tag": "warm"}, live=True)
    items = {one["name"]: one for one in (await owner.get("/conditions")).json()["items"]}
    assert items.keys() == CONDITIONS.keys()
    assert {"value": "basic", "label": "Tariff basic"} in items["tariff"]["choices"]["code"]
    assert items["tag"]["choices"] == {"name": [{"value": "warm", "label": "warm"}]}
    assert items["in_segment"]["choices"] == {"name": [{"value": "near", "label": "near"}]}
    assert [one["value"] for one in items["language"]["choices"]["code"]] == ["ru", "en"]
    assert set(items["progress"]["labels"]) == {"course", "at_least", "at_most"}
    assert items["progress"]["json_schema"]["required"] == ["course"]


def test_every_argument_of_a_condition_has_a_name_in_both_languages() -> None:
    keys = {f"condition-field-{field}" for name in CONDITIONS for field in list_fields(name)}
    for language in LANGUAGES:
        assert [key for key in keys if say(key, language) == key] == []


async def test_people_are_found_by_the_beginnings_of_their_words(owner: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        for number, names in enumerate((("Анна", "Орлова"), ("Алёна", "Иванова"), ("Annabel", "Lind"))):
            first_name, last_name = names
            await add_contact(
                uow, 910_000 + number, first_name=first_name, last_name=last_name, username=f"u{number}"
            )

    async def find(words: str) -> set[str]:
        listed = (await owner.get("/contacts", words=words, count="true")).json()
        assert listed["count"] == len(listed["items"])
        return {person["name"].split()[0] for person in listed["items"]}

    assert await find("ан") == {"Анна"}
    assert await find("Алена ИВ") == {"Алёна"}
    assert await find("ann") == {"Annabel"}
    assert await find("@u1") == {"Алёна"}
    assert await find("910002") == {"Annabel"}
    assert await find("Анна Иванова") == set()
    assert await find("%") == set()


async def test_segments_are_saved_listed_and_forgotten(owner: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        await tags.add_tag(uow, (await add_contact(uow, ANNA)).id, "warm")
    body = {"name": "near", "condition": {"tag": "warm"}, "live": True}
    saved = await owner.send("POST", "/segments", body)
    assert (saved.status_code, saved.json()["people"]) == (201, 1)
    assert (await owner.get("/segments")).json()["items"] == [saved.json()]
    asked = {"condition": {"in_segment": "near"}}
    assert (await owner.send("POST", "/contacts/count", asked)).json() == {"count": 1, "exact": True}
    refused = await owner.send("POST", "/segments", {**body, "condition": {"tag": {"strange": 1}}})
    assert (refused.status_code, refused.json()["code"]) == (422, "SEGMENT_INVALID")
    where = f"/segments/{saved.json()['id']}"
    assert [(await owner.send("DELETE", where)).status_code for _ in range(2)] == [204, 404]


async def test_notes_are_for_the_team_and_who_works_here_is_not_shut_out(owner: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        anna, boss = await add_contact(uow, ANNA), await add_contact(uow, OWNER)
    ids = {one["telegram_id"]: one["id"] for one in (await owner.get("/contacts")).json()["items"]}
    where = f"/contacts/{ids[ANNA]}"
    noted = await owner.send("POST", f"{where}/notes", {"text": "Wants a bill"}, {"Idempotency-Key": "n1"})
    await owner.send("POST", f"{where}/notes", {"text": "Wants a bill"}, {"Idempotency-Key": "n1"})
    assert (await owner.get(f"{where}/notes")).json()["items"] == [noted.json()]
    assert (await owner.send("POST", f"{where}/block")).status_code == 200
    assert await is_shut_out(db, anna.id)
    assert (await owner.send("POST", f"{where}/unblock")).status_code == 200
    assert not await is_shut_out(db, anna.id)
    refused = await owner.send("POST", f"/contacts/{ids[OWNER]}/block")
    assert (refused.status_code, refused.json()["code"]) == (409, "CONTACT_IS_MEMBER")
    assert not await is_shut_out(db, boss.id)


async def is_shut_out(db: Database, contact_id: int) -> bool:
    async with db.unit(1) as uow:
        return (await contacts.get_contact(uow, contact_id)).blocked_at is not None


async def test_what_a_purchase_lacks_is_said_and_mended_once(owner: Caller, db: Database) -> None:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        access_id = await add_access(uow, shop.buyer.id, shop.basic, status=AccessStatus.REVOKED)
    (anna,) = (await owner.get("/contacts")).json()["items"]
    where = f"/contacts/{anna['id']}"
    (chain,) = (await owner.get(f"{where}/why")).json()["items"]
    assert (chain["tariff"], chain["missing"], chain["mend"]["mend"]) == ("Tariff basic", "access", "back")
    assert all(link["detail"] and "{" not in link["detail"] for link in chain["links"])
    body = {"key": chain["mend"]["key"]}
    (mended,) = (await owner.send("POST", f"{where}/mend", body, {"Idempotency-Key": "m1"})).json()["items"]
    assert mended["missing"] != "access"
    await owner.send("POST", f"{where}/mend", body, {"Idempotency-Key": "m2"})
    async with db.unit(1) as uow:
        assert (await get_access(uow, access_id)).is_open(uow.now)
    deeds = [one["act"] for one in (await owner.get("/audit", sort="id")).json()["items"]]
    assert deeds == ["mendContact"]
