"""The table of Bot API methods: each handler names the method it answers."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.state.model import Bot
from sandbox.state.world import World
from sandbox.wire.params import Params


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who asks for what, with which parameters."""

    world: World
    bot: Bot
    method: str
    params: Params


Handler = Callable[[Call], Any] | Callable[[Call], Awaitable[Any]]
HANDLERS: dict[str, tuple[str, Handler]] = {}
FALLBACKS: dict[str, tuple[str, Handler]] = {}


def method(*names: str) -> Callable[[Handler], Handler]:
    """Register a handler; Telegram ignores the case of method names."""

    def register(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[name.lower()] = (name, handler)
        return handler

    return register


def fallback(names: Iterable[str]) -> Callable[[Handler], Handler]:
    """Register a handler for methods that have none of their own."""

    def register(handler: Handler) -> Handler:
        FALLBACKS.update({name.lower(): (name, handler) for name in names})
        return handler

    return register


def find_handler(name: str) -> tuple[str, Handler] | None:
    """Return a method's proper name and its handler."""
    return HANDLERS.get(name.lower()) or FALLBACKS.get(name.lower())


def is_sending(name: str) -> bool:
    """Tell whether the method makes messages, which is what Telegram meters."""
    return name.startswith(("send", "copy", "forward")) and name != "sendChatAction"
