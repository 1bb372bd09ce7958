"""People press twice, press what is old, write what nobody expects, and use links that are not theirs."""

import asyncio
import re
from collections import Counter

import pytest
from sqlalchemy import Table, func, select

from core.db.models.commerce import accesses, orders
from core.db.models.delivery import outbox
from core.db.models.people import contacts
from core.lifecycle import OutboxState
from sandbox.client.client import Chat, Message, SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.doors import come_in, link_in
from tests.stories.forging import Forger
from tests.stories.ledger import settled
from tests.stories.people import EN, Buyer, all_with, buyer, desk_in, has_button, student, wait_for
from tests.stories.school import PATIENCE, School, admin_of, eventually, group_of

NO_ACCESS = "The course is open to those who bought it"
BAD_LINK = "This link does not fit"
HUNDRED = 100


async def test_a_hundred_presses_on_a_tariff_at_once_are_one_order_one_access_one_receipt(
    anna: Buyer,
) -> None:
    offer = await anna.reach_offer()
    notes = await asyncio.gather(
        *(anna.shop.press(EN.premium, offer, timeout=PATIENCE) for _ in range(HUNDRED))
    )
    assert Counter(notes) == {
        "One moment…": 1,
        "This order is open already, the payment is under way.": HUNDRED - 1,
    }
    await anna.settle(EN.premium)
    await eventually(lambda: has_button(anna.shop, EN.open_course))
    assert len(await all_with(anna.shop, EN.paid)) == 1
    shown = {number for one in await anna.shop.messages() for number in _orders(one)}
    counts = [await _count(anna, table) for table in (orders, accesses)]
    print(f"{HUNDRED} presses on a tariff at once: orders {len(shown)}, rows of orders and accesses {counts}")
    assert len(shown) == 1
    assert counts == [1, 1]


async def _count(one: Buyer, table: Table) -> int:
    async with one.school.looking() as conn:
        her = select(contacts.c.id).where(contacts.c.telegram_id == one.person.id).scalar_subquery()
        return int(await conn.scalar(select(func.count()).where(table.c.contact_id == her)) or 0)


def _orders(message: Message) -> list[str]:
    return re.findall(r"Order (\w{6})", message.text)


async def test_what_she_has_is_not_sold_again(anna: Buyer) -> None:
    offer = await anna.reach_offer()
    await anna.pay(EN.basic)
    before = len(await anna.shop.messages())
    assert await anna.shop.press(EN.basic, offer) == EN.already_bought + "."
    assert len(await all_with(anna.shop, EN.wait)) == 1
    assert len(await anna.shop.messages()) >= before


async def test_of_two_tariffs_chosen_one_after_the_other_the_second_is_charged(anna: Buyer) -> None:
    offer = await anna.reach_offer()
    await anna.shop.press(EN.basic, offer)
    await anna.shop.press(EN.feedback, offer)
    await wait_for(anna.shop, f"Instead of “{EN.basic}” you now order “{EN.feedback}”")
    await wait_for(anna.shop, f"“{EN.feedback}”, ")
    await anna.tg.clock.advance(seconds=6)
    receipt = await wait_for(anna.shop, EN.paid)
    assert EN.feedback in receipt.text
    await anna.tg.clock.advance(seconds=7200)
    await anna.shop.send("/purchases")
    await wait_for(anna.shop, "Your tariff: ")
    said = [one.text for one in await anna.shop.messages()]
    assert sum(EN.paid in text for text in said) == sum("Your tariff: " in text for text in said) == 1


async def _joins(one: Buyer) -> None:
    """A link to the group of the tariff with feedback comes by itself, under the group's name, and lets them in."""
    invite = await wait_for(one.shop, "Here is your link to the group")
    group = await group_of(one.tg, one.school, "feedback")
    assert invite.buttons == (group.title,)
    await come_in(one.person, group, link_in(invite))


async def test_a_higher_tariff_bought_by_the_old_button_counts_at_once(anna: Buyer) -> None:
    await (await admin_of(anna.tg, anna.school)).start(anna.school.course)
    offer = await anna.reach_offer()
    await anna.pay(EN.basic)
    await anna.open_course()
    await anna.lessons.expect("Exercise 1")
    await anna.shop.press(EN.feedback, offer)
    told = await anna.shop.expect("You have “Basic” already")
    await anna.shop.press(EN.feedback, told)
    await anna.settle(EN.feedback)
    await anna.lessons.send("My letter")
    await anna.lessons.expect(EN.received)
    await _joins(anna)


