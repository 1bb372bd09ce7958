"""The whole way: from a partner's link into the sales bot to the end of the course."""

import asyncio

import pytest

from sandbox.client.client import Message, Person, SandboxClient
from tests.stories.buttons import below
from tests.stories.conftest import OpenSchool
from tests.stories.doors import come_in, is_closed, link_in, list_declined
from tests.stories.ledger import settled
from tests.stories.people import (
    Buyer,
    all_with,
    ask_for_figures,
    become_partner,
    buyer,
    message_after,
    wait_for,
)
from tests.stories.school import School, admin_of, eventually, group_of

CARD_BUTTONS = ("✅ Принять", "✏️ На доработку", "👋 Взять")
PLACES = [
    pytest.param("polling", "sqlite"),
    pytest.param("webhook", "postgresql"),
    pytest.param("webhook", "sqlite", marks=pytest.mark.faults),
    pytest.param("polling", "postgresql", marks=pytest.mark.faults),
]


@pytest.mark.parametrize(("updates", "database"), PLACES)
def test_from_the_first_start_to_the_end(
    updates: str, database: str, open_school: OpenSchool, telegram: str
) -> None:
    school = open_school(database, bare=True, TELEGRAM_UPDATES=updates)
    for command, said in (("migrate", "up to date"), ("init", "3 flows")):
        done = school.command(command)
        assert (done.returncode, done.stderr) == (0, "")
        assert said in done.stdout
    school.start()
    asyncio.run(_walk(school, telegram))
    assert school.stop() == 0


async def _walk(school: School, telegram: str) -> None:
    async with SandboxClient(telegram) as tg:
        marina = await admin_of(tg, school)
        await marina.start(school.course)
        await wait_for(marina.chat(school.course), "Сюда будут приходить работы")
        anna = await buyer(tg, school, "ru", "Анна")
        ben = await buyer(tg, school, "en", "Ben")
        basic = await buyer(tg, school, "en", "Carl")
        people = (anna, ben, basic)
        petra = await buyer(tg, school, "en", "Petra")
        link, _ = await become_partner(petra)
        await asyncio.gather(*(one.reach_offer(link.partition("start=")[2]) for one in people))
        await asyncio.gather(
            *(one.shop.press(tariff) for one, tariff in zip(people, _tariffs(people), strict=True))
        )
        await asyncio.gather(*(one.shop.expect(one.words.wait) for one in people))
        await tg.clock.advance(seconds=6)
        await asyncio.gather(*(one.shop.expect(one.words.paid) for one in people))
        await asyncio.gather(_join(anna), _join(ben))
        assert not [one for one in await basic.shop.messages() if basic.words.groups in one.text]
        await asyncio.gather(*(one.open_course() for one in people))
        await asyncio.gather(_review(anna, marina), _review(ben, marina), _automatic(basic))
        for day in (2, 3, 4):
            await tg.clock.advance(days=1)
            await asyncio.gather(*(one.expect_day(day) for one in people))
        await asyncio.gather(*(one.lessons.expect("Exercise 2|Задание 2") for one in people))
        await tg.clock.advance(days=1)
        await settled(tg, school)
        for one in people:  # the exercise has to be in
            assert await all_with(one.lessons, f"{one.words.day} 5") == []
        await asyncio.gather(_accepted(anna, marina), _accepted(ben, marina), _automatic(basic, "on we go"))
        await asyncio.gather(*(one.expect_day(5) for one in people))
        await asyncio.gather(*(one.lessons.expect(one.words.over) for one in people))
        await asyncio.gather(*(_press_done(one) for one in people))
        assert (await ask_for_figures(petra))[1] == [3, 3, 3]
        await school.assert_well(tg)


def _tariffs(people: tuple[Buyer, ...]) -> tuple[str, ...]:
    *paying, last = people
    return (*(one.words.feedback for one in paying), last.words.basic)


async def _join(one: Buyer) -> None:
    """Their link lets them in; a stranger with the same link is declined, before and after."""
    link = link_in(await one.shop.expect(one.words.groups))
    group = await group_of(one.tg, one.school, "feedback")
    stranger = await one.tg.person("Stranger")
    assert await stranger.join(link) == "requested"
    await eventually(lambda: _is_declined(one, stranger))
    assert stranger.id not in {key for key, status in (await group.members()).items() if status == "member"}
    await come_in(one.person, group, link)
    await eventually(lambda: is_closed(stranger, link))


async def _is_declined(one: Buyer, stranger: Person) -> bool:
    return stranger.id in await list_declined(one.tg, one.school)


async def _card(one: Buyer, marina: Person, number: int) -> tuple[Message, Message]:
    """The n-th card about their work and the work below it."""
    desk = marina.chat(one.school.course)
    card = await wait_for(desk, f"📝 {one.person.first_name}", number)
    assert card.buttons == CARD_BUTTONS

    async def copied() -> list[Message]:
        wanted = f"work of {one.person.first_name}, try {number}"
        return [message for message in await desk.messages() if wanted in message.text]

    return card, (await eventually(copied))[0]


async def _hand_in(one: Buyer, number: int) -> None:
    await one.lessons.send(f"The work of {one.person.first_name}, try {number}")
    await one.lessons.expect(one.words.received)


async def _review(one: Buyer, marina: Person) -> None:
    desk = marina.chat(one.school.course)
    await one.lessons.expect("Exercise 1|Задание 1")
    await _hand_in(one, 1)
    card, work = await _card(one, marina, 1)
    answer = f"Shorter, {one.person.first_name} & <b>faster</b>"
    await desk.reply(work, answer)
    told = await one.lessons.expect(one.words.answered)
    assert answer in told.text
    decide = await below(desk, card)
    assert decide.text == "Ответ ушёл студенту. Что с работой?"
    assert await desk.press(CARD_BUTTONS[1], decide) == "Отправлено на доработку."
    await one.lessons.expect(one.words.needs_work)
    await _hand_in(one, 2)
    again, _ = await _card(one, marina, 2)
    assert await desk.press(CARD_BUTTONS[0], again) == "Принято, студент узнает."
    await one.lessons.expect(one.words.accepted)


async def _accepted(one: Buyer, marina: Person) -> None:
    await _hand_in(one, 3)
    card, _ = await _card(one, marina, 3)
    await marina.chat(one.school.course).press(CARD_BUTTONS[0], card)
    await one.lessons.expect(one.words.accepted)


async def _automatic(one: Buyer, said: str = "") -> None:
    await one.lessons.send("My letter, rewritten")
    await one.lessons.expect((said and "On we go") or one.words.automatic)


async def _press_done(one: Buyer) -> None:
    """Each lesson's button still takes its press, and says nothing more."""
    lesson = next(message for message in await one.lessons.messages() if message.buttons)
    await one.lessons.press(lesson.buttons[0], lesson)
    after = await message_after(one.lessons, lesson)
    assert after.sender_id
