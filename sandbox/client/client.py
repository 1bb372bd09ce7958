"""A client of the sandbox for tests and demos: people who write, wait and press, in plain English."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import aiohttp

from sandbox.client.chat import (
    Chat,
    Launch,
    Link,
    Message,
    Receipt,
    Topic,
    read_launch,
    read_receipt,
)

__all__ = [
    "Bot",
    "Chat",
    "Clock",
    "Group",
    "Launch",
    "Message",
    "Person",
    "Receipt",
    "SandboxClient",
    "Topic",
    "is_up",
]
Json = dict[str, Any]


@dataclass(frozen=True)
class Bot:
    """A bot account in the sandbox."""

    id: int
    token: str
    username: str
    name: str


class Person:
    """Someone who uses Telegram; reads are immediate, acts come back when Telegram has taken them."""

    def __init__(self, link: Link, raw: Json) -> None:
        self.id: int = raw["id"]
        self.first_name: str = raw["first_name"]
        self.username: str = raw.get("username", "")
        self._link = link
        self._chats: dict[str, Chat] = {}

    def __repr__(self) -> str:
        return f"<{self.first_name} {self.id}>"

    def chat(self, place: "str | int | Bot | Group") -> Chat:
        """Return this person's chat with a bot (by username) or a group (by id); always the same object."""
        if isinstance(place, Group):
            name = str(place.id)
        elif isinstance(place, Bot):
            name = place.username
        else:
            name = str(place).removeprefix("@")
        if name not in self._chats:
            self._chats[name] = Chat(self._link, self, name)
        return self._chats[name]

    async def start(self, bot: str | Bot, payload: str = "") -> Chat:
        """Start a bot, with a deep link's payload if given."""
        name = bot.username if isinstance(bot, Bot) else bot
        await self._post("start", {"bot": name, "payload": payload})
        return self.chat(name)

    async def open(self, url: str) -> Chat:
        """Open a t.me link: starts a bot, joins a public group or follows an invitation."""
        answer = await self._post("open", {"url": url})
        if "chat" not in answer:
            raise AssertionError(f"{url} leads out of Telegram")
        return self.chat(answer.get("bot") or answer["chat"])

    async def join(self, url: str) -> str:
        """Follow an invitation; returns `joined` or `requested`."""
        return str((await self._post("open", {"url": url}))["kind"])

    async def press_page(self, url: str, wish: str) -> None:
        """Press a button of a stand-in's pay page: pay, decline, slow or later."""
        await self._link.submit(url, {"do": wish})

    async def pay(self, url: str) -> Receipt:
        """Pay an invoice by its link."""
        return read_receipt(await self._post("pay", {"url": url}))

    async def subscriptions(self) -> list[Json]:
        """Return one's subscriptions in Stars, the oldest first."""
        answer: list[Json] = await self._link.get(f"/sandbox/people/{self.id}/subscriptions")
        return answer

    async def change_subscription(self, charge_id: str, act: str) -> Json:
        """Cancel or resume one as in Telegram's settings; `empty` lets the Stars run out, `fill` brings new ones."""
        changed: Json = await self._post(f"subscriptions/{charge_id}", {"act": act})
        return changed

    async def launch(self, url: str) -> Launch:
        """Open a Mini App by its link."""
        return read_launch(await self._post("launch", {"url": url}))

    async def block(self, bot: str | Bot) -> None:
        """Block a bot."""
        await self._post("block", {"bot": bot.username if isinstance(bot, Bot) else bot})

    async def unblock(self, bot: str | Bot) -> None:
        """Unblock a bot."""
        await self._post("unblock", {"bot": bot.username if isinstance(bot, Bot) else bot})

    async def delete_account(self) -> None:
        """Leave Telegram for good."""
        await self._post("delete", {})

    async def chats(self) -> list[Json]:
        """Return the chat list as the screen shows it."""
        answer: list[Json] = await self._link.get(f"/sandbox/people/{self.id}/chats")
        return answer

    async def _post(self, act: str, body: Json) -> Json:
        answer: Json = await self._link.post(f"/sandbox/people/{self.id}/{act}", body)
        return answer


