"""Months of one school's money, in both languages: every way of buying, renewing, giving and getting it back."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update

from core.db.models.commerce import accesses
from core.db.models.commerce_plans import subscriptions
from core.db.models.people import contacts
from core.lifecycle import AccessStatus
from core.text.catalog import catalogue
from sandbox.client.client import Chat, Message, Person, SandboxClient
from services.commerce.ledger.checking import check_books
from tests.stories.chat_pictures import take_pictures
from tests.stories.conftest import OpenSchool
from tests.stories.doors import come_in
from tests.stories.money_words import hear, pattern
from tests.stories.people import WORDS, Buyer, buyer, desk_in, start, wait_for
from tests.stories.school import School, eventually, group_of
from tests.stories.test_real_money import PAY, open_shop, plan

LANGUAGES = ("en", "ru")
CARD = {"en": "By card", "ru": "Картой"}
STARS = {"en": "With Telegram Stars", "ru": "Звёздами"}
CLUB = {"en": "Club", "ru": "Клуб"}
CIRCLE = {"en": "Circle", "ru": "Круг"}
TARIFFS = """
- code: club
  course: clear-words
  name: {ru: Клуб, en: Club}
  description: {ru: "Уроки и вопросы, пока вы с нами.", en: "The lessons and your questions for as long as you stay."}
  price: "990.00"
  stars: 250
  rights: [questions]
  period: month
  trial: 7d
- code: circle
  course: clear-words
  name: {ru: Круг, en: Circle}
  description: {ru: Клуб и разбор ваших текстов., en: The club and feedback on your texts.}
  price: "1990.00"
  stars: 500
  rights: [questions, feedback]
  period: month
"""
BASIC = """
- code: basic
  course: clear-words
  name: {ru: Базовый, en: Basic}
  price: "2100.00"
  stars: 1150
  rights: [questions]
"""
PRODUCT = """
- code: checklist
  product: {text: {ru: "Ваш чек-лист: https://example.org/list", en: "Your checklist: https://example.org/list"}}
  name: {ru: Чек-лист, en: The checklist}
  description: {ru: Проверка любого текста за три минуты., en: A check of any text in three minutes.}
  price: "490.00"
  stars: 270
"""


@dataclass
class Town:
    """The school of the story, its admin's chat with the shop, and everybody whose chat is looked at in the end."""

    tg: SandboxClient
    school: School
    desk: Chat
    seen: dict[str, list[Person]]

    async def new(self, language: str, name: str) -> Buyer:
        one = await buyer(self.tg, self.school, language, name)
        self.seen[language].append(one.person)
        return one

    async def load(self, text: str) -> None:
        """Put tariffs on sale beside the running shop."""
        path = self.school.folder / "tariffs.yaml"
        await asyncio.to_thread(path.write_text, text)
        done = await asyncio.to_thread(self.school.command, "tariffs", "load", str(path))
        assert done.returncode == 0, done.stderr

    async def go_to(self, moment: datetime) -> None:
        """Move the clock there, never back."""
        left = moment - await self.tg.clock.now()
        await self.tg.clock.advance(seconds=max(left.total_seconds(), 1))

    async def order(self, command: str, key: str) -> Message:
        """What the shop answers its admin, who speaks Russian."""
        sent = await self.desk.send(command)
        return await hear(self.desk, key, "ru", after=sent.id)

    async def find_ends(self, people: Sequence[Buyer]) -> list[datetime]:
        """Until when these people's subscriptions are paid, the first one first."""
        ids = [one.person.id for one in people]
        async with self.school.looking() as conn:
            rows = await conn.execute(
                select(func.max(subscriptions.c.paid_until))
                .join(contacts, contacts.c.id == subscriptions.c.contact_id)
                .where(contacts.c.telegram_id.in_(ids))
                .group_by(contacts.c.id)
            )
            return sorted(row[0] for row in rows)


def language_of(one: Buyer) -> str:
    return next(name for name, words in WORDS.items() if words is one.words)


async def says(one: Buyer, key: str, number: int = 1) -> Message:
    """The n-th message of the shop that says a text of ours."""
    return await hear(one.shop, key, language_of(one), number)


async def last_id(one: Buyer) -> int:
    """The number of the newest message of a chat."""
    return max((message.id for message in await one.shop.messages()), default=0)


async def press(one: Buyer, name: str, after: int = 0) -> str:
    """Press the newest button with these words, once a message after that one has it."""

    async def find() -> tuple[Message, str] | None:
        for message in reversed([said for said in await one.shop.messages() if said.id > after]):
            for button in message.buttons:
                if name in button:
                    return message, button
        return None

    message, button = await eventually(find)
    return await one.shop.press(button, message)