async def test_an_old_button_still_shows_its_text_and_moves_nothing(anna: Buyer) -> None:
    offer = await anna.reach_offer()
    await anna.tg.clock.advance(seconds=120)
    below = "It is below, in the latest messages."
    assert await anna.shop.press(EN.inside) == below
    assert (await anna.shop.expect("What is inside")).buttons == ("Choose a tariff",)
    assert await anna.shop.press("Choose a tariff") == below
    again = await anna.shop.expect(EN.premium)
    assert (again.html, again.buttons) == (offer.html, offer.buttons)
    await anna.pay(EN.basic)
    await eventually(lambda: has_button(anna.shop, EN.open_course))
    await anna.tg.clock.advance(seconds=120)
    past = "You are past this step already. /start shows where you are now."
    assert await anna.shop.press("Choose a tariff") == past
    assert await _count(anna, orders) == 1


async def test_nobody_presses_somebody_elses_button(anna: Buyer, tg: SandboxClient, school: School) -> None:
    offer = await anna.reach_offer()
    eve = await buyer(tg, school, "en", "Eve")
    await eve.person.start(school.sales)
    await eve.shop.expect()
    forger = Forger(tg, school.sales, eve.person)
    for row in offer.rows:
        assert await forger.press(row[0]["callback_data"]) == EN.expired + "."
    assert await all_with(eve.shop, EN.wait) == []
    assert await all_with(anna.shop, EN.wait) == []


async def test_a_button_is_no_use_in_the_other_bot(anna: Buyer, tg: SandboxClient, school: School) -> None:
    offer = await anna.reach_offer()
    await anna.person.start(school.course)
    forger = Forger(tg, school.course, anna.person)
    assert await forger.press(offer.rows[0][0]["callback_data"]) == EN.expired + "."


async def test_unknown_words_are_answered(anna: Buyer) -> None:
    await anna.reach_offer()
    await anna.shop.send("/purchases")
    await anna.shop.expect("You have not bought anything yet")
    await anna.shop.send("How much is it?")
    assert EN.basic in (await anna.shop.expect("This is what there is now")).text
    desk = await desk_in(anna.tg, anna.school, anna.school.sales)
    question = f"Is it for lawyers, too? asks {anna.person.id}"
    await anna.shop.send(question)
    await anna.shop.expect("I am a bot and have passed your words on to a person")
    await desk.reply(await wait_for(desk, question), "For them above all")
    await anna.shop.expect("For them above all")
    await anna.shop.send_voice()
    await anna.shop.expect("I am a bot and have passed your words on to a person")


async def test_without_access_the_course_bot_says_where_to_buy(anna: Buyer) -> None:
    await anna.person.start(anna.school.course)
    await anna.lessons.expect()
    await anna.lessons.press(EN.agree)
    told = await anna.lessons.expect(NO_ACCESS)
    assert told.buttons == ("Choose a tariff",)
    await anna.lessons.press("Choose a tariff")
    await anna.shop.expect("Hello, Anna")


@pytest.mark.parametrize("payload", ["cd_AAAAAAAA_BBBBBBBBBBBBBBBBBBBBBB", "cd_x_y", "cd_1_-"])
async def test_a_made_up_link_opens_nothing(anna: Buyer, payload: str) -> None:
    await anna.person.start(anna.school.course, payload)
    await anna.lessons.expect()
    await anna.lessons.press(EN.agree)
    await anna.lessons.expect(BAD_LINK)


async def test_a_buyers_link_opens_for_her_again_and_for_nobody_else(
    anna: Buyer, tg: SandboxClient, school: School
) -> None:
    await anna.reach_offer()
    await anna.pay(EN.basic)
    await anna.open_course()
    link = await _course_link(anna.shop)
    await anna.person.open(link)
    await anna.lessons.expect("Welcome back! This is where you were")
    again = await anna.lessons.expect("Exercise 1")
    assert again.html.startswith("<b>Exercise 1")
    eve = await buyer(tg, school, "en", "Eve")
    await eve.person.open(link)
    await eve.lessons.expect()
    await eve.lessons.press(EN.agree)
    await eve.lessons.expect(BAD_LINK)
    assert await all_with(eve.lessons, EN.day) == []


async def _course_link(shop: Chat) -> str:
    buttons = [button for one in await shop.messages() for row in one.rows for button in row]
    return next(str(one["url"]) for one in buttons if EN.open_course in one["text"])


async def test_start_in_the_middle_says_the_same_again(anna: Buyer) -> None:
    offer = await anna.reach_offer()
    await anna.person.start(anna.school.sales)
    again = await anna.shop.expect(EN.premium)
    assert again.html == offer.html
    assert again.id != offer.id
    assert again.buttons == offer.buttons
    await anna.shop.press(EN.basic, again)
    await anna.settle(EN.basic)


async def test_start_after_the_end_shows_what_she_has(anna: Buyer) -> None:
    await anna.reach_offer()
    await anna.pay(EN.basic)
    await eventually(lambda: has_button(anna.shop, EN.open_course))
    await anna.person.start(anna.school.sales)
    await anna.shop.expect("Your tariff: “Basic”")


