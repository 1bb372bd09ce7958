"""Button data that the sandbox's own people could not send: somebody else's, cut, made up."""

from collections.abc import Collection, Iterator, Mapping
from itertools import count

from core.presses import Press, sign
from sandbox.client.client import Bot, Person, SandboxClient
from tests.stories.school import eventually

NUMBERS = count(10**17)


SOMEBODY_ELSES_KEY = b"another installation's key......"


def write_over(data: str, bot_id: int, person_id: int) -> Iterator[tuple[str, str]]:
    """The data of a genuine button changed in eight ways, each with its name."""
    signed, _, mac = data.rpartition(".")
    _, kind, target = signed.split(".")
    yield "cut short", data[:-1]
    yield "without a signature", signed
    yield "with one letter of the signature changed", f"{signed}.{_swap(mac)}"
    yield "about something else", f"v1.{kind}.{_swap(target)}.{mac}"
    yield "of another kind", f"v1.{'no' if kind != 'no' else 'gv'}.{target}.{mac}"
    yield "of another version", f"v2{data[2:]}"
    yield "made up", f"{kind} {target}"
    somebody_elses = sign(SOMEBODY_ELSES_KEY, bot_id, person_id, str(person_id), Press(kind, target))
    yield "signed by somebody else", somebody_elses


def _swap(text: str) -> str:
    last = text[-1]
    return text[:-1] + (str(9 - int(last)) if last.isdecimal() else "b" if last != "b" else "a")


class Forger:
    """Sends callback queries of any content as a person, in their own chat with a bot or in another."""

    def __init__(self, tg: SandboxClient, bot: Bot, person: Person) -> None:
        self._tg = tg
        self._bot = bot
        self._person = person

    async def send(self, data: str, message_id: int = 1, chat_id: int | None = None) -> str:
        """Send data as if a button of the message had it; gives the query's id."""
        query = str(next(NUMBERS))
        user = {"id": self._person.id, "is_bot": False, "first_name": self._person.first_name}
        own = {"id": self._person.id, "type": "private", "first_name": self._person.first_name}
        group = {"id": chat_id, "type": "supergroup", "title": "A group"}
        message = {
            "message_id": message_id,
            "date": 1,
            "chat": own if chat_id is None else group,
            "from": {"id": self._bot.id, "is_bot": True, "first_name": "Bot"},
            "text": "made up",
        }
        callback = {"id": query, "from": user, "message": message, "chat_instance": "1", "data": data}
        await self._tg.inject(self._bot, {"callback_query": callback})
        return query

    async def press(self, data: str, chat_id: int | None = None) -> str:
        """Send data; gives the note the bot answers with."""
        query = await self.send(data, chat_id=chat_id)
        return (await read_notes(self._tg, {query}))[query]


async def read_notes(tg: SandboxClient, queries: Collection[str]) -> Mapping[str, str]:
    """What the bots answered to these presses, by query, once they have answered them all."""

    async def look() -> Mapping[str, str]:
        calls = await tg.calls(method="answerCallbackQuery", limit=100_000)
        notes = {
            str(one["params"]["callback_query_id"]): str(one["params"].get("text", "")) or "(no text)"
            for one in calls
        }
        found = {query: notes[query] for query in queries if query in notes}
        return found if len(found) == len(queries) else {}

    return await eventually(look)
