"""An author makes and sells what people buy, without a file or a terminal: a scenario, a course, a tariff, a promo code."""

import asyncio
from pathlib import Path

import pytest

from sandbox.client.client import SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.desk import Desk
from tests.stories.money_words import hear
from tests.stories.people import Buyer, buyer, desk_in, start, wait_for
from tests.stories.school import School

WORDS = {
    "ru": {
        "scenario": "Весенний набор", "hello": "Привет! Вот наша школа.", "more": "Подробнее - https://example.com",
        "then": "А теперь приходите на курс.", "changed": "Приходите на курс уже сегодня!", "course": "Письма без страха",
        "lesson": "День {}. Письмо", "task": "Напишите одно письмо.", "tariff": "Всё сразу", "price": "1 990,50 ₽", "thanks": "Спасибо!",
    },
    "en": {
        "scenario": "Spring intake", "hello": "Hello! This is our school.", "more": "Read more - https://example.com",
        "then": "Now come to the course.", "changed": "Come to the course today!", "course": "Letters without fear",
        "lesson": "Day {}. A letter", "task": "Write one letter.", "tariff": "All at once", "price": "1990.50", "thanks": "Thank you!",
    },
}  # fmt: skip
CODE = "SPRING15"


@pytest.fixture
async def desk(
    request: pytest.FixtureRequest,
    tg: SandboxClient,
    school: School,
    open_school: OpenSchool,
    migrated_sqlite: Path,
) -> Desk:
    """The shared school's author speaks Russian; who speaks English has a school of their own."""
    language = request.param
    if language == "ru":
        return Desk(await desk_in(tg, school, school.sales), school, language)
    author = await tg.person("Marina", language_code=language)
    own = await asyncio.to_thread(open_school, ADMIN_IDS=str(author.id))
    await asyncio.to_thread(own.install)
    await asyncio.to_thread(own.start)
    return Desk(await start(author, own.sales), own, language)


@pytest.mark.parametrize("desk", ["ru", pytest.param("en", marks=pytest.mark.faults)], indirect=True)
async def test_an_author_makes_what_somebody_buys(tg: SandboxClient, desk: Desk) -> None:
    words = WORDS[desk.language]
    await make_scenario(desk, words)
    reader = await buyer(tg, desk.school, desk.language, "Rita")
    await reader.person.start(desk.school.sales, await find_payload(desk))
    await reader.shop.expect()
    await reader.shop.press(reader.words.agree)
    await wait_for(reader.shop, words["hello"])
    await change_while_somebody_waits(desk, words)
    await wait_for(reader.shop, words["changed"])
    await make_course(desk, words)
    await sell(desk, words)
    await buy_and_learn(desk, await buyer(tg, desk.school, desk.language, "Bella"), words)
    await take_off_sale(desk, words)
    await desk.school.assert_well(tg)


async def make_scenario(desk: Desk, words: dict[str, str]) -> None:
    """Name, no product, no summary, a message with a photo and a button, another one an hour later."""
    await desk.write("/create_scenario", "wizard-ask-general-name")
    await desk.write(words["scenario"], "wizard-ask-product_name")
    await desk.tap(
        ("wizard-do-skip", "wizard-section-general"),
        ("wizard-do-confirm", "wizard-ask-summary-text"),
        ("wizard-do-skip", "wizard-ask-photos"),
        ("wizard-do-without", "wizard-section-summary"),
        ("wizard-do-confirm", "wizard-ask-message-text"),
    )
    await desk.write(words["hello"], "wizard-ask-photos")
    await desk.photo()
    await desk.look()
    await desk.tap(("wizard-do-done", "wizard-ask-timing"), ("wizard-wait-none", "wizard-ask-buttons"))
    await desk.write(words["more"], "wizard-section-message")
    await desk.tap(("wizard-do-confirm", "wizard-more-scenario"))
    await desk.tap(("wizard-do-add-message", "wizard-ask-message-text"))
    await desk.write(words["then"], "wizard-ask-photos")
    await desk.tap(("wizard-do-without", "wizard-ask-timing"))
    await desk.write("1:00", "wizard-ask-buttons")
    await desk.tap(
        ("wizard-do-skip", "wizard-section-message"), ("wizard-do-confirm", "wizard-more-scenario")
    )
    await desk.preview("wizard-more-scenario")
    await desk.look()
    shown = [one for one in await desk.chat.messages() if words["hello"] in one.raw.get("caption", one.text)]
    assert "photo" in shown[-1].raw
    await desk.tap(("wizard-do-to-publish", "wizard-publish"))
    await desk.tap(("wizard-do-publish-now", "wizard-published-scenario"))


async def find_payload(desk: Desk) -> str:
    """The link the last screen gives."""
    assert desk.screen is not None
    return next(word for word in desk.screen.text.split() if "start=" in word).partition("start=")[2]


