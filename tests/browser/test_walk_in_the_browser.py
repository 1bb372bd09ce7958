"""The whole way from a partner's link to the end of the course, pressed on the page; every screen leaves a picture."""

import re

import pytest
from playwright.async_api import expect

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen
from tests.browser.screen import DESKTOP, PHONE, Look, Screen
from tests.stories.people import WORDS, Words, ask_for_figures, become_partner
from tests.stories.people import buyer as newcomer
from tests.stories.school import School

pytestmark = pytest.mark.asyncio(loop_scope="session")
NAMES = {"en": "Anna", "ru": "Анна"}
PLUS_HOUR, PLUS_DAY = re.compile(r"^\+1 (h|ч)$"), re.compile(r"^\+1 (day|день)$")
EXERCISE = {"en": "Exercise", "ru": "Задание"}
REPLY = re.compile("^(Reply|Ответить)$")
OK = re.compile("^(OK|Хорошо)$")
START = re.compile("^(Start|Старт)$")
LOOKS = [
    pytest.param(Look("ru", PHONE)),
    *(
        pytest.param(look, marks=pytest.mark.faults)
        for look in (Look("ru", DESKTOP), Look("en", PHONE), Look("en", DESKTOP))
    ),
]


class Walk:
    """A buyer and the curator on one page, and what they press."""

    def __init__(self, screen: Screen, words: Words, school: School) -> None:
        self.screen = screen
        self.words = words
        self.school = school
        self.shots = 0

    async def shot(self, name: str) -> None:
        self.shots += 1
        await self.screen.shot(f"walk-{self.shots:02}-{name}")

    async def as_buyer(self, chat: str = "") -> None:
        await self._as(self.buyer)
        if chat:
            await self.screen.enter(chat)

    async def as_curator(self) -> None:
        await self._as(self.curator)
        await self.screen.enter(self.school.course.name)

    async def _as(self, name: str) -> None:
        """A phone shows one person at a time; a desktop has both side by side."""
        self.screen.as_person(name)
        if not await self.screen.pane.is_visible():
            await self.screen.page.get_by_role("navigation").get_by_role("button", name=name).click()

    @property
    def buyer(self) -> str:
        return NAMES[self.screen.look.language]

    @property
    def curator(self) -> str:
        return "Marina"

    async def later(self, button: re.Pattern[str]) -> None:
        await (
            self.screen.page.get_by_role("group", name=re.compile("Clock|Часы"))
            .get_by_role("button", name=button)
            .click()
        )


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_the_whole_path_is_walked_by_pressing(
    look: Look, new_school: School, people: SandboxClient, telegram: str, open_screen: OpenScreen
) -> None:
    buyer = await people.person(NAMES[look.language], language_code=look.language)
    screen = await open_screen(telegram, look, person=str(buyer.id))
    walk = Walk(screen, WORDS[look.language], new_school)
    partner = await newcomer(people, new_school, "en", "Petra")
    link, _ = await become_partner(partner)
    await _curator_starts(walk)
    await _follow(walk, link)
    await _buy(walk)
    await _join_the_group(walk)
    await _open_the_course(walk)
    await _hand_in_and_correct(walk)
    await _go_on_to_the_end(walk)
    assert (await ask_for_figures(partner))[1] == [1, 1, 1]
    await new_school.assert_well(people)


async def _follow(walk: Walk, link: str) -> None:
    """A partner's link leads to a chat that waits for Start."""
    await walk.as_buyer()
    await walk.screen.pane.get_by_role("textbox", name=re.compile("t.me")).fill(link)
    await walk.screen.page.keyboard.press("Enter")
    await expect(walk.screen.pane.get_by_role("heading", name=walk.school.sales.name)).to_be_visible()


async def _curator_starts(walk: Walk) -> None:
    await walk.shot("list")
    bar = walk.screen.page.get_by_role("navigation")
    await bar.get_by_role("button", name=walk.curator).click()
    await walk.as_curator()
    await walk.screen.pane.get_by_role("button", name=START).click()
    await walk.screen.see("Сюда будут приходить работы")
    await walk.shot("curator")


