"""The first run in the browser: from an empty school to a student's first lesson, by accessible names alone; without a mouse, and on a phone."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from sandbox.client.client import Bot, Chat, Person, SandboxClient
from tests.browser.panel_page import LOOKS, Panel, PanelLook, opened
from tests.stories.people import EN, RU, Words, has_button, wait_for
from tests.stories.school import School, eventually, furnish
from web.api.panel import BUILT

SHOP_TOKEN, LESSONS_TOKEN = "730000001:Tandem-first-run-shop", "730000002:Tandem-first-run-lessons"
LESSONS = ("Say one thing with ten words.", "Cut every second word.")
SAID = {"en": EN, "ru": RU}
PHONE = 768
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@dataclass(frozen=True)
class Empty:
    """A school with nothing in it, beside one that runs; `link` signs its owner in, `chat_page` is of the local Telegram."""

    school: School
    shop: Bot
    lessons: Bot
    link: str
    chat_page: str


@pytest.fixture
def running(telegram: str, migrated_sqlite: Path, tmp_path: Path) -> Iterator[School]:
    """A process that serves another school."""
    school = furnish(telegram, tmp_path)
    shutil.copy(migrated_sqlite, school.folder / "data" / "tandem.db")
    school.start()
    yield school
    assert school.stop() == 0


async def _found(school: School, tg: SandboxClient, language: str) -> Empty:
    """Another account, whose owner the console lets in."""
    owner = await tg.person("Vera", language_code=language)
    shop = await tg.add_bot(SHOP_TOKEN, "vera_shop_bot", "Vera's school")
    lessons = await tg.add_bot(LESSONS_TOKEN, "vera_lessons_bot", "Vera's lessons")
    added = await asyncio.to_thread(school.command, "account", "add", "Clear words", "--owner", str(owner.id))
    account = added.stdout.split()[-1]
    asked = await asyncio.to_thread(
        school.command, "login-link", "--member", str(owner.id), "--account", account
    )
    return Empty(school, shop, lessons, asked.stdout.split()[-1], tg.base_url)


WORDS = {
    "Add step": "Добавить шаг",
    "Begin": "Начать",
    "Check and connect": "Проверить и подключить",
    "Choose who takes the money": "Выбрать, кто принимает деньги",
    "Connect": "Подключить",
    "Connect a bot": "Подключить бота",
    "Connect Test money": "Подключить Тестовые деньги",
    "Copy the link": "Скопировать ссылку",
    "Flows": "Курсы и сценарии",
    "Home": "Главная",
    "I have tried it": "Я уже попробовал(а)",
    "Lesson": "Урок",
    "Main": "Разделы",
    "Menu": "Меню",
    "Money": "Деньги",
    "Name": "Название",
    "New flow": "Новый",
    "New tariff": "Новый тариф",
    "Price": "Цена",
    "Publish": "Опубликовать",
    "Publish now": "Опубликовать сейчас",
    "Published as version 1": "Опубликовано: версия 1",
    "Put on sale": "Начать продажи",
    "Saved ": "Сохранено ",
    "Set a price": "Назначить цену",
    "Settings": "Настройки",
    "Text": "Текст",
    "Title": "Название",
    "To the content": "К содержанию",
    "To your first sale": "До первой продажи",
    "Token": "Токен",
    "Try it as a student": "Пройти как ученик",
    "Write a course": "Написать курс",
    "Write the course": "Написать курс",
    "takes payments": "принимает оплату",
}


class Author:
    """Whoever sits before the panel, and presses only what has a name."""

    def __init__(self, panel: Panel) -> None:
        self.page, self.look = panel.page, panel.look

    def say(self, words: str) -> str:
        """The words in the language of the panel."""
        return WORDS[words] if self.look.language == "ru" else words

    async def act(self, target: Locator) -> None:
        """Press it."""
        await target.click()

    async def write(self, target: Locator, text: str) -> None:
        """Fill a field in."""
        await target.fill(text)

    async def choose(self, name: str) -> None:
        """An item of the open menu."""
        await self.page.get_by_role("menuitem", name=self.say(name), exact=True).click()

    async def press(self, name: str, within: Locator | None = None) -> None:
        """A button or a link."""
        place, said = within or self.page.locator("body"), self.say(name)
        button = place.get_by_role("button", name=said, exact=True)
        await self.act(button.or_(place.get_by_role("link", name=said, exact=True)).first)

    def field(self, name: str, within: Locator | None = None) -> Locator:
        """The last field of that name: a form that has just come stands last."""
        return (within or self.page.locator("body")).get_by_role("textbox", name=self.say(name)).last

    async def dialog(self) -> Locator:
        """The dialog that opens, when it has taken the keys."""
        dialog = self.page.get_by_role("dialog")
        await expect(dialog.locator("*:focus").first).to_be_visible()
        return dialog

    async def is_at(self, screen: str) -> None:
        """The screen is open."""
        await expect(self.page.get_by_role("heading", level=1, name=self.say(screen))).to_be_visible()

    async def follow(self, name: str, screen: str) -> None:
        """A button of the first page, which leads to a screen."""
        await self.act(self.page.get_by_role("main").get_by_role("link", name=self.say(name), exact=True))
        await self.is_at(screen)

    async def enter(self, screen: str) -> None:
        """A screen by the navigation, which a phone has behind a button."""
        if self.look.width < PHONE:
            await self.press("Menu")
        navigation = self.page.get_by_role("navigation", name=self.say("Main"))
        await self.act(navigation.get_by_role("link", name=self.say(screen), exact=True))
        await self.is_at(screen)

    async def go_home(self, expected: str) -> None:
        """To the first page, where the next step has this name."""
        await self.enter("Home")
        step = self.page.get_by_role("listitem").filter(has_text=self.say(expected))
        await expect(step).to_have_attribute("aria-current", "step")

    async def connect_bot(self, token: str, shown: str) -> None:
        """By the token that BotFather gave."""
        await self.press("Connect a bot")
        dialog = await self.dialog()
        await self.write(self.field("Token", dialog), token)
        await self.press("Connect", dialog)
        await expect(dialog).to_have_count(0)
        await expect(self.page.get_by_role("link", name=shown)).to_be_visible()

    async def write_course(self, name: str) -> None:
        """A lesson on each day."""
        await self.press("New flow")
        dialog = await self.dialog()
        await self.write(self.field("Name", dialog), name)
        await self.press("Begin", dialog)
        await self.is_open(name)
        for number, text in enumerate(LESSONS, 1):
            await self.press("Add step")
            await self.choose("Lesson")
            await expect(self.page.get_by_role("menu")).to_have_count(0)
            await expect(self.page.locator("[id^=step-lesson]")).to_have_count(number)
            await self.write(self.field("Title"), text[:20])
            await self.write(self.field("Text"), text)
        await expect(self.page.get_by_role("status").first).to_contain_text(self.say("Saved "))
        await self.press("Publish")
        await self.press("Publish now", await self.dialog())
        await expect(self.page.get_by_text(self.say("Published as version 1"))).to_be_visible()
        await expect(self.page.get_by_role("dialog")).to_have_count(0)

    async def is_open(self, name: str) -> None:
        """The flow of that name is open."""
        await expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    async def set_price(self, name: str, price: str) -> None:
        """What the course costs."""
        await self.press("New tariff")
        dialog = await self.dialog()
        await self.write(self.field("Name", dialog), name)
        await self.write(self.field("Price", dialog), price)
        await self.press("Put on sale", dialog)
        await expect(dialog).to_have_count(0)

    async def take_test_money(self) -> None:
        """Nobody pays yet."""
        await self.press("Connect Test money")
        dialog = await self.dialog()
        await self.press("Check and connect", dialog)
        await expect(dialog).to_have_count(0)
        await expect(self.page.get_by_text(self.say("takes payments"))).to_be_visible()


class ByKeys(Author):
    """The same without a mouse: Tab goes there, and wherever it comes through it is seen where one is."""

    async def act(self, target: Locator) -> None:
        await self._reach(target)
        await self.page.keyboard.press("Enter")

    async def write(self, target: Locator, text: str) -> None:
        await self._reach(target)
        await self.page.keyboard.press("ControlOrMeta+a")
        await self.page.keyboard.type(text)
        await expect(target).to_have_value(text)

    async def choose(self, name: str) -> None:
        item = self.page.get_by_role("menuitem", name=self.say(name), exact=True)
        await expect(item).to_be_visible()
        await self._reach(item, "ArrowDown")
        await self.page.keyboard.press("Enter")

    async def skip(self) -> None:
        """The first key leads past the navigation."""
        await self._reach(self.page.get_by_role("link", name=self.say("To the content")))
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("main")).to_be_focused()

    async def walk(self) -> None:
        """Through everything once: in the order in which it is read, out at the end, and never stuck."""
        await self.page.get_by_role("link", name=self.say("To the content")).focus()
        await self.page.evaluate("() => { window.stops = [document.activeElement] }")
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press("Tab")
            if not await self.page.evaluate(NOTE_STOP):
                break
        assert await self.page.evaluate("window.stops.length") > MOST_STOPS / 20
        assert await self.page.evaluate(DISORDER) == []

    async def _reach(self, target: Locator, key: str = "Tab") -> None:
        await expect(target).to_be_visible()
        await expect(target).to_be_enabled()
        for _ in range(MOST_STOPS):
            if await target.evaluate("target => target === document.activeElement"):
                return
            await self.page.keyboard.press(key)
            assert (unseen := await self.page.evaluate(FIND_UNSEEN)) is None, unseen
        raise AssertionError(f"no key leads to {target}")


MOST_STOPS = 200
FIND_UNSEEN = """() => {
  const at = document.activeElement;
  if (at === document.body || at.getAttribute("tabindex") === "-1") return null;
  const looks = [at, at.nextElementSibling, at.parentElement].filter(Boolean).map(each => getComputedStyle(each));
  const isMarked = looks.some(look => (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none");
  const isField = at.matches("input, textarea, select"); // the caret, and a border of its own colour
  const { width, height } = at.getBoundingClientRect();
  return (isMarked || isField) && width > 0 && height > 0 ? null : at.outerHTML.slice(0, 200);
}"""
NOTE_STOP = """() => {
  const at = document.activeElement;
  if (at === document.body || window.stops.includes(at)) return false;
  window.stops.push(at);
  return true;
}"""
DISORDER = """() => window.stops.slice(1)
  .filter((each, at) => each.compareDocumentPosition(window.stops[at]) & Node.DOCUMENT_POSITION_FOLLOWING)
  .map(each => each.outerHTML.slice(0, 120))"""


async def test_from_an_empty_school_to_the_first_lesson_by_keys_alone(
    browser: Browser, running: School, people: SandboxClient, pictures: Path | None
) -> None:
    await _take_the_path(browser, running, people, pictures, LOOKS[0], ByKeys)


@pytest.mark.faults
async def test_from_an_empty_school_to_the_first_lesson_on_a_phone_in_russian(
    browser: Browser, running: School, people: SandboxClient, pictures: Path | None
) -> None:
    await _take_the_path(browser, running, people, pictures, LOOKS[1], Author)


async def _take_the_path(
    browser: Browser,
    running: School,
    people: SandboxClient,
    pictures: Path | None,
    look: PanelLook,
    sits: type[Author],
) -> None:
    empty = await _found(running, people, look.language)
    async with opened(browser, running.address, look, pictures) as panel:
        author = sits(panel)
        await _set_up(panel, author, empty)
        link = await panel.page.get_by_role("link", name="https://t.me/").get_attribute("href")
        assert link == "https://t.me/vera_shop_bot"
        await author.press("Copy the link")
        await expect(panel.page.get_by_role("heading", name=author.say("To your first sale"))).to_have_count(
            0
        )
        await _buy(
            people, await people.person("Ben", language_code=look.language), empty, SAID[look.language]
        )
        await author.enter("Money")
        await expect(panel.page.get_by_role("link", name="Ben")).to_be_visible()
        assert panel.complaints == []


async def _set_up(panel: Panel, author: Author, empty: Empty) -> None:
    await panel.page.context.grant_permissions(["clipboard-write"])
    await panel.page.goto(empty.link.replace("/panel/login", f"/panel/login?lang={panel.look.language}"))
    await expect(panel.page.get_by_role("heading", name=author.say("To your first sale"))).to_be_visible()
    student = panel.page.get_by_role("link", name=author.say("Try it as a student"))
    await expect(student).to_have_attribute("href", empty.chat_page)
    await panel.must_be_fit("first-run-empty")
    if isinstance(author, ByKeys):
        await author.walk()
        await author.skip()
    await author.follow("Connect a bot", "Settings")
    await author.connect_bot(SHOP_TOKEN, "@vera_shop_bot")
    await author.connect_bot(LESSONS_TOKEN, "@vera_lessons_bot")
    await panel.must_be_fit("settings-bots")
    await author.go_home("Write a course")
    await author.follow("Write the course", "Flows")
    await author.write_course("Clear words")
    if isinstance(author, ByKeys):
        await author.walk()
    await author.go_home("Set a price")
    await author.follow("Set a price", "Money")
    await author.set_price("Basic", "4900")
    await panel.must_be_fit("money-tariffs")
    await author.go_home("Set a price")
    await author.follow("Choose who takes the money", "Settings")
    await author.take_test_money()
    await panel.must_be_fit("settings-payment")
    await author.go_home("Try it as a student")
    await author.press("I have tried it")
    await expect(panel.page.get_by_role("button", name=author.say("Copy the link"))).to_be_visible()
    await panel.must_be_fit("first-run-link")


async def _buy(tg: SandboxClient, student: Person, empty: Empty, said: Words) -> None:
    """Through the shop into the course."""
    shop: Chat = student.chat(empty.shop)
    await student.start(empty.shop)
    await eventually(lambda: has_button(shop, said.agree))
    await shop.press(said.agree)
    await wait_for(shop, "Basic")
    await shop.press("Basic")
    await wait_for(shop, said.wait)
    await tg.clock.advance(seconds=6)
    await wait_for(shop, said.paid.rstrip(": "))
    await eventually(lambda: has_button(shop, said.open_course))
    await shop.press(said.open_course)
    await wait_for(student.chat(empty.lessons), LESSONS[0])
