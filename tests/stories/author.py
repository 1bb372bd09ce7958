"""An author who speaks to many: from a phone with one bot, and from a keyboard beside it; and those they speak to."""

import asyncio
import csv
import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.cli.mailing.broadcast import show_broadcast
from core.environment import FIRST_ACCOUNT
from core.text.catalog import say
from sandbox.client.client import Chat, Message, SandboxClient
from tests.factories.persons import add_chat
from tests.stories.chat_pictures import take_pictures
from tests.stories.people import Buyer, buyer, remember, start, wait_for
from tests.stories.school import PATIENCE, School, eventually

PEOPLE = {"Anna": "en", "Boris": "ru", "Cleo": "en", "Dora": "ru"}
POLL = {
    "id": "5400",
    "question": "Morning or evening?",
    "options": [{"persistent_id": one, "text": one, "voter_count": 0} for one in ("Morning", "Evening")],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": True,
    "members_only": False,
}
PARTS = ("pending", "sent", "failed", "blocked", "unknown", "skipped")


def _adding_up(shown: str) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(shown)
    assert sum(figures[part] for part in PARTS) == figures["total"]
    return figures


def plain(key: str, language: str, **values: Any) -> str:
    """A text of the bots as it is shown."""
    return re.sub(r"</?\w+>", "", say(key, language, values))


@dataclass
class Author:
    """Their chat with the sales bot, and the people of the school by name."""

    tg: SandboxClient
    school: School
    desk: Chat
    language: str
    people: Mapping[str, Buyer] = field(default_factory=dict)

    def words(self, key: str, **values: Any) -> str:
        """What the bots say to this author."""
        return plain(key, self.language, **values)

    async def write(self, text: str, words: str) -> Message:
        """Write, and read the first answer with the words."""
        return await self.after(await self.desk.send(text), words)

    async def after(self, message: Message, words: str) -> Message:
        """What comes after a message of theirs, with the words in it."""

        async def look() -> list[Message]:
            return [one for one in await self.desk.messages() if one.id > message.id and words in one.text]

        return (await eventually(look))[0]

    async def tap(self, action: str, words: str = "", **values: Any) -> Message:
        """Press the newest button of the card that does this; gives the card as it shows the words then."""
        card = await self._card(button := self.words(f"broadcast-do-{action}", **values))
        await self.desk.press(button, card)
        return await self.shows(card, words) if words else card

    async def _card(self, button: str) -> Message:
        async def look() -> list[Message]:
            return [one for one in await self.desk.messages() if button in one.buttons]

        return (await eventually(look))[-1]

    async def look(self, moment: str) -> None:
        """Take a picture of the end of their chat, where somebody wants to look at it."""
        chats = [(self.desk._owner, self.school.sales)]
        await take_pictures(self.school.telegram, self.language, chats, moment)  # type: ignore[arg-type]

    async def shows(self, card: Message, words: str) -> Message:
        """The card once it says this."""

        async def look() -> list[Message]:
            return [one for one in await self.desk.messages() if one.id == card.id and words in one.text]

        return (await eventually(look))[0]

    async def confirm(self, people: int) -> Message:
        """Confirm the number of the newest draft; gives the card."""
        asked = await self.tap("ask", self.words("broadcast-ask-sure"))
        assert self.words("broadcast-reach", number=people) in asked.text
        await self.tap("start", people=people)
        return asked

    async def send_out(self, people: int) -> Message:
        """The same, waiting for the result, which everybody has to be in."""
        asked = await self.confirm(people)
        result = await self.after(asked, self.words("broadcast-end-finished"))
        total, *parts = [int(one) for one in re.findall(r": (\d+)$", result.text, re.MULTILINE)]
        assert total == sum(parts) == people
        return result

    def command(self, *words: str) -> str:
        """What `tandem …` prints; it has to succeed."""
        done = self.school.command(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def file(self, name: str, text: str) -> str:
        """A file in the school's folder."""
        path = self.school.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def send_file(self, name: str, text: str) -> int:
        """Send the broadcast of a file; gives its number."""
        return int(self.command("broadcast", "send", self.file(name, text)).split()[-1])

    def show(self, number: int) -> dict[str, Any]:
        """Its figures, which always add up."""
        return _adding_up(self.command("broadcast", "show", str(number), "--json"))

    async def becomes(self, number: int, **wanted: Any) -> dict[str, Any]:
        """The figures once they are these."""

        seen: list[dict[str, Any]] = []

        async def look() -> bool:
            async with db.unit(FIRST_ACCOUNT) as uow:
                (shown,) = await show_broadcast(uow, number, as_json=True)
            seen.append(_adding_up(shown))
            return all(seen[-1][name] == value for name, value in wanted.items())

        try:
            async with (
                self.school.opened() as db
            ):  # a process for each look would be most of the story's work
                await eventually(look)
        except AssertionError:
            raise AssertionError(f"{wanted} is never so; at last {seen[-1]}") from None
        return seen[-1]

    def results(self, number: int) -> list[dict[str, str]]:
        """The table, a line for each."""
        return list(csv.DictReader(self.command("broadcast", "results", str(number)).splitlines()))

    async def crowd(self, count: int) -> list[Chat]:
        """So many people more who have the sales bot open."""
        chats = [
            (await self.tg.find_person(one)).chat(self.school.sales)
            for one in await self.tg.people(count, started=self.school.sales)
        ]
        async with self.school.opened() as db, db.unit(FIRST_ACCOUNT) as uow:
            for one in chats:
                contact = await remember(uow, one._owner, language="en")  # type: ignore[arg-type]
                await add_chat(uow, self.school.sales.id, contact)
        return chats


async def open_house(
    tg: SandboxClient, open_school: Callable[..., School], migrated: Path, language: str, database: str
) -> Author:
    """A school whose author speaks a language, and four people: one has blocked the bot, one wants no mailings."""
    author = await tg.person("Marina", language_code=language)
    school = await asyncio.to_thread(open_school, database, ADMIN_IDS=str(author.id))
    if database == "sqlite":
        shutil.copy(migrated, school.folder / "data" / "tandem.db")
    else:
        await asyncio.to_thread(school.command, "migrate")
    await asyncio.to_thread(school.install)
    await asyncio.to_thread(school.start)
    desk = await start(author, school.sales)
    people = {name: await buyer(tg, school, spoken, name) for name, spoken in PEOPLE.items()}
    for one in people.values():
        await start(one.person, school.sales)
    await people["Cleo"].person.block(school.sales)
    await people["Dora"].shop.send("/stop")
    await wait_for(people["Dora"].shop, plain("mailing-stopped", "ru"))
    return Author(tg, school, desk, language, people)


async def got(chat: Chat, words: str, number: int = 1) -> Message:
    """The n-th message with these words, in text or caption."""

    async def look() -> list[Message]:
        found = [one for one in await chat.messages() if words in one.text + str(one.raw.get("caption", ""))]
        return found if len(found) >= number else []

    return (await eventually(look, PATIENCE))[number - 1]


async def never(chat: Chat, words: str) -> bool:
    """Whether a chat has nothing with these words."""
    return all(words not in one.text for one in await chat.messages())