class Group:
    """A group, supergroup or channel."""

    def __init__(self, link: Link, raw: Json) -> None:
        self.id: int = raw["id"]
        self.title: str = raw["title"]
        self._link = link

    async def info(self) -> Json:
        """Return everything known about the group."""
        answer: Json = await self._link.get(f"/sandbox/groups/{self.id}")
        return answer

    async def members(self) -> dict[int, str]:
        """Return who is or was here, with their status."""
        return {member["user"]["id"]: member["status"] for member in (await self.info())["members"]}

    async def requests(self) -> list[int]:
        """Return who waits to be let in."""
        return list((await self.info())["requests"])

    async def add(self, person: Person) -> None:
        """Add a person."""
        await self._link.post(f"/sandbox/groups/{self.id}/members", {"person": person.id})

    async def set_rank(self, person: Person, status: str, rights: Json | None = None) -> None:
        """Promote, restrict, ban (`kicked`) or let go (`left`) somebody, as the owner does."""
        body: Json = {"person": person.id, "status": status}
        await self._link.post(
            f"/sandbox/groups/{self.id}/ranks", body if rights is None else {**body, "rights": rights}
        )

    async def approve(self, person: Person) -> None:
        """Let somebody in who asked, as the owner does."""
        await self._link.post(f"/sandbox/groups/{self.id}/requests", {"person": person.id, "approve": True})

    async def decline(self, person: Person) -> None:
        """Send somebody away who asked, as the owner does."""
        await self._link.post(f"/sandbox/groups/{self.id}/requests", {"person": person.id, "approve": False})

    async def set_forum(self, *, is_forum: bool = True) -> None:
        """Turn topics on or off."""
        await self._link.post(f"/sandbox/groups/{self.id}/forum", {"is_forum": is_forum})

    async def close_topic(self, topic: int = 0, *, closed: bool = True) -> None:
        """Close a topic, the general one unless another is named, or open it again."""
        await self._link.post(f"/sandbox/groups/{self.id}/topics", {"topic": topic, "closed": closed})

    async def set_bot(
        self, bot: str | Bot, status: str = "administrator", rights: Json | None = None
    ) -> None:
        """Add a bot, or change its rank: administrator, member, left or kicked."""
        name = bot.username if isinstance(bot, Bot) else bot
        body: Json = {"bot": name, "status": status}
        await self._link.post(
            f"/sandbox/groups/{self.id}/bots", body if rights is None else {**body, "rights": rights}
        )

    async def permissions(self, **allowed: bool) -> None:
        """Say what ordinary members may do."""
        await self._link.post(f"/sandbox/groups/{self.id}/permissions", allowed)

    async def upgrade(self) -> "Group":
        """Turn a basic group into a supergroup, which is a new chat."""
        return Group(self._link, await self._link.post(f"/sandbox/groups/{self.id}/upgrade", {}))


