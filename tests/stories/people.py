"""What people of the stories do, and the words they read, in both languages."""

import re
from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.environment import FIRST_ACCOUNT
from sandbox.client.client import Bot, Chat, Message, Person, SandboxClient
from services.commerce.catalog.tariffs import get_tariff
from services.people.consents import VERSION
from services.people.schemas import Contact
from tests.factories.persons import add_consent, add_contact
from tests.factories.sales import add_access
from tests.stories.school import PATIENCE, School, admin_of, eventually


@dataclass(frozen=True)
class Words:
    """Pieces of what the bots say, and the names of the buttons."""

    agree: str
    inside: str
    choose: str
    basic: str
    feedback: str
    premium: str
    wait: str
    paid: str
    groups: str
    open_course: str
    day: str
    received: str
    answered: str
    needs_work: str
    accepted: str
    automatic: str
    over: str
    already_open: str
    already_bought: str
    expired: str


EN = Words(
    agree="I agree",
    inside="What is inside",
    choose="Choose a tariff",
    basic="Basic",
    feedback="With feedback",
    premium="Premium",
    wait="The payment is going through",
    paid="✅ Paid: ",
    groups="Your groups",
    open_course="Open the course",
    day="Day",
    received="The curator has your work",
    answered=", your curator, about your work",
    needs_work="It needs more work",
    accepted="Your work is accepted",
    automatic="Compare the two letters tomorrow",
    over="You have finished the course",
    already_open="This order is open already",
    already_bought="You have this tariff already",
    expired="This button has expired",
)
RU = Words(
    agree="Согласна",
    inside="Что внутри",
    choose="Выбрать тариф",
    basic="Базовый",
    feedback="С обратной связью",
    premium="Премиум",
    wait="Оплата проходит",
    paid="✅ Оплачено: ",
    groups="Ваши группы",
    open_course="Открыть курс",
    day="День",
    received="Работа у куратора",
    answered=" о вашей работе",
    needs_work="Нужно доработать",
    accepted="Работа принята",
    automatic="Сравните оба письма",
    over="Курс пройден",
    already_open="Этот заказ уже открыт",
    already_bought="Этот тариф у вас уже есть",
    expired="Эта кнопка больше не действует",
)
WORDS = {"en": EN, "ru": RU}


@dataclass
class Buyer:
    """A person on their way through the school."""

    tg: SandboxClient
    school: School
    person: Person
    words: Words

    @property
    def shop(self) -> Chat:
        return self.person.chat(self.school.sales)

    @property
    def lessons(self) -> Chat:
        return self.person.chat(self.school.course)

    async def reach_offer(self, payload: str = "") -> Message:
        """From the first Start to the tariffs; gives the message with their buttons."""
        words = self.words
        await self.person.start(self.school.sales, payload)
        await self.shop.expect()
        await self.shop.press(words.agree)
        hello = await self.shop.expect(self.person.first_name)
        assert hello.buttons
        await self.shop.press(words.inside)
        await self.shop.expect(words.inside)
        await self.shop.press(words.choose)
        return await self.shop.expect(words.premium)

    async def pay(self, tariff: str) -> None:
        """Choose a tariff, let the payment settle, read the receipt."""
        await self.shop.press(tariff)
        await self.settle(tariff)

    async def settle(self, tariff: str) -> None:
        """Let the payment under way go through."""
        await self.shop.expect(self.words.wait)
        await self.tg.clock.advance(seconds=6)
        receipt = await self.shop.expect(self.words.paid)
        assert tariff in receipt.text

    async def open_course(self) -> None:
        """Follow the button to the course bot and get the first lesson."""
        await eventually(lambda: has_button(self.shop, self.words.open_course))
        await self.shop.press(self.words.open_course)
        await self.expect_day(1)

    async def expect_day(self, number: int) -> None:
        await self.lessons.expect(f"{self.words.day} {number}", PATIENCE)


async def has_button(chat: Chat, button: str) -> bool:
    return any(button in text for one in await chat.messages() for text in one.buttons)


async def buyer(tg: SandboxClient, school: School, language: str = "en", name: str = "Anna") -> Buyer:
    """Somebody new."""
    return Buyer(tg, school, await tg.person(name, language_code=language), WORDS[language])


async def student(
    tg: SandboxClient, school: School, tariff: str, name: str = "Stella", language: str = "en"
) -> Buyer:
    """Somebody who bought a tariff long ago and has just got their first lesson."""
    one = await buyer(tg, school, language, name)
    async with school.opened() as db, db.unit(FIRST_ACCOUNT) as uow:
        await remember(uow, one.person, tariff, language=language)
    await one.person.start(school.course)
    await eventually(lambda: has_button(one.lessons, "✅"))
    return one


async def become_partner(one: Buyer) -> tuple[str, list[int]]:
    """Agree and ask for a link of one's own; gives it and what it has brought so far."""
    await start(one.person, one.school.sales)
    await one.shop.press(one.words.agree)
    return await ask_for_figures(one)


async def ask_for_figures(one: Buyer) -> tuple[str, list[int]]:
    """A partner's link, and the clicks, people and sales it has brought."""
    told = (await message_after(one.shop, await one.shop.send("/partner"), "start=p_")).text
    link = next(word for word in told.split() if word.startswith("https://"))
    shown = [int(number) for number in re.findall(r"\w: (\d+)", told)]
    return link, [*shown, 0, 0, 0][:3]  # what there is none of is not shown


async def remember(uow: UnitOfWork, person: Person, *tariffs: str, language: str = "en") -> Contact:
    """Somebody who agreed long ago and has these tariffs."""
    names = {"first_name": person.first_name, "last_name": "", "username": None}
    contact = await add_contact(uow, person.id, language=language, **names)
    await add_consent(uow, contact.id, version=VERSION, payload="", given_at=uow.now)
    for code in tariffs:
        await add_access(uow, contact.id, (await get_tariff(uow, code)).id)
    return contact


async def desk_in(tg: SandboxClient, school: School, bot: Bot) -> Chat:
    """The chat of the school's admin (who speaks Russian) with one of its bots."""
    return await start(await admin_of(tg, school), bot)


async def start(person: Person, bot: Bot, payload: str = "") -> Chat:
    """Start a bot and wait until it has answered."""
    chat = person.chat(bot)
    known = {one.id for one in await chat.messages()}
    await person.start(bot, payload)

    async def is_answered() -> bool:
        return any(one.sender_id == bot.id and one.id not in known for one in await chat.messages())

    await eventually(is_answered)
    return chat


async def all_with(chat: Chat, words: str) -> list[Message]:
    """The messages of a chat that contain the words."""
    return [one for one in await chat.messages() if words in one.text]


async def wait_for(chat: Chat, words: str, number: int = 1, *, patience: float = PATIENCE) -> Message:
    """The n-th message with the words, read from the whole chat: nobody else's reading matters."""

    async def look() -> list[Message]:
        found = await all_with(chat, words)
        return found if len(found) >= number else []

    return (await eventually(look, patience))[number - 1]


async def message_after(chat: Chat, message: Message, words: str = "") -> Message:
    """What came first after a message, with these words in it."""

    async def look() -> list[Message]:
        return [one for one in await chat.messages() if one.id > message.id and words in one.text]

    return (await eventually(look))[0]
