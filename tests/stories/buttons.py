"""The buttons both bots know, by the kinds their handlers listen to, and those that people have before them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from aiogram import Router

from app.serve.wiring import build_dispatchers
from bots.shared.filters import Pressed
from core.lifecycle import BotKind
from core.presses import Press
from sandbox.client.client import Bot, Chat, Message, Person
from tests.stories.school import School, eventually

CATCH_ALL = "unknown_press"  # the handler of everything that is no button of ours
Kind = tuple[BotKind, str]


@dataclass(frozen=True)
class Shown:
    """A button somebody has before them."""

    bot: Bot
    bot_kind: BotKind
    person: Person
    message_id: int
    data: str

    @property
    def press(self) -> Press:
        """What it is for."""
        _, kind, target, _ = self.data.split(".")
        return Press(kind, target)

    @property
    def kind(self) -> Kind:
        return self.bot_kind, self.press.kind


def list_kinds() -> set[Kind]:
    """Every kind of button that a handler of either bot takes; AssertionError for a handler that takes more."""
    return {
        (bot, kind) for bot, dispatcher in build_dispatchers().items() for kind in _kinds_below(dispatcher)
    }


def _kinds_below(router: Router) -> Iterator[str]:
    for one in router.chain_tail:
        for handler in one.callback_query.handlers:
            filters = [known.callback for known in handler.filters or ()]
            kinds = [known.kind for known in filters if isinstance(known, Pressed)]
            assert kinds or handler.callback.__name__ == CATCH_ALL, (
                f"{handler.callback} takes unsigned presses"
            )
            yield from kinds


async def list_shown(school: School, people: Collection[Person]) -> list[Shown]:
    """All buttons these people see, oldest first, without links."""
    places = ((BotKind.SALES, school.sales), (BotKind.COURSE, school.course))
    return [
        Shown(bot, kind, person, message.id, data)
        for person in people
        for kind, bot in places
        for message in await person.chat(bot).messages()
        for data in _data_of(message).values()
    ]


def first_of_each(shown: Collection[Shown]) -> list[Shown]:
    """The first button of every kind."""
    firsts = {one.kind: one for one in reversed([*shown])}
    return [firsts[kind] for kind in sorted(firsts)]


async def see(chat: Chat, kind: str, number: int = 1) -> tuple[Message, str]:
    """The n-th message with a button of a kind, and that button's text, in whatever language."""

    async def look() -> list[tuple[Message, str]]:
        found = [(one, text) for one in await chat.messages() if (text := _text_of(one, kind))]
        return found if len(found) >= number else []

    return (await eventually(look))[number - 1]


async def press(chat: Chat, kind: str, number: int = 1) -> str:
    """Press the first button of a kind in the n-th message that has some; gives the bot's note."""
    message, text = await see(chat, kind, number)
    return await chat.press(text, message)


async def below(chat: Chat, card: Message) -> Message:
    """The message further down that has taken over a card's buttons: they decide about the same thing."""

    async def look() -> list[Message]:
        later = [one for one in await chat.messages() if one.id > card.id]
        return [one for one in later if _subjects(one) & _subjects(card)]

    return (await eventually(look))[0]


def _subjects(message: Message) -> set[str]:
    """What a message's buttons decide about; a button of the queue names an act first, which says nothing of the work."""
    named = {data.split(".")[2].partition("-")[0] for data in _data_of(message).values()}
    return {name for name in named if name.isdecimal()}


def _data_of(message: Message) -> Mapping[str, str]:
    buttons = [button for row in message.rows for button in row]
    return {str(one["text"]): str(one["callback_data"]) for one in buttons if "callback_data" in one}


def _text_of(message: Message, kind: str) -> str:
    """The text of the message's first button of a kind; empty if it has none."""
    texts = (text for text, data in _data_of(message).items() if data.split(".")[1] == kind)
    return next(texts, "")
