"""A person opens an address: a bot with a start payload, an invitation, a public group, or the open web."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.actors import launching
from sandbox.actors.people import start
from sandbox.chats import membership
from sandbox.state.model import Chat, InviteLink, Person, Status
from sandbox.state.world import World
from sandbox.wire.errors import ControlError

_HOSTS = frozenset({"t.me", "telegram.me", "www.t.me"})
Json = dict[str, Any]


def open_link(world: World, person: Person, url: str, *, begin: bool = True) -> Json:
    """Follow an address; `begin` also presses Start when it leads to a bot."""
    kind, name, payload = _parsed(url)
    if kind == "name":
        return _open_name(world, person, name, payload, begin=begin)
    if kind == "invite":
        return _open_invite(world, person, f"https://t.me/+{name}")
    if kind == "app":
        return _open_app(world, person, name, payload)
    return {"kind": kind or "external", "url": url}


def preview(world: World, person: Person, url: str) -> Json:
    """Tell where an address leads without going there: a bot, a chat to join, or elsewhere."""
    kind, name, payload = _parsed(url)
    if kind == "invite":
        group, link = _invitation(world, f"https://t.me/+{name}")
        return _shown(group, person, asks=link.creates_join_request)
    if kind != "name":
        return {"kind": kind or "external", "url": url}
    owner = world.names.get(name.lower())
    if owner is None:
        raise ControlError(f"nobody is called @{name}")
    if owner in world.bots:
        return {"kind": "bot", "bot": world.bots[owner].username, "payload": payload}
    found_group = world.group(owner)
    return _shown(found_group, person, asks=False) if found_group else {"kind": "person", "id": owner}


def _shown(group: Chat, person: Person, *, asks: bool) -> Json:
    return {
        "kind": "chat",
        "chat": group.key,
        "title": group.title,
        "type": str(group.type),
        "description": group.description,
        "members": sum(group.present(member) for member in group.members),
        "member": group.present(person.id),
        "request": asks,
    }


def _open_name(world: World, person: Person, name: str, payload: str, *, begin: bool) -> Json:
    owner = world.names.get(name.lower())
    if owner is None:
        raise ControlError(f"nobody is called @{name}")
    if owner in world.bots:
        return _open_bot(world, person, owner, payload, begin=begin)
    group = world.group(owner)
    if group is None:
        return {"kind": "person", "id": owner}
    if not group.present(person.id):
        _enter(world, person, group, None)
    return {"kind": "joined", "chat": group.key}


def _parsed(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url if "://" in url else f"https://{url}")
    query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if parts.scheme == "tg":
        if parts.netloc == "join":
            return "invite", query.get("invite", ""), ""
        return ("name", query["domain"], query.get("start", "")) if "domain" in query else ("", "", "")
    path = parts.path.strip("/")
    return _in_telegram(path, query) if parts.netloc.lower() in _HOSTS and path else ("", "", "")


def _in_telegram(path: str, query: dict[str, str]) -> tuple[str, str, str]:
    if path.startswith(("+", "joinchat/")):
        return "invite", path.removeprefix("joinchat/").removeprefix("+"), ""
    if path.startswith(("$", "invoice/")):
        return "invoice", path.removeprefix("invoice/").removeprefix("$"), ""
    name, _, rest = path.partition("/")
    # What follows a name is a bot's Mini App; a number is a message of a public chat.
    if "startapp" in query or (rest and not rest.isdecimal()):
        return "app", path, query.get("startapp", "")
    return "name", name, query.get("start", "")


def _open_bot(world: World, person: Person, bot_id: int, payload: str, *, begin: bool) -> Json:
    chat = world.private_chat(bot_id, person.id)
    # Telegram shows the Start button again only to a newcomer or for a payload.
    if begin and (payload or not chat.started):
        start(world, person, chat, payload)
    return {"kind": "bot", "chat": chat.key, "bot": world.bots[bot_id].username}


def _open_app(world: World, person: Person, path: str, start_param: str) -> Json:
    name, _, app = path.partition("/")
    bot = world.bots.get(world.names.get(name.lower(), 0))
    if bot is None:
        raise ControlError(f"there is no bot @{name}")
    return {**launching.from_link(world, person, bot, app, start_param), "kind": "mini_app"}


def invoice_slug(url: str) -> str:
    """Return what an invoice link names."""
    kind, slug, _ = _parsed(url)
    if kind != "invoice":
        raise ControlError(f"{url} is no invoice link")
    return slug


def _open_invite(world: World, person: Person, url: str) -> Json:
    group, link = _invitation(world, url)
    if group.present(person.id):
        return {"kind": "joined", "chat": group.key}
    if link.creates_join_request:
        _must_be_welcome(world, person, group)
        membership.ask_to_join(world, group, person.id, link)
        return {"kind": "requested", "chat": group.key}
    _enter(world, person, group, link)
    return {"kind": "joined", "chat": group.key}


def _invitation(world: World, url: str) -> tuple[Chat, InviteLink]:
    group = world.group(world.links.get(url, 0))
    link = group.links.get(url) if group else None
    if group is None or link is None or not _usable(world, link):
        raise ControlError("this invite link is invalid or has expired")
    return group, link


def _usable(world: World, link: InviteLink) -> bool:
    if link.is_revoked or (link.expire_date and link.expire_date <= world.clock.date()):
        return False
    return not link.member_limit or link.joined < link.member_limit


def _must_be_welcome(world: World, person: Person, group: Chat) -> None:
    member = group.members.get(person.id)
    if member is None or member.status is not Status.KICKED:
        return
    if not member.until_date or member.until_date > world.clock.date():
        raise ControlError(f"{person.first_name} was banned from this chat")


def _enter(world: World, person: Person, group: Chat, link: InviteLink | None) -> None:
    _must_be_welcome(world, person, group)
    membership.join(world, group, person.id, link, by=person.id, requested=False)
