"""Keeping the state in a file: written whole, aside and then put in place, some time after a change."""

import asyncio
import json
import time
from collections import deque
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.state.model import (
    Bot,
    Chat,
    ChatType,
    InviteLink,
    JoinRequest,
    Member,
    Message,
    Payment,
    Person,
    Status,
    StoredFile,
    Subscription,
    Topic,
    Webhook,
)
from sandbox.state.world import World
from sandbox.wire.errors import ControlError

VERSION = 1
QUIET = 0.3
# A big state is written less often, so that writing takes a small share of the time.
SHARE = 20
Json = dict[str, Any]


async def keep(world: World) -> None:
    """Save after changes until cancelled."""
    if world.options.state is None:
        return
    pause = QUIET
    while True:
        await asyncio.sleep(pause)
        begun = time.monotonic()
        save(world)
        pause = max(QUIET, SHARE * (time.monotonic() - begun))


def save(world: World) -> None:
    """Write the state, if it is to be kept."""
    path = world.options.state
    if path is None or world.saved == world.changes:
        return
    world.saved = world.changes
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps(_content(world), default=_plain, separators=(",", ":")), encoding="utf-8")
    draft.replace(path)


def _content(world: World) -> Json:
    return {
        "version": VERSION,
        "offset": world.clock.offset,
        "clock_version": world.clock.version,
        "counters": world.counters,
        "people": list(world.people.values()),
        "bots": list(world.bots.values()),
        "chats": list(world.chats.values()),
        "files": list(world.files.known.values()),
        "invoices": world.invoices,
        "payments": list(world.payments.values()),
        "subscriptions": list(world.subscriptions.values()),
        "tour": world.tour,
        "providers": world.desk.write(),
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        needed, optional = _names(type(value))
        found_fields = {name: getattr(value, name) for name in needed}
        # Most fields of most chats are empty: leaving them out makes a big state several times smaller.
        found_fields.update((name, content) for name in optional if (content := getattr(value, name)))
        return found_fields
    if isinstance(value, deque):
        return list(value)
    raise TypeError(f"cannot keep {type(value).__name__}")


@cache
def _names(kind: type[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    optional = {
        field.name
        for field in fields(kind)
        if field.default is not MISSING or field.default_factory is not MISSING
    }
    names = [field.name for field in fields(kind)]
    return tuple(name for name in names if name not in optional), tuple(
        name for name in names if name in optional
    )


def load(world: World) -> None:
    """Read the state file if there is one."""
    path = world.options.state
    if path is None or not path.exists():
        return
    content = _read(path)
    world.clock.offset, world.clock.version = content["offset"], content["clock_version"]
    world.counters.update(content["counters"])
    for raw in content["files"]:
        stored = StoredFile(**raw)
        world.files.known[stored.number] = stored
    world.invoices.update(content.get("invoices", {}))
    world.payments.update({raw["charge_id"]: Payment(**raw) for raw in content.get("payments", ())})
    for raw in content.get("subscriptions", ()):
        world.subscriptions[raw["charge_id"]] = Subscription(**raw)
    world.tour = content.get("tour", {})
    world.desk.load(content.get("providers", {}))
    for raw in content["people"]:
        person = Person(**raw)
        world.people[person.id] = person
        if person.username:
            world.names[person.username.lower()] = person.id
    for raw in content["bots"]:
        world.enter_bot(_bot(raw))
    for raw in content["chats"]:
        world.enter_chat(_chat(raw))


def _read(path: Path) -> Json:
    try:
        content: Json = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ControlError(f"{path} is no sandbox state: {error}") from error
    if content.get("version") != VERSION:
        raise ControlError(f"{path} was written by another version of the sandbox")
    return content


def _bot(raw: Json) -> Bot:
    hook = Webhook(**raw["webhook"]) if raw.get("webhook") else None
    return Bot(**{**raw, "pending": deque(raw.get("pending", ())), "webhook": hook})


def _chat(raw: Json) -> Chat:
    members = {
        int(key): Member(**{**saved, "status": Status(saved.get("status", "member"))})
        for key, saved in raw.get("members", {}).items()
    }
    changes: Json = {
        "type": ChatType(raw["type"]),
        "members": members,
        "messages": {int(key): Message(**saved) for key, saved in raw.get("messages", {}).items()},
        "links": {key: InviteLink(**saved) for key, saved in raw.get("links", {}).items()},
        "requests": {int(key): JoinRequest(**saved) for key, saved in raw.get("requests", {}).items()},
        "topics": {int(key): Topic(**saved) for key, saved in raw.get("topics", {}).items()},
        "reads": {int(key): saved for key, saved in raw.get("reads", {}).items()},
    }
    return Chat(**{**raw, **changes})
