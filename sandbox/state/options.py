"""What a sandbox can be told when it starts."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """Telegram's speed limits; seconds and messages. `grace` forgives requests already under way."""

    enabled: bool = True
    per_bot: int = 30
    per_chat: float = 1.0
    chat_burst: int = 5
    per_group: int = 20
    group_window: float = 60.0
    grace: float = 0.15


@dataclass(frozen=True)
class Options:
    """Everything that shapes one sandbox; times in seconds of the monotonic clock."""

    host: str = "127.0.0.1"
    port: int = 8081
    state: Path | None = None
    limits: Limits = field(default_factory=Limits)
    bots: tuple[tuple[str, str], ...] = ()
    history: int = 1000
    log_size: int = 20_000
    callback_ttl: float = 60.0
    callback_patience: float = 10.0
    checkout_ttl: float = 10.0
    webhook_timeout: float = 30.0
    webhook_backoff: float = 1.0
