"""Money that a bank has set aside: taken, let go or back by itself, as buyers and the admin read it in both languages."""

import asyncio
import json
from pathlib import Path

from sandbox.client.client import Chat, SandboxClient
from tests.stories.chat_pictures import take_pictures
from tests.stories.conftest import OpenSchool
from tests.stories.money_words import hear
from tests.stories.people import Buyer, buyer, desk_in
from tests.stories.school import School
from tests.stories.test_real_money import decide, open_shop, plan, reach_page

LANGUAGES = ("en", "ru")
DAY = 86_400


async def test_an_admin_takes_it_lets_it_go_or_forgets_it(
    open_school: OpenSchool, telegram: str, tg: SandboxClient, migrated_sqlite: Path
) -> None:
    stages = {"YOOKASSA_CAPTURE": "manual"}
    school = await asyncio.to_thread(open_shop, open_school, telegram, migrated_sqlite, "sqlite", **stages)
    await plan(telegram, f"{school.address}/payments/yookassa")
    desk = await desk_in(tg, school, school.sales)
    people = {
        language: [await buyer(tg, school, language, name) for name in ("Tara", "Lena", "Fred")]
        for language in LANGUAGES
    }
    for number, (language, (taken, released, _)) in enumerate(people.items(), start=1):
        await _is_taken(desk, taken, language, number)
        await _is_released(school, desk, released, language, number)
    for language, (*_, forgotten) in people.items():
        await _pays(forgotten, language)
    await _goes_back_by_itself(tg, desk, [(language, some[-1]) for language, some in people.items()])
    for language, some in people.items():
        await take_pictures(telegram, language, [(one.person, school.sales) for one in some])
    await take_pictures(telegram, "ru", [(await tg.find_person(school.admin_id), school.sales)])
    await school.assert_well(tg)


async def _pays(one: Buyer, language: str) -> None:
    await decide(await reach_page(one, language), "pay")
    await hear(one.shop, "order-held", language)


async def _is_taken(desk: Chat, one: Buyer, language: str, number: int) -> None:
    await _pays(one, language)
    card = await hear(desk, "hold-begun", "ru")  # earlier ones say how it ended
    assert (one.person.first_name in card.text, "9\N{NO-BREAK SPACE}900" in card.text) == (True, True)
    await desk.press("Списать", card)
    await hear(desk, "hold-over-taken", "ru", number)
    await one.shop.expect(one.words.paid)


async def _is_released(school: School, desk: Chat, one: Buyer, language: str, number: int) -> None:
    """At the keyboard of the machine it runs on."""
    await _pays(one, language)
    listed = await asyncio.to_thread(school.command, "payments", "held", "--json")
    (held,) = json.loads(listed.stdout)
    assert (held["amount"], held["provider"]) == (990_000, "yookassa")
    done = await asyncio.to_thread(school.command, "payments", "release", held["order"])
    assert done.returncode == 0, done.stderr
    await hear(one.shop, "order-released", language)
    await hear(desk, "hold-over-released", "ru", number)


async def _goes_back_by_itself(tg: SandboxClient, desk: Chat, forgotten: list[tuple[str, Buyer]]) -> None:
    """The admin has read of it, and does nothing."""
    asked = await desk.send("/held")
    await hear(desk, "hold-begun", "ru", len(forgotten), after=asked.id)
    await tg.clock.advance(seconds=6 * DAY + 3600)
    await hear(desk, "hold-ends", "ru", len(forgotten))
    await tg.clock.advance(seconds=2 * DAY)
    for language, one in forgotten:
        await hear(one.shop, "order-released", language)
    await hear(desk, "hold-released", "ru", len(forgotten))
    asked = await desk.send("/held")
    await hear(desk, "hold-none", "ru", after=asked.id)
    assert not any("Списать" in button for card in await desk.messages() for button in card.buttons)