async def test_a_known_buyer_needs_no_link_and_her_course_begins_when_she_comes(
    anna: Buyer, tg: SandboxClient, school: School
) -> None:
    await anna.reach_offer()
    await anna.pay(EN.basic)
    await tg.clock.advance(days=3)
    await anna.person.start(school.course)
    await anna.expect_day(1)
    await settled(tg, school)
    assert await all_with(anna.lessons, NO_ACCESS) == []
    assert await all_with(anna.lessons, "Day 2") == []
    await tg.clock.advance(days=1)
    await anna.expect_day(2)


async def test_days_of_downtime_lose_no_payment_and_bring_one_lesson_a_day(
    anna: Buyer, tg: SandboxClient, school: School
) -> None:
    ruth = await student(tg, school, "basic", "Ruth")
    await anna.reach_offer()
    await anna.shop.press(EN.basic)
    await anna.shop.expect(EN.wait)
    assert school.stop() == 0
    await tg.clock.advance(days=4)
    school.start()
    await anna.shop.expect(EN.paid)
    await anna.open_course()
    assert len(await all_with(anna.shop, EN.paid)) == 1
    await wait_for(ruth.lessons, "Day 2")
    await settled(tg, school)
    assert await all_with(ruth.lessons, "Day 3") == []
    await tg.clock.advance(days=1)
    await wait_for(ruth.lessons, "Day 3")
    await settled(tg, school)
    assert await all_with(ruth.lessons, "Day 4") == []


async def test_who_blocked_the_bot_finds_everything_when_she_comes_back(
    anna: Buyer, tg: SandboxClient, school: School
) -> None:
    await anna.reach_offer()
    await anna.shop.press(EN.basic)
    await anna.shop.expect(EN.wait)
    await anna.person.block(school.sales)
    await tg.clock.advance(seconds=6)
    await eventually(lambda: _is_kept(anna))
    await settled(tg, school)
    calls = await tg.calls(bot=school.sales.username, method="sendMessage", limit=100_000)
    assert sum(call["code"] == 403 and call["chat_id"] == anna.person.id for call in calls) <= 1
    await anna.person.start(school.sales)
    receipt = await wait_for(anna.shop, EN.paid)
    assert EN.basic in receipt.text
    await anna.open_course()
    assert len(await all_with(anna.shop, EN.paid)) == 1


async def _is_kept(one: Buyer) -> bool:
    """Whether what the shop has to say waits for them."""
    waiting = select(outbox.c.id).where(outbox.c.chat_id == one.person.id, outbox.c.state == OutboxState.AWAY)
    async with one.school.looking() as conn:
        return await conn.scalar(waiting) is not None


def test_doctor_names_the_admin_who_has_not_started_the_course_bot(open_school: OpenSchool) -> None:
    school = open_school()
    school.install()
    told = school.command("doctor")
    assert told.returncode == 1
    assert f"admin {school.admin_id} has not started the course bot" in told.stdout
    assert "Traceback" not in told.stderr


async def test_a_verdict_counts_once(tg: SandboxClient, school: School) -> None:
    desk, vera = await desk_in(tg, school, school.course), await student(tg, school, "feedback", "Vera")
    await vera.lessons.send("One thought")
    card = await wait_for(desk, "📝 Vera")
    notes = await asyncio.gather(*(desk.press(button, card) for button in [*card.buttons, *card.buttons]))
    assert sum("решение" in note.lower() for note in notes) == 3
    await vera.lessons.expect(f"{EN.accepted}|{EN.needs_work}")
    verdicts = await all_with(vera.lessons, EN.accepted) + await all_with(vera.lessons, EN.needs_work)
    assert len(verdicts) == 1


async def test_only_an_admin_judges(anna: Buyer, tg: SandboxClient, school: School) -> None:
    desk, zoe = await desk_in(tg, school, school.course), await student(tg, school, "feedback", "Zoe")
    await zoe.lessons.send("Two thoughts")
    card = await wait_for(desk, "📝 Zoe")
    await anna.person.start(school.course)
    for liar in (anna, zoe):
        forger = Forger(tg, school.course, liar.person)
        assert await forger.press(card.rows[0][0]["callback_data"]) == EN.expired + "."
    assert await all_with(zoe.lessons, EN.accepted) == []


async def test_a_name_that_looks_like_a_template_is_shown_as_it_is(tg: SandboxClient, school: School) -> None:
    bobby = await buyer(tg, school, "en", "{{user.x}}<b>&amp;")
    await bobby.reach_offer()
    hello = (await all_with(bobby.shop, "Hello, "))[0]
    assert "Hello, {{user.x}}<b>&amp;!" in hello.text
