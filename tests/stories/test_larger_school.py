"""A school with two courses, a page to pay on, a tariff without questions and a group where work is reviewed."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from payment.base import PaymentState
from sandbox.client.client import Chat, Group, Message, SandboxClient
from services.people.curators import LET, TAKE_BACK
from tests.stories.buttons import below, press, see
from tests.stories.forging import Forger
from tests.stories.full_house import MANY, two_courses
from tests.stories.pay_page import NAME, PAGE, say
from tests.stories.people import EN, RU, Buyer, all_with, buyer, desk_in, has_button, start, student, wait_for
from tests.stories.school import School, admin_of, eventually, furnish

NOTES = {"en": "Notes · ₽900", "ru": "Заметки · 900\N{NO-BREAK SPACE}₽"}
COURSES = {"en": ("Clear words", "Notes"), "ru": ("Ясные слова", "Заметки")}
CHOOSE = {"en": "Choose a course", "ru": "Выберите курс"}
REMINDER = "is waiting to be paid"


@pytest.fixture(scope="session")
def _larger_school(
    telegram: str, tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> Iterator[School]:
    school = furnish(telegram, tmp_path_factory.mktemp("larger"), PAYMENT_PROVIDER=NAME)
    school.program = (sys.executable, "-m", "tests.stories.pay_page")
    school.env["REVIEW_CHAT_ID"] = str(asyncio.run(_open_review_group(school)))
    shutil.copy(migrated_sqlite, school.folder / "data" / "tandem.db")
    school.install(two_courses())
    school.start()
    yield school
    school.stop()


async def _open_review_group(school: School) -> int:
    async with SandboxClient(school.telegram) as tg:
        marina = await admin_of(tg, school)
        return (await tg.group("Review", owner=marina, bots=[school.course])).id


@pytest.fixture
async def larger(_larger_school: School, tg: SandboxClient) -> AsyncIterator[School]:
    _larger_school.new_log()
    yield _larger_school
    await _larger_school.assert_well(tg)


async def test_the_catalogue_shows_each_course_with_its_own_tariffs(
    tg: SandboxClient, larger: School
) -> None:
    people = [await buyer(tg, larger, language, "Cato") for language in ("en", "ru")]
    await asyncio.gather(*(_leaf_through(*pair) for pair in zip(people, ("en", "ru"), strict=True)))


async def _leaf_through(one: Buyer, language: str) -> None:
    catalogue = await _reach_catalogue(one, language)
    words, notes = COURSES[language]
    await one.shop.press(notes, catalogue)
    assert (await wait_for(one.shop, NOTES[language].partition(" · ")[2])).buttons == (NOTES[language],)
    await one.shop.press(words, catalogue)
    tariffs = await wait_for(one.shop, one.words.premium)
    assert [name.partition(" · ")[0] for name in tariffs.buttons] == [
        one.words.basic,
        one.words.feedback,
        one.words.premium,
    ]


async def _reach_catalogue(one: Buyer, language: str) -> Message:
    await start(one.person, one.school.sales)
    await one.shop.press(one.words.agree)
    await press(one.shop, "st")
    await press(one.shop, "st", 2)
    catalogue = await wait_for(one.shop, CHOOSE[language])
    assert catalogue.buttons == COURSES[language]
    return catalogue


async def test_an_unpaid_order_is_reminded_of_and_a_failed_one_is_chosen_again(
    tg: SandboxClient, larger: School
) -> None:
    one = await buyer(tg, larger, "en", "Paula")
    await one.shop.press("Notes", await _reach_catalogue(one, "en"))
    offer = await wait_for(one.shop, "Nine notes at once")
    await one.shop.press(NOTES["en"], offer)
    url = _page_of(await wait_for(one.shop, "Pay with the button"))
    assert await one.shop.press(NOTES["en"], offer) == EN.already_open + ", the payment is under way."
    assert _page_of(await wait_for(one.shop, "Pay with the button", 2)) == url

    await tg.clock.advance(hours=1, seconds=1)
    assert _page_of(await wait_for(one.shop, REMINDER)) == url
    say(larger.folder / "data", url, PaymentState.CANCELLED)
    await tg.clock.advance(days=1)
    await wait_for(one.shop, "did not go through")

    await one.shop.press(NOTES["en"], offer)
    again = _page_of(await wait_for(one.shop, "Pay with the button", 3))
    assert again != url
    say(larger.folder / "data", again, PaymentState.SUCCEEDED)
    await tg.clock.advance(seconds=6)
    await wait_for(one.shop, EN.paid)
    await eventually(lambda: has_button(one.shop, EN.open_course))
    await one.shop.press(EN.open_course)
    await wait_for(one.lessons, "Note 1 of")
    await tg.clock.advance(days=1)
    said = [await all_with(one.shop, words) for words in (REMINDER, EN.paid, "Leaf through them")]
    assert [len(found) for found in said] == [1, 1, 1]
    assert await one.shop.press(NOTES["en"], offer) == EN.already_bought + "."


def _page_of(invoice: Message) -> str:
    url = str(invoice.rows[0][0]["url"])
    assert url.startswith(PAGE)
    return url


async def test_a_tariff_without_questions_says_so(tg: SandboxClient, larger: School) -> None:
    one = await student(tg, larger, "notes", "Mute")
    await one.lessons.send("/ask")
    await wait_for(one.lessons, "Your tariff does not include questions")
    last = await wait_for(one.lessons, f"Note {MANY} of {MANY}")
    assert last.buttons == ("✅ Done",)


async def _let_and_take_back(forger: Forger, group: Group, room: Chat, mallory: Chat) -> None:
    """Only an admin lets somebody review, and takes it back: by a button that nobody can make or carry off."""
    for kind, then in ((LET, "Mallory теперь отвечает"), (TAKE_BACK, "Mallory больше не отвечает")):
        message, button = await see(room, kind)
        assert await mallory.press(button, message) == "Only an admin can do this."
        data = str(message.rows[0][0]["callback_data"])
        assert await forger.press(data) == RU.expired + "."
        assert await forger.press(data[:-1], group.id) == RU.expired + "."
        await room.press(button, message)
        await wait_for(room, then)


async def test_work_is_reviewed_in_the_group_and_by_admins_alone(tg: SandboxClient, larger: School) -> None:
    marina, one = await admin_of(tg, larger), await student(tg, larger, "feedback", "Greta")
    desk = await desk_in(tg, larger, larger.course)
    group = Group(tg._link, await tg._link.get(f"/sandbox/groups/{larger.env['REVIEW_CHAT_ID']}"))
    mallory = await tg.person("Mallory", language_code="en")
    await group.add(mallory)
    room = marina.chat(group)
    await one.lessons.send("My work for the group")
    card = await wait_for(room, "📝 Greta")
    work = await wait_for(room, "My work for the group")

    told = await mallory.chat(group).press("Принять", card)
    assert told == "Work is decided by Marina. An admin can let you review too."
    await mallory.chat(group).reply(work, "This is bad")
    await _let_and_take_back(Forger(tg, larger.course, marina), group, room, mallory.chat(group))
    data = str(card.rows[0][0]["callback_data"])
    assert await Forger(tg, larger.course, marina).press(data) == RU.expired + "."
    await room.reply(work, "Shorter, please")
    await wait_for(one.lessons, "Shorter, please")
    await room.press("На доработку", await below(room, card))
    await wait_for(one.lessons, EN.needs_work)
    await one.lessons.send("A shorter letter")
    await room.press("Принять", await wait_for(room, "📝 Greta", 2))
    await wait_for(one.lessons, EN.accepted)
    assert await all_with(one.lessons, "This is bad") == []
    assert await all_with(desk, "📝 Greta") == []
