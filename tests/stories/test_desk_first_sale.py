"""Two tokens, and an owner with a phone: from the code on the console to somebody who has bought; nothing else of a terminal."""

import asyncio
import re
from collections.abc import Mapping

import pytest

from core.text.catalog import say
from sandbox.client.client import Message, SandboxClient
from sandbox.providers.prodamus import KEY
from tests.stories.conftest import OpenSchool
from tests.stories.desk import Desk
from tests.stories.money_words import hear
from tests.stories.people import Buyer, buyer, has_button, wait_for
from tests.stories.school import PATIENCE, School, eventually

WORDS = {
    "ru": {
        "school": "Письма без страха", "course": "Письма за неделю", "lesson": "Первое письмо", "tariff": "Всё сразу",
        "price": "1 990 ₽", "pay": "Оплатить",
    },
    "en": {
        "school": "Letters without fear", "course": "Letters in a week", "lesson": "The first letter", "tariff": "All at once",
        "price": "1990", "pay": "Pay",
    },
}  # fmt: skip
OFFER, POLICY = "example.com/offer", "https://example.com/privacy"
LINK = re.compile(r"https://t\.me/\w+\?start=own_\S+")
FIELDS = {"can_invite_users": True, "can_restrict_members": True}


@pytest.fixture
async def owner(
    request: pytest.FixtureRequest, tg: SandboxClient, telegram: str, open_school: OpenSchool
) -> Desk:
    """Somebody who has opened the link of the console; the school has two tokens and nothing else."""
    school = await asyncio.to_thread(open_school, bare=True)
    for name in ("ADMIN_IDS", "COMMUNITY_CHATS"):
        del school.env[name]
    school.chats = {}
    await asyncio.to_thread(school.start)
    link = await eventually(lambda: find_link(school))
    person = await tg.person("Marina", language_code=request.param)
    await tell_where_to_tell(tg, telegram, school)
    desk = Desk(await person.open(link), school, request.param, prefix="setup")
    desk.screen = await hear(desk.chat, "wizard-ask-school", desk.language)
    desk.pressed += 1  # the link
    return desk


async def find_link(school: School) -> str:
    found = LINK.search(school.console.read_text()) if school.console.exists() else None
    return found[0] if found else ""


async def tell_where_to_tell(tg: SandboxClient, telegram: str, school: School) -> None:
    """The provider of this machine sends its notifications to the address that stands in its cabinet."""
    del telegram
    wish = {"notify": {"prodamus": f"{school.address}/payments/prodamus"}, "troubles": []}
    await tg._link.post("/sandbox/providers", wish)


@pytest.mark.parametrize("owner", ["ru", pytest.param("en", marks=pytest.mark.faults)], indirect=True)
async def test_from_two_tokens_to_a_sale(tg: SandboxClient, owner: Desk) -> None:
    words = WORDS[owner.language]
    await owner.look()
    await found(owner, words)
    await make_course(owner, words)
    await make_tariff(owner, words)
    await give_group(tg, owner)
    link = await read_link(owner)
    steps = f"{owner.pressed} presses, {owner.written} messages"
    await take_money(owner, telegram=tg.base_url)
    await see_that_all_is_well(owner)
    await sell_to(await buyer(tg, owner.school, owner.language, "Bella"), link, words)
    print(
        f"from two tokens to the link that sells: {steps}; the payment provider: {owner.pressed} and {owner.written} in all"
    )
    assert "own_" not in owner.school.log_path.read_text()
    await owner.school.assert_well(tg)


async def found(owner: Desk, words: Mapping[str, str]) -> None:
    """The name and the papers; what is no address is asked again."""
    await owner.write(words["school"], "wizard-ask-offer")
    await owner.look()
    await owner.write("ftp://nowhere", "refused-page-address")
    await owner.write(OFFER, "wizard-ask-policy")
    await owner.write(POLICY, "setup-course")
    await owner.look()
    await owner.tap(("setup-do-home", "setup-home"))
    await owner.look()
    step = say("setup-step-course", owner.language)
    await owner.press(say("setup-do-next", owner.language, {"step": step}), "setup-course")