async def pay_by_card(one: Buyer, after: int, amount: str) -> None:
    """Choose the card, and pay on the provider's page, which asks for so much."""
    await press(one, CARD[language_of(one)], after)
    await pay_on_page(one, after, amount)


async def pay_on_page(one: Buyer, after: int, amount: str) -> None:
    """Follow the button to the page, and pay there."""

    async def find() -> str:
        said = [message for message in await one.shop.messages() if message.id > after]
        buttons = [button for message in said for row in message.rows for button in row]
        pages = [str(button.get("url", "")) for button in buttons]
        return next((url for url in reversed(pages) if "/pay/yookassa/" in url), "")

    page = await eventually(find)
    async with httpx.AsyncClient() as client:
        assert f"{amount} RUB" in (await client.get(page)).text
        (await client.post(page, data={"do": "pay"})).raise_for_status()


async def buy(one: Buyer, tariff: str, amount: str) -> None:
    """Press a tariff, pay for it by card, and read the receipt."""
    after = await last_id(one)
    await press(one, tariff)
    await pay_by_card(one, after, amount)


async def come(one: Buyer, payload: str = "") -> None:
    """Start the shop by a link and agree."""
    await start(one.person, one.school.sales, payload)
    await one.shop.press(one.words.agree)


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.faults)])
async def test_months_of_money(
    open_school: OpenSchool, telegram: str, tg: SandboxClient, migrated_sqlite: Path, database: str
) -> None:
    both = {"PAYMENT_PROVIDERS": "yookassa,stars"}
    school = await asyncio.to_thread(open_shop, open_school, telegram, migrated_sqlite, database, **both)
    await plan(telegram, f"{school.address}/payments/yookassa")
    desk = await desk_in(tg, school, school.sales)
    town = Town(tg, school, desk, {language: [] for language in LANGUAGES})
    await town.load(TARIFFS)
    await town.order("/promos SUMMER 20%", "promos-made")
    await town.order("/commission basic 20%", "commission-set")
    casts = [await Cast.gather(town, language) for language in LANGUAGES]
    await _first_days(town, casts)
    await _months(town, telegram, casts)
    await town.load(PRODUCT)
    await asyncio.gather(*(one.buys_a_product() for one in casts))
    for language, seen in town.seen.items():
        await take_pictures(telegram, language, [(person, school.sales) for person in seen])
    await take_pictures(telegram, "ru", [(await tg.find_person(school.admin_id), school.sales)])
    await school.assert_well(tg)
    async with school.opened() as db:
        books = await check_books(db, 1, {})
    assert books.is_right, books


async def _first_days(town: Town, casts: "Sequence[Cast]") -> None:
    """Everybody buys; prices change, money goes back, a trial ends, a partner is paid."""
    began = await town.tg.clock.now()
    await asyncio.gather(*(one.first_day() for one in casts))
    await town.load(BASIC)
    await asyncio.gather(*(one.price_has_changed() for one in casts))
    for one in casts:  # there is one desk
        await one.money_goes_back()
        await one.why_mends()
    await town.go_to(began + timedelta(days=6, hours=2))
    await asyncio.gather(*(one.trial_ends() for one in casts))
    await town.go_to(began + timedelta(days=15))
    for one in casts:
        await one.partner_is_paid()


async def _months(town: Town, telegram: str, casts: "Sequence[Cast]") -> None:
    """A month that is charged, one that is not, and the way back; others pay in Stars, or less than before."""
    eves, joys = [one.eve for one in casts], [one.joy for one in casts]
    for joined, paid in ((joys, 1), (eves, 2)):
        await town.go_to((await town.find_ends(joined))[0] - timedelta(days=2, hours=20))
        await asyncio.gather(*(_is_warned(one) for one in joined))
        await town.go_to((await town.find_ends(joined))[-1] + timedelta(hours=1))
        await asyncio.gather(*(says(one, "sub-paid", paid) for one in joined))
    await asyncio.gather(*(says(one.kai, "sub-paid") for one in casts))
    await asyncio.gather(*(_stop(one) for one in joys))
    ends = await town.find_ends(eves)
    await town.go_to(ends[0] - timedelta(days=2, hours=20))
    await asyncio.gather(*(says(one, "sub-warn-sub-saved", 2) for one in eves))
    await asyncio.gather(*(says(one.kai, "sub-paid", 2) for one in casts))
    await asyncio.gather(*(says(one, "sub-ended-stopped") for one in joys))
    hook = f"{town.school.address}/payments/yookassa"
    await plan(telegram, hook, {"kind": "decline", "path": "/payments", "count": 6})
    await town.go_to(ends[-1] + timedelta(hours=1))
    await asyncio.gather(*(says(one, "sub-refused") for one in eves))
    for days in (1, 2):
        await town.go_to(ends[-1] + timedelta(days=days, hours=1 + days))
        await asyncio.gather(*(_is_refused(town, one, days + 1) for one in eves))
    await asyncio.gather(*(says(one, "sub-refused-last") for one in eves))
    await town.go_to(ends[-1] + timedelta(days=3, hours=4))
    await asyncio.gather(*(says(one, "sub-ended-unpaid") for one in eves))
    await asyncio.gather(*(one.comes_back() for one in casts))