async def change_while_somebody_waits(desk: Desk, words: dict[str, str]) -> None:
    """The second message comes at once and says something else; who waits for it is moved."""
    await desk.write("/edit_scenario", "wizard-which-scenario")
    await desk.look()
    await desk.press(words["scenario"], "wizard-home-scenario")
    await desk.tap(("wizard-do-list-scenario", "wizard-list"))
    await desk.press(words["then"], "wizard-waits")
    await desk.look()
    await desk.tap(("wizard-do-edit", "wizard-pick"), ("wizard-pick-text", "wizard-ask-message-text"))
    await desk.write(words["changed"], "wizard-section-message")
    await desk.tap(
        ("wizard-do-edit", "wizard-pick"),
        ("wizard-pick-timing", "wizard-ask-timing"),
        ("wizard-wait-none", "wizard-section-message"),
        ("wizard-do-confirm", "wizard-kept"),
        ("wizard-do-list", "wizard-list"),
        ("wizard-do-home", "wizard-home-scenario"),
        ("wizard-do-publish", "wizard-publish-how"),
    )
    await desk.look()
    await desk.tap(("wizard-do-publish-move", "wizard-published-scenario"))


async def make_course(desk: Desk, words: dict[str, str]) -> None:
    """Two lessons and a task, published; nobody comes in yet."""
    await desk.write("/create_course", "wizard-ask-course-name")
    await desk.write(words["course"], "wizard-section-course")
    await desk.tap(("wizard-do-confirm", "wizard-ask-title"))
    await add_lesson(desk, words["lesson"].format(1), "0")
    await desk.tap(("wizard-do-add-lesson", "wizard-ask-title"))
    await add_lesson(desk, words["lesson"].format(2), "2 9:00")
    await desk.tap(("wizard-do-add-assignment", "wizard-ask-assignment-text"))
    await desk.write(words["task"], "wizard-ask-photos")
    await desk.tap(("wizard-do-without", "wizard-ask-accepts"), ("wizard-do-without", "wizard-ask-stop"))
    await desk.tap(("wizard-stop-stop", "wizard-ask-answer"))
    await desk.write(words["thanks"], "wizard-ask-criteria")
    await desk.tap(("wizard-do-skip", "wizard-section-assignment"))
    await desk.look()
    await desk.tap(
        ("wizard-do-confirm", "wizard-more-course"),
        ("wizard-do-to-publish", "wizard-publish"),
        ("wizard-do-publish-now", "wizard-published-shut"),
    )
    await desk.look()


async def add_lesson(desk: Desk, title: str, day: str) -> None:
    """From its title to its confirmation."""
    await desk.write(title, "wizard-ask-lesson-text")
    await desk.write(title, "wizard-ask-photos")
    await desk.tap(("wizard-do-without", "wizard-ask-day"))
    await desk.look()
    await desk.write(day, "wizard-ask-done")
    await desk.tap(
        ("wizard-done-button", "wizard-ask-buttons"),
        ("wizard-do-skip", "wizard-section-lesson"),
        ("wizard-do-confirm", "wizard-more-course"),
    )


async def sell(desk: Desk, words: dict[str, str]) -> None:
    """A tariff that opens the course, and a promo code for it."""
    await desk.write("/create_tariff", "wizard-ask-course")
    await desk.press(words["course"], "wizard-ask-tariff-name")
    await desk.write(words["tariff"], "wizard-ask-currency")
    await desk.tap(("wizard-currency-RUB", "wizard-ask-price"))
    await desk.write(words["price"], "wizard-ask-period")
    await desk.tap(("wizard-period-once", "wizard-ask-rights"))
    await desk.tap(("wizard-right-feedback", "wizard-ask-rights"))
    await desk.look()
    await desk.tap(("wizard-do-done", "wizard-ask-groups"), ("wizard-do-without", "wizard-ask-description"))
    await desk.look()
    await desk.write(words["task"], "wizard-section-tariff")
    await desk.look()
    await desk.tap(("wizard-do-confirm", "wizard-saved"))
    await desk.write("/create_promo", "wizard-ask-code")
    await desk.write(CODE, "wizard-ask-off")
    await desk.write("15%", "wizard-ask-tariffs")
    await desk.look()
    await desk.press(words["tariff"], "wizard-ask-tariffs")
    await desk.tap(("wizard-do-done", "wizard-ask-limit"), ("wizard-do-skip", "wizard-ask-per_person"))
    await desk.press("1", "wizard-ask-until")
    await desk.tap(("wizard-do-skip", "wizard-section-promo"))
    await desk.look()
    await desk.tap(("wizard-do-confirm", "wizard-saved"))


async def buy_and_learn(desk: Desk, one: Buyer, words: dict[str, str]) -> None:
    """By the code's link to the price, the payment and the first lesson."""
    await start(one.person, one.school.sales, f"promo_{CODE}")
    await one.shop.press(one.words.agree)
    await hear(one.shop, "promo-entered", desk.language)
    await one.shop.press(words["course"])  # there is another one
    prices = await hear(one.shop, "price-with-promo", desk.language)
    assert words["tariff"] in str(prices.buttons), prices
    await one.pay(words["tariff"])
    await one.open_course()
    await wait_for(one.lessons, words["lesson"].format(1))


async def take_off_sale(desk: Desk, words: dict[str, str]) -> None:
    """Neither is there for the next who comes."""
    await desk.press(CODE, "wizard-promo-used")
    await desk.tap(("wizard-do-act-end", "wizard-ask-act-end"), ("wizard-do-act-end", "wizard-promo-stopped"))
    await desk.write("/tariffs", "wizard-list-tariff")
    await desk.look()
    await desk.press(words["tariff"], "wizard-tariff-rights")
    await desk.look()
    await desk.tap(
        ("wizard-do-act-stop", "wizard-ask-act-stop"), ("wizard-do-act-stop", "wizard-tariff-stopped")
    )
