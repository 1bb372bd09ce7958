"""Somebody who takes the demo's tour by doing exactly what its steps say."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.client.client import Chat, Message, SandboxClient
from tests.stories.school import eventually

PATIENCE = 240
# What a step names in quotes, its commands, and its words for writing something or following a link, in their order.
TOLD = re.compile(
    r"[«“](?P<quoted>[^»”]+)[»”]"
    r"|(?P<command>/\w+)"
    r"|(?P<link>Нажмите на неё|Press it)"
    r"|(?P<write>[Пп]ришлите|любое сообщение|[Ss]end (?:the|a)\b|any message)"
)
# Places and buttons of the page itself: pressing a link or an invitation already does them here.
PAGE = {"Старт", "Start", "Подать заявку", "Ask to join"}
BELOW = {"Ваши группы", "Your groups"}
ANSWER = {"Ответить", "Reply"}
TOMORROW = {"+1 день", "+1 day"}


@dataclass
class Walker:
    """Takes the tour of one language; `said` is what the steps said."""

    tg: SandboxClient
    language: str
    said: list[str]
    answered: int = 0
    """The newest card that was answered: a new version comes as a newer one."""

    async def walk(self) -> None:
        """From the first step to the end."""
        steps = (await self.tg.tour(self.language))["steps"]
        for number, step in enumerate(steps):
            assert await self._done() == number, step["text"]
            self.said.append(step["text"])
            await self._follow(step)
            try:
                await eventually(lambda at=number: self._is_past(at), PATIENCE)  # type: ignore[misc]
            except AssertionError as late:
                raise AssertionError(f"nothing came of: {step['text']}") from late
        assert await self._done() == len(steps)

    async def _done(self) -> int:
        return int((await self.tg.tour(self.language))["done"])

    async def _is_past(self, number: int) -> bool:
        return await self._done() > number

    async def _follow(self, step: dict[str, Any]) -> None:
        person = await self.tg.find_person(step["person"])
        chat, words_above = person.chat(step["chat"]), ""
        for told in TOLD.finditer(step["text"]):
            quoted = told["quoted"]
            if told["command"]:
                await chat.send(told["command"])
            elif told["link"]:
                await person.open(_link_in(await chat.last()))
            elif told["write"]:
                await chat.send("Пришлите договор до пятницы. / Please send the contract by Friday.")
            elif quoted in ANSWER:
                card = await self._card(chat)
                await chat.reply(card, "Хорошо! / Good!")
                self.answered = card.id
            elif quoted in TOMORROW:
                await self.tg.clock.advance(days=1)
            elif quoted in BELOW:
                words_above = quoted
            elif quoted not in PAGE:
                accepts = quoted.startswith(("✅ Принять", "✅ Accept"))
                message = await (self._card(chat) if accepts else self._with(chat, quoted, words_above))
                page = await chat.press(quoted, message, PATIENCE)
                if "/pay/" in page:
                    await person.press_page(page, "pay")

    async def _with(self, chat: Chat, button: str, words: str) -> Message:
        """The newest message with a button, and with words if the step names some."""

        async def look() -> list[Message]:
            found = [one for one in await chat.messages() if any(button in text for text in one.buttons)]
            return [one for one in found if words in one.text]

        return (await eventually(look, PATIENCE))[-1]

    async def _card(self, chat: Chat) -> Message:
        """The newest card about the tour's student that is to be decided."""
        student = {"ru": "Анна", "en": "Emma"}[self.language]

        async def look() -> list[Message]:
            found = [one for one in await chat.messages() if one.text.startswith(f"📝 {student}")]
            return [one for one in found if one.id > self.answered and _can_accept(one)]

        return (await eventually(look, PATIENCE))[-1]


def _can_accept(message: Message) -> bool:
    return any(text.startswith("✅") for text in message.buttons)


def _link_in(message: Message) -> str:
    return next(word for word in message.text.split() if word.startswith("https://t.me/"))
