"""What is said in the language of whoever hears it: ours, an author's, a person's words, money, moments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape as escape_html
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from loguru import logger

from core.links import bot_link
from core.money import show_money
from core.text.catalog import OwnTexts, say
from core.text.message import localize
from core.text.template import BUILT_IN, TemplateRenderFailed, render_plainly, render_template
from services.content.messages import templates
from services.delivery.sentences import (
    AuthorText,
    ForeignText,
    Lines,
    Moment,
    OurText,
    Price,
    Sentence,
    read_sentence,
)
from services.delivery.speech import Words
from utils.telegram_html import strip_tags
from utils.visible import is_blank

MOMENT = "d MMMM, HH:mm"
UNSET = dict.fromkeys(BUILT_IN, "")


Known = dict[tuple[int, str, bool], tuple[Any, str]]
"""What all who speak a language are told alike, by the words' identity; the words stay with it, so that no others get it."""


@dataclass
class Listener:
    """Who a call speaks to; the listeners of one account in a batch share what they are told alike."""

    language: str
    values: Mapping[str, str] = field(default_factory=dict)
    own: OwnTexts = field(default_factory=dict)
    known: Known = field(default_factory=dict)


def show_words(words: Words, language: str) -> str:
    """Words as plain text, for a terminal."""
    return say_to(words, Listener(language), escape=False)


def say_to(value: Any, listener: Listener, *, escape: bool = True) -> str:
    """Text from words: a key of ours with values, an author's template, money, a list; a bare string is plain text, never HTML."""
    if isinstance(value, list):
        return ", ".join(say_to(part, listener, escape=escape) for part in value)
    key = (id(value), listener.language, escape)
    if key in listener.known:
        return listener.known[key][1]
    sentence = read_sentence(value)
    if sentence is None:
        return escape_html(str(value), quote=False) if escape else str(value)
    said = _say(sentence, listener, escape=escape)
    if _is_alike(sentence, listener.language):
        listener.known[key] = value, said
    return said


def _is_alike(sentence: Sentence, language: str) -> bool:
    """Whether everybody who speaks the language is told the same."""
    match sentence:
        case OurText(_, values):
            return not any(isinstance(value, Mapping | list) for value in values.values())
        case AuthorText(texts, values):
            return not values and "{{" not in localize(texts, language)
    return False


def _say(sentence: Sentence, listener: Listener, *, escape: bool) -> str:
    match sentence:
        case OurText(key, values):
            shown = {name: _inner(value, listener) for name, value in values.items()}
            return say(key, listener.language, shown, escape=escape, own=listener.own)
        case AuthorText():
            return _fill_in(sentence, listener, escape=escape)
        case ForeignText(texts):
            said = localize(texts, listener.language)
            return said if escape else strip_tags(said)
        case Lines(parts, gap):
            return gap.join(say_to(part, listener, escape=escape) for part in parts)
        case Price(amount, currency):
            return show_money(amount, currency, listener.language)
        case Moment():
            return _moment(sentence, listener.language)


def _fill_in(text: AuthorText, listener: Listener, *, escape: bool) -> str:
    """An author's text with its values; one that cannot be rendered is said without what is wrong in it."""
    if text.is_name and escape:
        return escape_html(_fill_in(text, listener, escape=False), quote=False)
    values = {**UNSET, **listener.values, **_own_values(text.values, listener)}
    template = localize(text.texts, listener.language)
    try:
        return render_template(template, values, html=escape)
    except TemplateRenderFailed as failed:
        shown = render_plainly(template, values, html=escape)
        if is_blank(strip_tags(shown)):
            raise
        logger.bind(event="text.unrendered").error("a text is said without what is wrong in it: {}", failed)
        return shown


def _own_values(values: Mapping[str, Any], listener: Listener) -> dict[str, str]:
    """What a scenario gives its texts: plain, by language, or a link that opens this very bot."""
    return {
        name: bot_link(listener.values.get(templates.BOT_NAME, ""), value["start"])
        if isinstance(value, Mapping) and "start" in value
        else localize(value, listener.language)
        if isinstance(value, Mapping)
        else value
        for name, value in values.items()
    }


def _moment(moment: Moment, language: str) -> str:
    shown = datetime.fromisoformat(moment.at).astimezone(ZoneInfo(moment.zone)).replace(tzinfo=None)
    return str(format_datetime(shown, moment.shown_as or MOMENT, locale=language))


def _inner(value: Any, listener: Listener) -> Any:
    """A value inside a text of ours: it is escaped there, so not here."""
    return say_to(value, listener, escape=False) if isinstance(value, Mapping | list) else value