async def _buy(walk: Walk) -> None:
    screen, words = walk.screen, walk.words
    await walk.shot("empty-chat")
    await screen.pane.get_by_role("button", name=START).click()
    await expect(screen.log.get_by_text("/start", exact=True)).to_be_visible()
    for button, name in (
        (words.agree, "consent"),
        (words.inside, "hello"),
        (words.choose, "inside"),
        (words.feedback, "tariffs"),
    ):
        await expect(screen.button(button)).to_be_visible()
        await walk.shot(name)
        await screen.press(button)
    await screen.see(words.wait)
    await walk.shot("payment")
    await walk.later(PLUS_HOUR)
    await screen.see(words.paid)
    await expect(screen.button(words.open_course)).to_be_visible()
    await walk.shot("paid")


async def _join_the_group(walk: Walk) -> None:
    screen = walk.screen
    group = f"Together {walk.school.sales.name.split()[-1]}"
    await screen.message(walk.words.groups).get_by_role("button").first.click()
    sheet = screen.pane.get_by_role("dialog", name=group)
    await expect(sheet).to_be_visible()
    await walk.shot("invitation")
    await sheet.get_by_role("button", name=re.compile("^(Ask to join|Подать заявку)$")).click()
    await screen.enter(group)
    await expect(screen.log.get_by_text(walk.buyer)).to_be_visible()
    await walk.shot("group")


async def _open_the_course(walk: Walk) -> None:
    screen = walk.screen
    await screen.enter(walk.school.sales.name)
    await screen.press(walk.words.open_course)
    await screen.pane.get_by_role("button", name=START).click()
    await screen.see(f"{walk.words.day} 1")
    await screen.see(EXERCISE[walk.screen.look.language] + " 1")
    await walk.shot("first-lesson")


async def _hand_in(walk: Walk, text: str) -> None:
    await walk.as_buyer(walk.school.course.name)
    await walk.screen.write(text)
    await walk.screen.see(walk.words.received)


async def _decide(walk: Walk, work: str, button: str, shot: str = "") -> None:
    await walk.as_curator()
    await walk.screen.see(work)
    if shot:
        await walk.shot(shot)
    await walk.screen.press(button)
    note = walk.screen.pane.get_by_role("dialog")
    await expect(note).to_contain_text(re.compile("студент узнает|на доработку"))
    if shot:
        await walk.shot(f"{shot}-decided")
    await note.get_by_role("button", name=OK).click()


async def _hand_in_and_correct(walk: Walk) -> None:
    screen, words = walk.screen, walk.words
    await _hand_in(walk, "My letter, <b>first</b> try")
    await walk.shot("handed-in")
    await walk.as_curator()
    await screen.see("first</b> try")
    await walk.shot("card")
    await screen.menu_of("first</b> try", REPLY)
    await screen.write("Shorter & faster")
    await walk.as_buyer(walk.school.course.name)
    await screen.see("Shorter & faster")
    await _decide(walk, "first</b> try", "На доработку")
    await walk.as_buyer(walk.school.course.name)
    await screen.see(words.needs_work)
    await walk.shot("to-correct")
    await _hand_in(walk, "My letter, second try")
    await _decide(walk, "second try", "Принять", "card-again")
    await walk.as_buyer(walk.school.course.name)
    await screen.see(words.accepted)
    await walk.shot("accepted")


async def _go_on_to_the_end(walk: Walk) -> None:
    screen, words = walk.screen, walk.words
    for day in (2, 3, 4):
        await walk.later(PLUS_DAY)
        await screen.see(f"{words.day} {day}")
        await walk.shot(f"day-{day}")
    await screen.see(EXERCISE[screen.look.language] + " 2")
    # The last lesson waits for the exercise, not only for its day.
    await walk.later(PLUS_DAY)
    await _hand_in(walk, "Before and after")
    await _decide(walk, "Before and after", "Принять")
    await walk.as_buyer(walk.school.course.name)
    await screen.see(f"{words.day} 5")
    await screen.see(words.over)
    await walk.shot("the-end")
