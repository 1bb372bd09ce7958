"""Links into the sales bot: a partner's, a flow's, the course's, one that leads nowhere. What they came by waits for their consent."""

import asyncio

import pytest
from sqlalchemy import select

from core.db.models.people import contacts, variables
from sandbox.client.client import SandboxClient
from tests.stories.people import EN, Buyer, ask_for_figures, become_partner, buyer, start, wait_for
from tests.stories.school import School

UNKNOWN = {"en": "This link no longer opens anything", "ru": "Эта ссылка больше ничего не открывает"}
OWN = {"en": "This is your own link", "ru": "Это ваша собственная ссылка"}
HELLO = {"en": "Hello, ", "ru": "Здравствуйте, "}


async def test_the_first_partner_is_credited_and_nobody_invites_herself(
    anna: Buyer, tg: SandboxClient, school: School
) -> None:
    pia, quinn = await buyer(tg, school, "ru", "Pia"), await buyer(tg, school, "en", "Quinn")
    (first, _), (second, _) = await asyncio.gather(become_partner(pia), become_partner(quinn))
    await anna.person.open(first)
    await wait_for(anna.shop, "Do you agree?")
    assert (await ask_for_figures(pia))[1] == [0, 0, 0], "counted before the consent"
    await anna.shop.press(EN.agree)
    await anna.shop.expect(HELLO["en"])
    await anna.person.open(second)
    await wait_for(anna.shop, HELLO["en"], 2)
    await anna.shop.press(EN.inside)
    await anna.shop.expect("One thought")
    await anna.shop.press(EN.choose)
    await anna.shop.expect(EN.premium)
    await anna.pay(EN.basic)
    (_, brought), (_, late) = await asyncio.gather(ask_for_figures(pia), ask_for_figures(quinn))
    print(f"clicks, people, sales of the first partner {brought}, of the second {late}")
    assert (brought, late) == ([1, 1, 1], [1, 0, 0])
    await asyncio.gather(pia.person.open(first), quinn.person.open(second))
    await asyncio.gather(wait_for(pia.shop, OWN["ru"]), wait_for(quinn.shop, OWN["en"]))
    assert [(await ask_for_figures(one))[1] for one in (pia, quinn)] == [brought, late]


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_link_that_leads_nowhere_is_named_and_the_way_goes_on(
    language: str, tg: SandboxClient, school: School
) -> None:
    payloads = ("p_nobody", "s_nothing", "whatever", "nothing__utmsvk")
    people = [await buyer(tg, school, language, f"Lost{number}") for number in range(len(payloads))]
    await asyncio.gather(*(_follow(*pair, language) for pair in zip(people, payloads, strict=True)))


async def _follow(one: Buyer, payload: str, language: str) -> None:
    await start(one.person, one.school.sales, payload)
    await one.shop.press(one.words.agree)
    unknown = await wait_for(one.shop, UNKNOWN[language])
    assert (await wait_for(one.shop, HELLO[language])).id > unknown.id


async def test_a_flows_link_starts_it_and_keeps_where_she_came_from(
    tg: SandboxClient, school: School
) -> None:
    payloads = ("s_welcome", "welcome", "welcome__utmsvk__utmcspring")
    people = [await buyer(tg, school, "en", f"Found{number}") for number in range(len(payloads))]

    async def follow(one: Buyer, payload: str) -> None:
        await start(one.person, school.sales, payload)
        await one.shop.press(one.words.agree)
        await wait_for(one.shop, HELLO["en"])
        assert not [message for message in await one.shop.messages() if UNKNOWN["en"] in message.text]

    await asyncio.gather(*(follow(*pair) for pair in zip(people, payloads, strict=True)))
    async with school.looking() as conn:
        hers = select(variables.c.name, variables.c.value).join(contacts)
        rows = await conn.execute(hers.where(contacts.c.telegram_id == people[-1].person.id))
        assert {tuple(row) for row in rows} >= {("utm_source", "vk"), ("utm_campaign", "spring")}


async def test_the_courses_link_opened_in_the_sales_bot_leads_to_the_course_bot(anna: Buyer) -> None:
    await start(anna.person, anna.school.sales, "cd_AAAAAAAA_BBBBBBBBBBBBBBBBBBBBBB")
    await anna.shop.press(EN.agree)
    told = await anna.shop.expect("This link leads to the course bot")
    await anna.shop.press(told.buttons[0])
    await anna.lessons.expect("This link does not fit")
