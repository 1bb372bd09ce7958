"""Bots as the processes see them."""

from dataclasses import dataclass, field

from core.lifecycle import BotKind


@dataclass(frozen=True)
class ConnectedBot:
    """A bot of an account with its opened token; `id` is Telegram's number of it."""

    id: int
    account_id: int
    kind: BotKind
    username: str
    name: str
    token: str = field(repr=False)
