"""Telegram's answers, timers and jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ChatMoved:
    """Telegram has said that a group has another number now."""

    old_id: int
    new_id: int


@dataclass(frozen=True)
class GroupRefused:
    """Telegram has refused a call to a group for good; `thread`: the topic it was for."""

    bot_id: int
    chat_id: int
    method: str
    error: str
    thread: int | None = None


@dataclass(frozen=True)
class GroupChanged:
    """Somebody came into a group or channel, or left it; `key` tells one time from another."""

    bot_id: int
    user_id: int
    chat_id: int
    joined: bool
    key: str


@dataclass(frozen=True)
class CallAnswered:
    """Telegram answered an outbox row that carried `on_result`."""

    name: str
    ref: int
    bot_id: int
    outbox_id: int
    ok: bool
    result: Any  # Telegram's result, or its error text


@dataclass(frozen=True)
class TimerDue:
    """A timer's moment has come."""

    kind: str
    key: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class TimersTaken:
    """Many timers' moments have come at once: what they all need may be loaded now, each follows by itself."""

    timers: tuple[TimerDue, ...]


@dataclass(frozen=True)
class JobFinished:
    """A job's call to the outside world has its answer."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    ok: bool
    result: Mapping[str, Any]  # the performer's answer, or {"error": text}


@dataclass(frozen=True)
class SourceLost:
    """A broadcast's message cannot be repeated any more: somebody did not get it."""

    broadcast_id: int


@dataclass(frozen=True)
class ContentRefused:
    """Telegram has refused a broadcast's message to somebody who has not blocked the bot."""

    broadcast_id: int
    error: str


@dataclass(frozen=True)
class ChatBlocked:
    """Telegram says this person cannot be written to by this bot any more."""

    bot_id: int
    chat_id: int


@dataclass(frozen=True)
class ButtonsLeftOut:
    """A message went out without these buttons of its author's: their addresses came out empty."""

    bot_id: int
    buttons: tuple[str, ...]


@dataclass(frozen=True)
class WordsLost:
    """The words of a message could not be made, and it is held; `is_awaited` where one person misses it."""

    bot_id: int
    chat_id: int
    outbox_id: int
    error: str
    is_awaited: bool


@dataclass(frozen=True)
class WordsChanged:
    """A message that was brought to somebody was changed by who said it; `about` what it was."""

    about: str
    chat_id: int
    message_id: int
    content: Mapping[str, Any]
