"""What people of the demo do with the bots: only what the bots offer, by pressing, following links and writing."""

import asyncio
import time
from dataclasses import dataclass

from app.demo.cast import COURSE_BOT, GROUPS, SALES_BOT, Role
from app.demo.week import LOOK_SECONDS, PATIENCE, Week
from app.demo.words import Words
from core.links import TELEGRAM
from sandbox.client.client import Chat, Message, Person


@dataclass(frozen=True)
class Actor:
    """Somebody of the cast, their language and their chats."""

    role: Role
    person: Person
    words: Words
    week: Week

    @property
    def shop(self) -> Chat:
        """Their chat with the sales bot."""
        return self.person.chat(SALES_BOT)

    @property
    def lessons(self) -> Chat:
        """Their chat with the course bot."""
        return self.person.chat(COURSE_BOT)

    async def hear(self, chat: Chat, piece: str) -> Message:
        """Wait for a message with these words and read it, passing over what comes before it."""
        heard = await chat.expect(piece, PATIENCE)
        await chat.read()
        return heard

    async def find(self, chat: Chat, piece: str) -> Message | None:
        """The newest message with these words that is there, if any, and read all."""
        there = [message for message in await chat.messages() if piece in message.text]
        await chat.read()
        return there[-1] if there else None

    async def press(self, chat: Chat, button: str, message: Message) -> None:
        """Press a button of a message."""
        await chat.press(button, message, PATIENCE)
        await chat.read()

    async def agree(self, link: str = "") -> None:
        """Come to the sales bot, by somebody's link if there is one, and agree."""
        if link:
            await self.person.open(link)
        else:
            await self.person.start(SALES_BOT)
        asked = await self.hear(self.shop, self.words.piece("consent-ask"))
        await self.press(self.shop, self.words.label("consent-give"), asked)

    async def look_inside(self, link: str = "") -> Message:
        """Come and read what the course is about; gives the message that leads to the tariffs."""
        await self.agree(link)
        hello = await self.hear(self.shop, self.words.step("hello"))
        await self.press(self.shop, self.words.button("hello"), hello)
        return await self.hear(self.shop, self.words.step("inside"))

    async def look(self, link: str = "") -> Message:
        """Come and read on to the tariffs; gives the message with their buttons."""
        inside = await self.look_inside(link)
        await self.press(self.shop, self.words.button("inside"), inside)
        return await self.hear(self.shop, self.words.step("offer"))

    async def buy(self, offer: Message, tariff: str) -> None:
        """Pay for a tariff, join its group, open the course and study the first lesson."""
        await self.press(self.shop, self.words.tariff(tariff), offer)
        await self.press(
            self.shop, self.words.card(), await self.hear(self.shop, self.words.piece("order-how"))
        )
        bill = await self.hear(self.shop, self.words.piece("order-pay"))
        page = await self.shop.press(self.words.label("button-pay"), bill, PATIENCE)
        await self.person.press_page(page, "pay")
        await self.hear(self.shop, self.words.piece("order-paid"))
        if tariff in GROUPS:
            invitation = await self.hear(self.shop, self.words.step("groups"))
            group, title = GROUPS[tariff]
            await self.press(self.shop, title, invitation)
            await self._come_in(group)
        ready = await self.hear(self.shop, self.words.step("course"))
        await self.press(self.shop, self.words.button("course"), ready)
        await self.study(1)

    async def answer_the_clock(self) -> Message:
        """Say that the clock is right; gives the message that offers the hour of the lessons."""
        asked = await self.hear(self.lessons, self.words.piece("zone-ask"))
        await self.press(self.lessons, self.words.label("yes"), asked)
        return await self.hear(self.lessons, self.words.piece("zone-set"))

    async def choose_hour(self, hour: str) -> None:
        """Answer the question about the clock and write at which hour the lessons shall come."""
        clock = await self.answer_the_clock()
        await self.press(self.lessons, self.words.label("settings-hour"), clock)
        await self.lessons.expect(self.words.piece("hour-ask"), PATIENCE)
        await self.lessons.send(hour)
        await self.hear(self.lessons, self.words.piece("hour-set"))

    async def _come_in(self, group: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (await self.person.chat(group).info())["member"]:
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.role.first_name} was not let into {group}")
            await asyncio.sleep(LOOK_SECONDS)

    async def study(self, day: int) -> None:
        """Wait for a day's lesson and press its button."""
        lesson = await self.hear(self.lessons, self.words.step(f"day{day}"))
        done = self.words.label("lesson-done")
        while done not in lesson.buttons:
            lesson = await self.lessons.expect(None, PATIENCE)
        await self.press(self.lessons, done, lesson)

    async def study_daily(self, first: int, last: int, start: tuple[int, float]) -> None:
        """Study the lessons `first` to `last`, a day each, after having begun at `start`."""
        day, hour = start
        for number in range(first, last + 1):
            await self.week.until(day + number - 1, hour)
            await self.study(number)

    async def hand_in(self, work: str) -> None:
        """Send work for the curator."""
        await self.lessons.send(work)
        await self.hear(self.lessons, self.words.piece("assignment-received"))

    async def say_in_group(self, tariff: str, text: str) -> None:
        """Write into the group of a tariff."""
        await self.person.chat(GROUPS[tariff][0]).send(text)

    async def take_the_desk(self) -> None:
        """Begin as an admin: start both bots."""
        await self.person.start(COURSE_BOT)
        await self.person.start(SALES_BOT)
        await self.hear(self.lessons, self.words.piece("course-admin"))

    async def review(self, student: Role, answer: str, verdict: str) -> None:
        """Answer the newest work of a student by replying to its card, and judge it: `accepted` or `needs_work`."""
        card = await self.hear(self.lessons, f"📝 {student.first_name}")
        await self.lessons.reply(card, answer)
        await self.hear(self.lessons, self.words.piece("review-answered-decide"))
        await self.press(self.lessons, self.words.label(f"review-{verdict}"), card)

    async def make_code(self, code: str, taken_off: str) -> str:
        """Make a promo code as an admin; gives its link."""
        await self.lessons.send(f"/promos {code} {taken_off}")
        made = await self.hear(self.lessons, self.words.piece("promos-made"))
        return _link_in(made)

    async def enter_code(self, link: str) -> None:
        """Follow the link of a promo code and read the prices with it."""
        await self.person.open(link)
        await self.hear(self.shop, self.words.piece("promo-entered"))

    async def become_partner(self) -> str:
        """Ask for one's own link; gives it."""
        await self.agree()
        await self.hear(self.shop, self.words.step("hello"))
        await self.shop.send("/partner")
        told = await self.hear(self.shop, self.words.piece("partner"))
        return _link_in(told)


def _link_in(told: Message) -> str:
    return next(word for word in told.text.split() if word.startswith(TELEGRAM))
