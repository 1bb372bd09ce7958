"""Mini Apps: the signed data an app is opened with, and the address that carries it."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.state.model import Bot, Chat, Person
from sandbox.state.world import Launch, World
from sandbox.wire.errors import ControlError

VERSION = "9.1"
MAX_LAUNCHES = 10_000
THEME = {
    "bg_color": "#ffffff",
    "text_color": "#1c2733",
    "hint_color": "#8a97a3",
    "link_color": "#2678b6",
    "button_color": "#2678b6",
    "button_text_color": "#ffffff",
    "secondary_bg_color": "#f1f4f7",
}
Json = dict[str, Any]


def launch(
    world: World, person: Person, bot: Bot, kind: str, url: str, *, chat: Chat | None = None, start: str = ""
) -> Json:
    """Open an app: from the `inline`, `menu`, `keyboard` button or by a `link`; gives the address for the frame."""
    if person.deleted:
        raise ControlError(f"{person.first_name} has left Telegram")
    fields: Json = {"user": _compact(_user(person))}
    opened = None
    if kind in ("inline", "menu") and chat is not None:
        opened = _remember(world, Launch(_fresh_id(world), bot.id, person.id, chat.key))
        fields = {"query_id": opened.id, **fields}
    if kind == "link":
        fields |= {"chat_instance": str(person.id * 7919 + bot.id), "chat_type": "sender"}
    if start:
        fields["start_param"] = start
    data = signed(bot.token, {**fields, "auth_date": str(world.clock.date())})
    shown = {"tgWebAppData": data, "tgWebAppVersion": VERSION, "tgWebAppPlatform": "web"}
    shown["tgWebAppThemeParams"] = _compact(THEME)
    return {
        "url": f"{url.partition('#')[0]}#{urlencode(shown, quote_via=quote)}",
        "kind": kind,
        "query_id": opened.id if opened else "",
        "init_data": data,
        "bot": bot.username,
    }


def signed(token: str, fields: Json) -> str:
    """Write init data: the fields with their HMAC under a key made of the bot's token."""
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode(
        {**fields, "hash": hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()}, quote_via=quote
    )


def _user(person: Person) -> Json:
    names = ("id", "first_name", "last_name", "username", "language_code")
    return {**{name: getattr(person, name) for name in names}, "allows_write_to_pm": True}


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fresh_id(world: World) -> str:
    return f"AAH{world.count('launch'):09d}sandboxQ"


def _remember(world: World, each_launch: Launch) -> Launch:
    world.launches[each_launch.id] = each_launch
    if len(world.launches) > MAX_LAUNCHES:
        del world.launches[next(iter(world.launches))]
    return each_launch