async def make_course(owner: Desk, words: Mapping[str, str]) -> None:
    """The first lesson by hand, published."""
    await owner.leave_for(say("setup-do-lesson", owner.language), "wizard-ask-course-name")
    await owner.look()
    await owner.write(words["course"], "wizard-section-course")
    await owner.tap(("wizard-do-confirm", "wizard-ask-title"))
    await owner.write(words["lesson"], "wizard-ask-lesson-text")
    await owner.write(words["lesson"], "wizard-ask-photos")
    await owner.tap(("wizard-do-without", "wizard-ask-day"), ("wizard-drip-none", "wizard-ask-done"))
    await owner.tap(
        ("wizard-done-button", "wizard-ask-buttons"),
        ("wizard-do-skip", "wizard-section-lesson"),
        ("wizard-do-confirm", "wizard-more-course"),
        ("wizard-do-to-publish", "wizard-publish"),
        ("wizard-do-publish-now", "wizard-published-led"),
    )
    await owner.hear("setup-now-course")
    await owner.look()


async def make_tariff(owner: Desk, words: Mapping[str, str]) -> None:
    """Its price, once, without rights and without a group, of which the bot knows two."""
    await owner.leave_for(say("setup-do-tariff", owner.language), "wizard-ask-course")
    await owner.press(words["course"], "wizard-ask-tariff-name")
    await owner.write(words["tariff"], "wizard-ask-currency")
    await owner.tap(("wizard-currency-RUB", "wizard-ask-price"))
    await owner.write(words["price"], "wizard-ask-period")
    await owner.tap(
        ("wizard-period-once", "wizard-ask-rights"),
        ("wizard-do-without", "wizard-ask-groups"),
        ("wizard-do-without", "wizard-ask-description"),
        ("wizard-do-skip", "wizard-section-tariff"),
        ("wizard-do-confirm", "wizard-saved"),
    )
    await owner.hear("setup-now-tariff")


async def give_group(tg: SandboxClient, owner: Desk) -> None:
    """The bot sees by itself that it may let people in."""
    await owner.look()
    group = await tg.group("Letters together", owner=owner.chat._owner)
    await group.set_bot(owner.school.sales, "administrator", FIELDS)
    await owner.hear("setup-group-whose")
    await owner.look()
    await owner.tap(("setup-do-all-tariffs", "setup-link"))


async def read_link(owner: Desk) -> str:
    """The link that sells; on this machine nothing is paid so far, and it says so."""
    assert owner.screen is not None
    assert pattern_in(owner.screen, "setup-link-test", owner.language)
    await owner.look()
    return f"https://t.me/{owner.school.sales.username}"


def pattern_in(shown: Message, key: str, language: str) -> bool:
    return say(key, language)[:40] in shown.text


async def take_money(owner: Desk, telegram: str) -> None:
    """Keys are typed, and gone from the chat as they are taken."""
    await owner.tap(("setup-do-pay", "setup-pay"))
    await owner.look()
    await owner.tap(("setup-pay-prodamus", "wizard-ask-pay_prodamus-url"))
    await owner.write(f"{telegram}/prodamus/", "wizard-ask-pay_prodamus-secret_key")
    await owner.look()
    owner.written += 1
    typed = await owner.chat.send(KEY)
    owner.screen = await hear(owner.chat, "setup-link-ready", owner.language, after=typed.id)
    await owner.look()

    async def is_gone() -> bool:
        return not any(KEY in one.text or "/prodamus/" in one.text for one in await owner.chat.messages())

    await eventually(is_gone)


async def see_that_all_is_well(owner: Desk) -> None:
    """The list has all its ticks, and nothing that waits for the owner but the address that providers cannot reach."""
    await owner.write("/setup", "setup-all-done")
    await owner.look()
    assert owner.screen is not None
    assert owner.screen.text.count("✅") == 6
    await owner.tap(("setup-do-doctor", "setup-not-well"))
    await owner.look()


async def sell_to(one: Buyer, link: str, words: Mapping[str, str]) -> None:
    """By the link to the price, the payment on the provider's page and the first lesson."""
    await one.person.open(link)
    asked = await one.shop.expect()
    assert "example.com/privacy" in str(asked.raw)
    await one.shop.press(one.words.agree)
    await eventually(lambda: has_button(one.shop, words["tariff"]))
    await one.shop.press(words["tariff"])
    await eventually(lambda: has_button(one.shop, words["pay"]))
    page = await one.shop.press(words["pay"])
    await one.person.press_page(page, "pay")
    await one.shop.expect(one.words.paid, PATIENCE)
    await eventually(lambda: has_button(one.shop, one.words.open_course))
    await one.shop.press(one.words.open_course)
    await wait_for(one.lessons, words["lesson"])
