"""Somebody new presses only what the bots offer: how far it is to the group and the first lesson, and whether they ever stand lost.

A screen is all that comes after one act of theirs. Each must have a button or say in words what to do or what comes.
"""

import asyncio
import re
from dataclasses import dataclass, field

from sandbox.client.client import Chat, Message, SandboxClient
from tests.stories.doors import come_in
from tests.stories.ledger import settled
from tests.stories.people import WORDS, Buyer, all_with, buyer, wait_for
from tests.stories.school import School, admin_of, group_of

MOST_PRESSES = 6
# The words that name a next step: something to press, send or open, or what comes by itself.
STEPS = {
    "en": r"(?<!\S)/\w+|\b[Pp]ress|\b[Ss]end|[Ww]rite|[Oo]pen|[Aa]nswer will come|comes? (tomorrow|by itself)|goes on by itself|Noted|[Oo]n we go|few seconds",
    "ru": r"(?<!\S)/\w+|[Нн]ажм|[Пп]ришлите|[Нн]апиш|[Оо]ткро|[Оо]твет придёт|придёт (завтра|сам)|ид[её]т дальше сам|Отмечено|[Ии]д[её]м дальше|несколько секунд",
}
ONBOARDING = {"en": ("How it works", "Show your texts"), "ru": ("Как всё устроено", "В общей группе")}
LESSON_DONE = {"en": "Done", "ru": "Готово"}
ASK = {"en": "Ask", "ru": "Спросить"}


@dataclass
class Newcomer:
    """Their hands and eyes: presses are counted, screens kept."""

    tg: SandboxClient
    one: Buyer
    presses: int = 0
    screens: list[tuple[str, list[Message]]] = field(default_factory=list)
    _seen: set[tuple[str, int, str]] = field(default_factory=set)

    async def press(self, chat: Chat, words: str) -> None:
        """Press the newest button that is on their screen and says so."""
        self.presses += 1
        await self.look(await chat.press(words))

    async def follow(self, chat: Chat, words: str) -> str:
        """Press a button that leads elsewhere in Telegram, then Telegram's own button there; gives the address."""
        holder = next(
            one for one in reversed(await chat.messages()) if any(words in text for text in one.buttons)
        )
        button = next(key for row in holder.rows for key in row if words in key["text"])
        self.presses += 2
        return str(button["url"])

    async def write(self, chat: Chat, text: str) -> None:
        await chat.send(text)
        await self.look()

    async def look(self, note: str = "") -> None:
        """Keep what is new before them once all has come: a note that popped up, messages."""
        await settled(self.tg, self.one.school)
        fresh = [
            message
            for chat in (self.one.shop, self.one.lessons)
            for message in await chat.messages()
            if self._is_new(chat, message)
        ]
        self.screens.append((note, fresh))

    async def look_again(self) -> None:
        """The same where the other one's clock may have brought it all before: then there is no new screen."""
        await self.look()
        if self.screens[-1] == ("", []):
            self.screens.pop()

    def _is_new(self, chat: Chat, message: Message) -> bool:
        known = (chat.name, message.id, str(message))
        is_new = message.sender_id != self.one.person.id and known not in self._seen
        self._seen.add(known)
        return is_new

    def assert_never_lost(self) -> None:
        """Every screen has something to press or says what comes next."""
        steps = STEPS["ru" if self.one.words is WORDS["ru"] else "en"]
        for note, screen in self.screens:
            told = " | ".join(str(one).replace("\n", " ") for one in [note, *screen])
            print(f"  {told[:160]} … {told[-120:]}")
            assert any(one.buttons or re.search(steps, one.text) for one in screen) or re.search(
                steps, note
            ), told


async def test_group_and_first_lesson_in_a_few_presses_and_a_next_step_everywhere(
    tg: SandboxClient, school: School
) -> None:
    await (await admin_of(tg, school)).start(school.course)
    for new in await asyncio.gather(*(_come(tg, school, language) for language in WORDS)):
        print(f"{new.one.person.first_name}: {len(new.screens)} screens, each with a next step:")
        new.assert_never_lost()


async def _come(tg: SandboxClient, school: School, language: str) -> Newcomer:
    one = await buyer(tg, school, language, f"Nina {language}")
    new, words = Newcomer(tg, one), one.words
    await one.person.start(school.sales)
    await new.look()
    for button in (words.agree, words.inside, words.choose):
        await new.press(one.shop, button)

    new.presses = 0
    await new.press(one.shop, words.feedback)
    await tg.clock.advance(seconds=6)
    await one.shop.expect(words.paid)
    await new.look_again()
    group = await group_of(tg, school, "feedback")
    await come_in(one.person, group, await new.follow(one.shop, group.title))
    await one.person.open(await new.follow(one.shop, words.open_course))
    await new.look()
    assert len(await all_with(one.lessons, f"{words.day} 1")) == 1
    needed = new.presses
    assert needed <= MOST_PRESSES

    for greeting in ONBOARDING[language]:
        assert len(await all_with(one.shop, greeting)) == 1
    await _look_around(new, language)
    print(f"{language}: group and lesson 1 in {needed} presses after the payment was chosen")
    return new


async def _look_around(new: Newcomer, language: str) -> None:
    """Everything else that the bots offer: their commands, and what is under the lesson."""
    one = new.one
    for command in ("/purchases", "/partner"):
        await new.write(one.shop, command)
    await new.write(one.shop, "?")
    for command in ("/lessons", "/progress", "/settings", "/help"):
        await new.write(one.lessons, command)
    await new.press(one.lessons, LESSON_DONE[language])
    await new.press(one.lessons, ASK[language])
    await new.write(one.lessons, "?")
    await new.write(one.lessons, "My letter")
    desk = (await admin_of(new.tg, one.school)).chat(one.school.course)
    card = await wait_for(desk, f"📝 {one.person.first_name}")
    await desk.press("Принять", card)
    await new.look()
