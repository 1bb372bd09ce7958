"""Button data that the sandbox's own people could not send: somebody else's, cut, made up."""

from itertools import count

from sandbox.client import Bot, Person, SandboxClient
from tests.stories.school import eventually

NUMBERS = count(10**17)


class Forger:
    """Sends callback queries of any content as a person in her own chat with a bot."""

    def __init__(self, tg: SandboxClient, bot: Bot, person: Person) -> None:
        self._tg = tg
        self._bot = bot
        self._person = person

    async def send(self, data: str) -> str:
        """Send data as if a button had it; gives the query's id."""
        query = str(next(NUMBERS))
        user = {"id": self._person.id, "is_bot": False, "first_name": self._person.first_name}
        message = {
            "message_id": 1,
            "date": 1,
            "chat": {"id": self._person.id, "type": "private", "first_name": self._person.first_name},
            "from": {"id": self._bot.id, "is_bot": True, "first_name": "Bot"},
            "text": "made up",
        }
        callback = {"id": query, "from": user, "message": message, "chat_instance": "1", "data": data}
        await self._tg.inject(self._bot, {"callback_query": callback})
        return query

    async def press(self, data: str) -> str:
        """Send data; gives the note the bot answers with."""
        query = await self.send(data)

        async def look() -> list[str]:
            calls = await self._tg.calls(bot=self._bot.username, method="answerCallbackQuery", limit=100_000)
            return [
                str(one["params"].get("text", "")) or "(no text)" for one in calls if _is_about(one, query)
            ]

        return (await eventually(look))[0]


def _is_about(call: dict[str, dict[str, object]], query: str) -> bool:
    return call["params"].get("callback_query_id") == query