class Clock:
    """The sandbox's clock."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def now(self) -> datetime:
        """Return the moved time."""
        return datetime.fromisoformat((await self._link.get("/clock"))["now"])

    async def advance(self, **span: float) -> datetime:
        """Move on by `days=`, `hours=`, `minutes=` or `seconds=`; returns the new time."""
        seconds = timedelta(**span).total_seconds()
        return datetime.fromisoformat((await self._link.post("/clock", {"advance": seconds}))["now"])

    async def reset(self) -> None:
        """Go back to real time."""
        await self._link.post("/clock", {"offset": 0})


class SandboxClient:
    """Talks to one sandbox; use it as an async context manager."""

    def __init__(self, base_url: str) -> None:
        self._link = Link(base_url.rstrip("/"))
        self.clock = Clock(self._link)

    async def __aenter__(self) -> Self:
        await self._link.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._link.close()

    @property
    def base_url(self) -> str:
        """Return where the sandbox listens."""
        return self._link.base_url

    async def add_bot(self, token: str = "", username: str = "", name: str = "") -> Bot:
        """Create a bot, or rename the one with this token."""
        raw = await self._link.post("/sandbox/bots", {"token": token, "username": username, "name": name})
        return Bot(raw["id"], raw["token"], raw["username"], raw["first_name"])

    async def person(self, first_name: str, **more: Any) -> Person:
        """Create a person; `last_name`, `username`, `language_code` and a fixed `id` are optional."""
        return Person(
            self._link, await self._link.post("/sandbox/people", {"first_name": first_name, **more})
        )

    async def people(self, count: int, started: str | Bot = "") -> list[int]:
        """Create many people at once, who already started a bot; returns their ids."""
        bot = started.username if isinstance(started, Bot) else started
        raw = await self._link.post("/sandbox/people/bulk", {"count": count, "started": bot})
        return list(raw["ids"])

    async def find_person(self, name: str | int) -> Person:
        """Return an existing person by id or username."""
        return Person(self._link, await self._link.get(f"/sandbox/people/{name}"))

    async def group(self, title: str, **more: Any) -> Group:
        """Create a group; `type`, `id`, `username`, `owner`, `members` and `bots` are optional."""
        for key in ("members", "bots"):
            more[key] = [_name(guest) for guest in more.get(key, [])]
        if "owner" in more:
            more["owner"] = _name(more["owner"])
        return Group(self._link, await self._link.post("/sandbox/groups", {"title": title, **more}))

    async def chatter(self, bot: str | Bot, count: int, text: str = "word") -> int:
        """Let everybody who has started the bot write to it, `count` messages in all; returns how many people did."""
        raw = await self._link.post(f"/sandbox/bots/{_name(bot)}/chatter", {"count": count, "text": text})
        return int(raw["people"])

    async def abilities(self, bot: str | Bot, **wish: Any) -> None:
        """Set what is set at @BotFather: `topics`, `users_create_topics`, `mini_apps` by their short names."""
        await self._link.post(f"/sandbox/bots/{_name(bot)}/abilities", wish)

    async def plan_providers(self, **wish: Any) -> None:
        """Tell the stand-ins of payment providers where notifications go (`notify`), which trouble comes, and so on."""
        await self._link.post("/sandbox/providers", wish)

    async def payments(self, bot: str | Bot = "") -> list[Json]:
        """Return payments, of one bot if given, the newest last."""
        answer: list[Json] = await self._link.get("/sandbox/payments", bot=_name(bot))
        return answer

    async def inject(self, bot: str | Bot, update: Json) -> int:
        """Queue an update of any shape for a bot."""
        raw = await self._link.post(f"/sandbox/bots/{_name(bot)}/updates", update)
        return int(raw["update_id"])

    async def faults(self, *rules: Json, **switches: Any) -> Json:
        """Replace the faults: rules like `{"kind": "502", "rate": 0.05}`, switches `seed`, `duplicate_updates`, `reorder_updates`."""
        answer: Json = await self._link.post("/sandbox/faults", {"rules": list(rules), **switches})
        return answer

    async def calls(self, **query: Any) -> list[Json]:
        """Return recorded calls; `after`, `bot`, `method` and `limit` narrow them."""
        answer: list[Json] = (await self._link.get("/sandbox/calls", **query))["calls"]
        return answer

    async def report(self) -> Json:
        """Return broken rules and counts."""
        answer: Json = await self._link.get("/sandbox/report")
        return answer

    async def tally(self, bot: str | Bot, text_prefix: str = "") -> dict[int, int]:
        """Return how many people got the bot's message that begins so 0, 1, 2… times."""
        raw = await self._link.get("/sandbox/tally", bot=_name(bot), text_prefix=text_prefix)
        return {int(times): people for times, people in raw["received"].items()}

    async def texts(self, bot: str | Bot, person: Person | int) -> list[str]:
        """Return the texts a bot sent to a person, in order."""
        who = person.id if isinstance(person, Person) else person
        answer: list[str] = (await self._link.get(f"/sandbox/chats/{_name(bot)}/{who}/texts"))["texts"]
        return answer

    async def begin_tour(
        self, steps: dict[str, list[Json]], product: str = "", names: dict[str, dict[str, str]] | None = None
    ) -> None:
        """Begin a guided tour: by language its steps, each `{person, chat, text, done}`.

        `product` is the page's name meanwhile, `names` how it calls bots and chats, by language.
        """
        await self._link.post("/sandbox/tour", {"steps": steps, "product": product, "names": names or {}})

    async def tour(self, language: str = "") -> Json:
        """Return the tour's `steps`, and how many are `done`."""
        answer: Json = await self._link.get("/sandbox/tour", lang=language)
        return answer

    async def clear_log(self) -> None:
        """Forget recorded calls and violations."""
        await self._link.post("/sandbox/log/clear", {})


def _name(who: Any) -> Any:
    if isinstance(who, Bot):
        return who.username
    return who.id if isinstance(who, Person) else who


async def is_up(base_url: str) -> bool:
    """Tell whether a sandbox listens there."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{base_url}/clock") as answer:
            return answer.ok
    except aiohttp.ClientError:
        return False
