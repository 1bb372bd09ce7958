"""How use cases say things: a text by key or an author's content, rendered in the person's language at sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import Priority
from core.presses import PressKind
from services.delivery.outbox import enqueue
from services.delivery.schemas import THREAD, Outgoing
from services.delivery.sentences import (
    AuthorText,
    ForeignText,
    Lines,
    Moment,
    OurText,
    Price,
    read_sentence,
    write_sentence,
)

Words = Mapping[str, Any] | str
Keyboard = Sequence[Sequence[Mapping[str, Any]]]


def inside_button(text: Words, page: str) -> Mapping[str, Any]:
    """A button that opens a page of ours within Telegram, as a Mini App; in a private chat, and by https alone."""
    return {"text": text, "inside": page}


@dataclass(frozen=True)
class Address:
    """Which bot speaks, and where: in a forum in the topic of this number, too."""

    bot_id: int
    chat_id: int
    thread: int | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The place as the Bot API wants it."""
        return {"chat_id": self.chat_id, **({THREAD: self.thread} if self.thread else {})}


def words(key: str, **values: Any) -> Words:
    """A text of ours by its key; a value may itself be words, or money from `price`."""
    return write_sentence(OurText(key, values))


def content(texts: Mapping[str, str]) -> Words:
    """An author's text by language; its templates are filled in."""
    return write_sentence(AuthorText(texts))


def named(texts: Mapping[str, str]) -> Words:
    """An author's name of something by language: plain, `<` and `&` are signs as any other."""
    return write_sentence(AuthorText(texts, is_name=True))


def literal(texts: Mapping[str, str]) -> Words:
    """HTML of what a person or a model wrote, by language: never a template, whatever braces it holds."""
    return write_sentence(ForeignText(texts))


def untemplated(said: Words) -> Words:
    """The same words, where an author's text is no template."""
    text = read_sentence(said)
    if not isinstance(text, AuthorText):
        return said
    escaped = {name: escape(shown, quote=False) for name, shown in text.texts.items()}
    return literal(escaped if text.is_name else text.texts)


def with_values(fields: Any, values: Mapping[str, Any]) -> Any:
    """The same fields, whose author's texts know these values (`scope.name`) where they use one of them."""
    if not values:
        return fields
    text = read_sentence(fields)
    if isinstance(text, AuthorText):
        used = {
            name: value_
            for name, value_ in values.items()
            if any(name in said for said in text.texts.values())
        }
        return write_sentence(replace(text, values=used)) if used else fields
    if isinstance(fields, Mapping):
        return {name: with_values(field, values) for name, field in fields.items()}
    if isinstance(fields, list):
        return [with_values(field, values) for field in fields]
    return fields


def lines(*parts: Words, gap: str = "\n\n") -> Words:
    """Several words, one below the other with a gap."""
    return write_sentence(Lines(parts, gap))


def moment(at: datetime, zone: str) -> Words:
    """An instant as a calendar and a clock in `zone` show it."""
    return write_sentence(Moment(at.isoformat(), zone))


def day(at: datetime, zone: str, *, with_year: bool = False) -> Words:
    """An instant as a calendar in `zone` shows it."""
    return write_sentence(Moment(at.isoformat(), zone, "d MMMM y" if with_year else "d MMMM"))


def price(amount: int, currency: str) -> Mapping[str, Any]:
    """An amount in minor units, as a value of words."""
    return write_sentence(Price(amount, currency))


def button(text: Words, kind: PressKind, target: str | int) -> Mapping[str, Any]:
    """A button that sends back `kind` and `target`, signed for the one who gets it."""
    return {"text": text, "press": f"{kind}.{target}"}


def link_button(text: Words, url: Words) -> Mapping[str, Any]:
    """A button that opens a page or a bot."""
    return {"text": text, "url": url}


def app_button(text: Words, url: str | None, ref: str) -> Mapping[str, Any]:
    """A button that opens a Mini App: the page at `url`, else our own, about what `ref` names."""
    return {"text": text, "app": {"url": url, "ref": ref}}


@dataclass(frozen=True)
class Screen:
    """Where something is shown: as a message of its own, or instead of the one whose button was pressed."""

    to: Address
    key: str  # the dedupe key
    message_id: int | None = None


def show(uow: UnitOfWork, screen: Screen, text: Words, buttons: Keyboard = ()) -> None:
    """Queue a text message, or the edit that puts it in another's place."""
    if screen.message_id is None:
        say(uow, screen.to, text, screen.key, buttons=buttons)
        return
    to = screen.to
    payload: dict[str, Any] = {"chat_id": to.chat_id, "message_id": screen.message_id, "text": text}
    if buttons:
        payload["buttons"] = [list(row) for row in buttons]
    enqueue(uow, Outgoing(to.bot_id, to.chat_id, "editMessageText", payload, screen.key))


def say(
    uow: UnitOfWork,
    to: Address,
    text: Words,
    dedupe_key: str,
    *,
    buttons: Keyboard = (),
    priority: Priority = Priority.INTERACTIVE,
    ref: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Queue a text message; `ref` is what a reply to it is about, `extra` more Bot API fields."""
    payload: dict[str, Any] = {**to.fields, "text": text, **(extra or {})}
    if buttons:
        payload["buttons"] = [list(row) for row in buttons]
    enqueue(uow, Outgoing(to.bot_id, to.chat_id, "sendMessage", payload, dedupe_key, priority, ref))