async def _stop(one: Buyer) -> None:
    """Who wants no further charge keeps what is paid."""
    await one.shop.send("/subscription")
    card = await says(one, "sub-card-saved")
    await one.shop.press(catalogue(language_of(one)).gettext("button-sub-stop"), card)
    await says(one, "sub-card-stopped")


async def _is_warned(one: Buyer) -> None:
    language = language_of(one)

    async def look() -> bool:
        texts = [said.text for said in await one.shop.messages()]
        keys = ("sub-warn-sub-saved", "sub-warn-change-saved")
        return any(pattern(key, language).search(text) for key in keys for text in texts)

    await eventually(look)


async def _is_refused(town: Town, one: Buyer, tries: int) -> None:
    async def look() -> bool:
        async with town.school.looking() as conn:
            found = await conn.scalar(
                select(func.max(subscriptions.c.tries))
                .join(contacts, contacts.c.id == subscriptions.c.contact_id)
                .where(contacts.c.telegram_id == one.person.id)
            )
        return found == tries

    await eventually(look)


@dataclass
class Cast:
    """The people of one language."""

    town: Town
    language: str
    amy: Buyer  # sees a price that changes, and wants more afterwards
    bea: Buyer  # has a promo code, is let into a group, and asks for the money back
    cleo: Buyer  # gives
    dan: Buyer  # is given something
    eve: Buyer  # tries, subscribes, cannot pay, comes back
    fay: Buyer  # sells for the school
    gus: Buyer  # comes by that link
    kai: Buyer  # subscribes in Stars
    joy: Buyer  # wants less from the next month on

    @classmethod
    async def gather(cls, town: Town, language: str) -> "Cast":
        names = ("Amy", "Bea", "Cleo", "Dan", "Eve", "Fay", "Gus", "Kai", "Joy")
        return cls(town, language, *[await town.new(language, name) for name in names])

    async def first_day(self) -> None:
        await asyncio.gather(
            self.amy.reach_offer(),
            self.enters_a_code(),
            self.gives(),
            self.tries(),
            self.sells(),
            self.subscribes_in_stars(),
            self.wants_less(),
        )

    async def enters_a_code(self) -> None:
        await come(self.bea, "promo_SUMMER")
        await says(self.bea, "price-with-promo")
        await buy(self.bea, self.bea.words.premium, "7920.00")
        group = await group_of(self.town.tg, self.town.school, "premium")
        await come_in(self.bea.person, group, await eventually(self._find_group_link))

    async def _find_group_link(self) -> str:
        buttons = [one for said in await self.bea.shop.messages() for row in said.rows for one in row]
        return next((str(one["url"]) for one in buttons if "/+" in str(one.get("url", ""))), "")

    async def gives(self) -> None:
        await come(self.cleo)
        await self.cleo.shop.send("/gift")
        await says(self.cleo, "gift-choose")
        await buy(self.cleo, self.cleo.words.basic, "1900.00")
        card = await says(self.cleo, "gift-card")
        link = next(word for word in card.text.split() if "start=gift_" in word)
        await come(self.dan, link.partition("start=")[2])
        await says(self.dan, "gift-opened")
        await says(self.cleo, "gift-taken")

    async def tries(self) -> None:
        await self.eve.reach_offer()
        await press(self.eve, CLUB[self.language])
        await says(self.eve, "order-free")
        await says(self.eve, "sub-begun-trial")

    async def sells(self) -> None:
        await come(self.fay)
        link = await self._ask_for_link()
        await self.gus.reach_offer(link.partition("start=")[2])
        await buy(self.gus, self.gus.words.basic, "1900.00")
        await says(self.gus, "order-paid")
        await says(self.fay, "partner-earned")

    async def _ask_for_link(self) -> str:
        asked = await self.fay.shop.send("/partner")
        told = await hear(self.fay.shop, "partner", self.language, after=asked.id)
        return next(word for word in told.text.split() if "start=p_" in word)

    async def subscribes_in_stars(self) -> None:
        await self.kai.reach_offer()
        after = await last_id(self.kai)
        await press(self.kai, CIRCLE[self.language])
        await press(self.kai, STARS[self.language], after)
        link = await press(self.kai, PAY[self.language], after)
        assert (await self.kai.person.pay(link)).paid
        await says(self.kai, "sub-begun-provider")

    async def wants_less(self) -> None:
        await self.joy.reach_offer()
        await buy(self.joy, CIRCLE[self.language], "1990.00")
        await says(self.joy, "sub-begun-saved")
        await press(self.joy, CLUB[self.language])
        offer = await says(self.joy, "change-offer")
        await self.joy.shop.press(offer.buttons[0], offer)
        await says(self.joy, "sub-card-change")

    async def price_has_changed(self) -> None:
        """A button that says 1,900 does not take 2,100; for more than that the difference is paid."""
        await press(self.amy, self.amy.words.basic)
        await says(self.amy, "offer-changed")
        await buy(self.amy, self.amy.words.basic, "2100.00")
        await says(self.amy, "order-paid")
        await press(self.amy, self.amy.words.premium)
        await says(self.amy, "second-upgrade-less")
        await buy(self.amy, self.amy.words.premium, "7800.00")
        await says(self.amy, "order-paid", 2)
        shown = await says(self.amy, "purchase")
        assert self.amy.words.premium in shown.text, "what was bought before is not told of again"

    async def money_goes_back(self) -> None:
        """The access closes, and the buyer is out of the group, once."""
        receipt = await says(self.bea, "order-paid")
        number = re.findall(r"[A-Z0-9]{6}", receipt.text)[-1]
        asked = await self.town.order(f"/refund {number}", "refund-ask")
        await self.town.desk.press(asked.buttons[0], asked)
        await says(self.bea, "refund-buyer-closed")
        group = await group_of(self.town.tg, self.town.school, "premium")

        async def is_out() -> bool:
            return (await group.members()).get(self.bea.person.id, "left") == "left"

        await eventually(is_out)
        calls = await self.town.tg.calls(bot=self.town.school.sales.username, method="banChatMember")
        assert [int(one["params"]["user_id"]) for one in calls].count(self.bea.person.id) == 1

    async def why_mends(self) -> None:
        """The access that was paid for is closed, and nobody knows why: one press opens it again."""
        mine = select(contacts.c.id).where(contacts.c.telegram_id == self.gus.person.id).scalar_subquery()
        async with self.town.school.opened() as db, db.unit(1) as uow:
            closed = {"status": AccessStatus.REVOKED}
            await uow.conn.execute(update(accesses).where(accesses.c.contact_id == mine).values(closed))
        told = await self.town.order(f"/why {self.gus.person.id}", "why-order")
        await self.town.desk.press("Вернуть доступ", told)

        async def is_open() -> bool:
            async with self.town.school.looking() as conn:
                rows = await conn.execute(select(accesses.c.status).where(accesses.c.contact_id == mine))
                return [row.status for row in rows] == [AccessStatus.ACTIVE]

        await eventually(is_open)
        await says(self.gus, "access-returned")

    async def trial_ends(self) -> None:
        await says(self.eve, "sub-warn-trial")
        after = await last_id(self.eve)
        await press(self.eve, PAY[self.language])
        await pay_on_page(self.eve, after, "990.00")
        await says(self.eve, "sub-paid")

    async def partner_is_paid(self) -> None:
        asked = await self.fay.shop.send("/partner")
        told = await hear(self.fay.shop, "partner-money-payable", self.language, after=asked.id)
        await self.fay.shop.press(told.buttons[0], told)
        await says(self.fay, "payout-where")
        await self.fay.shop.send("Bank, +7 900 000-00-00")
        await says(self.fay, "payout-requested")
        turn = LANGUAGES.index(self.language)
        card = await hear(self.town.desk, "payout-asked", "ru", after=0)
        await self.town.desk.press("Показать, куда", card)
        shown = await hear(self.town.desk, "payout-shown", "ru")
        await self.town.desk.press("Выплачено", shown)
        await hear(self.town.desk, "payout-is-paid", "ru", turn + 1)
        await says(self.fay, "payout-paid-partner")

    async def comes_back(self) -> None:
        """The button of the first day offers a trial, which is over for them."""
        await press(self.eve, CLUB[self.language])
        changed = await says(self.eve, "offer-changed")
        assert {"en": "free", "ru": "бесплатно"}[self.language] not in changed.text
        await buy(self.eve, CLUB[self.language], "990.00")
        await says(self.eve, "sub-begun-saved")

    async def buys_a_product(self) -> None:
        after = await last_id(self.dan)
        await self.dan.person.start(self.town.school.sales, "b_checklist")
        await pay_by_card(self.dan, after, "490.00")
        await wait_for(self.dan.shop, "https://example.org/list")
        await self.dan.shop.send("/purchases")
        await says(self.dan, "purchase-product")
