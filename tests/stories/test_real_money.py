"""A buyer pays on a provider's page: paid, declined, told by a notification or found by asking, and never opened for less."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from sandbox.client.client import SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.people import Buyer, buyer, has_button
from tests.stories.school import School, eventually

PAY = {"en": "Pay", "ru": "Оплатить"}
DECLINED = {"en": "try again later", "ru": "повторить попытку позже"}


def open_shop(
    open_school: OpenSchool, telegram: str, migrated_sqlite: Path, database: str, **more: str
) -> School:
    school = open_school(
        database,
        YOOKASSA_SHOP_ID="100500",
        YOOKASSA_SECRET_KEY="test_key_of_the_story",
        YOOKASSA_API_URL=f"{telegram}/yookassa/v3",
        YOOKASSA_NETWORKS="127.0.0.0/8",
        **({"PAYMENT_CHECK_SECONDS": "60", "PAYMENT_PROVIDER": "yookassa"} | more),
    )
    school.install()
    school.start()
    return school


async def plan(telegram: str, notify: str, *troubles: dict[str, object]) -> None:
    async with httpx.AsyncClient() as client:
        wish = {"notify": {"yookassa": notify}, "troubles": list(troubles)}
        (await client.post(f"{telegram}/sandbox/providers", json=wish)).raise_for_status()


async def reach_page(one: Buyer, language: str) -> str:
    """From the first Start to the address of the pay page."""
    await one.reach_offer()
    await one.shop.press(one.words.premium)
    await eventually(lambda: has_button(one.shop, PAY[language]), 30)
    return await one.shop.press(PAY[language])


async def decide(page: str, wish: str) -> None:
    async with httpx.AsyncClient() as client:
        assert "9900.00 RUB" in (await client.get(page)).text
        (await client.post(page, data={"do": wish})).raise_for_status()


@pytest.mark.parametrize(
    ("database", "language"),
    [
        ("sqlite", "ru"),
        ("postgresql", "en"),
        pytest.param("sqlite", "en", marks=pytest.mark.faults),
        pytest.param("postgresql", "ru", marks=pytest.mark.faults),
    ],
)
async def test_a_buyer_pays_and_is_in(
    open_school: OpenSchool,
    telegram: str,
    tg: SandboxClient,
    migrated_sqlite: Path,
    database: str,
    language: str,
) -> None:
    """One is told of by a notification; of the other one nobody tells, and it is found by asking."""
    school = await asyncio.to_thread(open_shop, open_school, telegram, migrated_sqlite, database)
    await plan(telegram, f"{school.address}/payments/yookassa")
    told, found, declined = [await buyer(tg, school, language, name) for name in ("Tess", "Finn", "Dora")]
    await decide(await reach_page(told, language), "pay")
    await told.shop.expect(told.words.paid)
    await eventually(lambda: has_button(told.shop, told.words.open_course))

    await plan(telegram, f"{school.address}/payments/yookassa", {"kind": "drop_notice", "count": 9})
    await decide(await reach_page(found, language), "pay")
    await tg.clock.advance(seconds=61)
    await found.shop.expect(found.words.paid)

    await decide(await reach_page(declined, language), "decline")
    await tg.clock.advance(seconds=61)
    await declined.shop.expect(DECLINED[language])
    await school.assert_well(tg)
    assert "test_key_of_the_story" not in school.log_path.read_text()


async def test_an_answer_that_is_lost_makes_no_second_payment(
    open_school: OpenSchool, telegram: str, tg: SandboxClient, migrated_sqlite: Path
) -> None:
    school = await asyncio.to_thread(open_shop, open_school, telegram, migrated_sqlite, "sqlite")
    await plan(
        telegram,
        f"{school.address}/payments/yookassa",
        {"kind": "broken_after", "path": "/payments", "count": 2},
    )
    anna = await buyer(tg, school)
    page = await reach_page(anna, "en")
    async with httpx.AsyncClient() as client:
        desk = (await client.get(f"{telegram}/sandbox/providers")).json()
    number = page.rpartition("/")[2]
    order = next(one for one in desk["deals"] if one["id"] == number)["more"]["metadata"]["order"]
    assert [one["id"] for one in desk["deals"] if one["more"]["metadata"]["order"] == order] == [number]
    await decide(page, "pay")
    await anna.shop.expect(anna.words.paid)

    back = await asyncio.to_thread(school.command, "refund", order, "900.00")
    assert back.returncode == 0, back.stderr
    await anna.shop.expect("We have sent ₽900 back")
    books = await asyncio.to_thread(school.command, "ledger", "--json", "--check")
    assert books.returncode == 0, books.stderr
    (ours,) = json.loads(books.stdout)["providers"]
    assert (ours["ours"], ours["theirs"]) == (900_000, 900_000)


async def test_stars_are_paid_in_telegram_by_who_ordered_and_once(
    open_school: OpenSchool, telegram: str, tg: SandboxClient, migrated_sqlite: Path
) -> None:
    school = await asyncio.to_thread(
        open_shop, open_school, telegram, migrated_sqlite, "sqlite", PAYMENT_PROVIDERS="yookassa,stars"
    )
    anna, boris = await buyer(tg, school, "en", "Anna"), await buyer(tg, school, "ru", "Boris")
    await anna.reach_offer()
    await anna.shop.press(anna.words.premium)
    await anna.shop.expect("How would you like to pay?")
    assert await has_button(anna.shop, "By card or SBP · ₽9,900")
    await anna.shop.press("With Telegram Stars · ⭐5,500")
    await eventually(lambda: has_button(anna.shop, PAY["en"]), 30)
    link = await anna.shop.press(PAY["en"])

    foreign = await boris.person.pay(link)
    assert (foreign.paid, "выставлен другому человеку" in foreign.error) == (False, True)
    assert (await anna.person.pay(link)).paid
    await anna.shop.expect(f"{anna.words.paid}“Premium”, ⭐5,500")
    await eventually(lambda: has_button(anna.shop, anna.words.open_course))
    again = await anna.person.pay(link)
    assert (again.paid, "paid already" in again.error) == (False, True)
    await school.assert_well(tg)
