"""What was entered as a message becomes messages of a flow, and a flow's message what can be changed of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.text.message import ANY_LANGUAGE, MAX_CAPTION, MAX_TEXT, MessageFields, choose_language
from utils.telegram_html import split_html, strip_tags, utf16_length

Values = Mapping[str, Any]
SAID = ("text", "photos", "buttons")
"""The fields of a form that make up a message."""


def make_messages(values: Values) -> list[dict[str, Any]]:
    """The messages that say a text, its files and buttons: one, or as many as Telegram needs; the buttons are below the last."""
    media = [{"kind": photo["kind"], "ref": photo["ref"]} for photo in values.get("photos") or ()]
    text = values.get("text") or ""
    is_caption = len(media) == 1
    parts: list[str] = []
    if text:
        is_short = utf16_length(strip_tags(text)) <= MAX_CAPTION
        parts = [text] if is_caption and is_short else split_html(text, MAX_TEXT)
    made: list[dict[str, Any]] = [{"text": part} for part in parts]
    if media and is_caption and parts and utf16_length(strip_tags(parts[0])) > MAX_CAPTION:
        made.insert(0, {"media": media})
    elif media:
        made = [{**(made[0] if made else {}), "media": media}, *made[1:]]
    if made:
        made[-1] |= _buttons(values)
    return made


def _buttons(values: Values) -> dict[str, Any]:
    chosen = values.get("buttons")
    if not chosen:
        return {}
    return {"button_set": chosen["set"]} if "set" in chosen else {"buttons": chosen["rows"]}


def read_message(message: MessageFields, language: str) -> dict[str, Any]:
    """The same as the fields of a form: its text in one language, as HTML."""
    texts = message.in_html(message.text)
    text = texts[choose_language(texts, language)] if texts else None
    photos = [{"kind": str(media.kind), "ref": media.ref} for media in message.media]
    return {"text": text, "photos": photos or None, "buttons": _read_buttons(message)}


def _read_buttons(message: MessageFields) -> dict[str, Any] | None:
    if message.button_set:
        return {"set": message.button_set}
    document = message.model_dump(mode="json", exclude_defaults=True)
    return {"rows": document["buttons"]} if message.buttons else None


def change_of(
    former: MessageFields, values: Values, language: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What changes in a message that is to say this, and the messages that follow it; None takes a field away.

    Other languages keep their texts; what was not touched is not written anew.
    """
    was = read_message(former, language)
    changed = {name for name in SAID if (values.get(name) or None) != was[name]}
    if not changed:
        return {}, []
    first, *more = make_messages(values) or [{}]
    if changed == {"buttons"} and not more:
        return {"buttons": first.get("buttons"), "button_set": first.get("button_set")}, []
    change: dict[str, Any] = {"media": first.get("media"), "text": first.get("text")}
    change |= {"buttons": first.get("buttons"), "button_set": first.get("button_set")}
    if "photos" not in changed and not more:
        del change["media"]  # with the captions they have
    if "text" in changed and first.get("text") and former.text:
        change |= {"text": _in_language(former, first["text"], language), "parse_mode": None}
    elif "text" not in changed and not more:
        del change["text"]
    return change, more


def _in_language(former: MessageFields, text: str, language: str) -> str | dict[str, str]:
    texts = former.in_html(former.text)
    chosen = choose_language(texts, language)
    return text if chosen == ANY_LANGUAGE and len(texts) == 1 else {**texts, chosen: text}


def count_units(messages: Sequence[Mapping[str, Any]]) -> int:
    """How many of Telegram's units the texts of messages take up."""
    return sum(utf16_length(strip_tags(message.get("text", ""))) for message in messages)
