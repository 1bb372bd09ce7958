"""The texts of the product, by key and language, from `locales/` (gettext)."""

import gettext
import html
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from utils.telegram_html import strip_tags

LOCALES = Path(__file__).parents[2] / "locales"
DOMAIN = "tandem.po"
LANGUAGES = ("ru", "en")
OwnTexts = Mapping[str, Mapping[str, str]]
"""What an account says in its own words, by key and language."""
COUNT = "count"  # the value that chooses the plural form


@cache
def catalogue(language: str) -> gettext.GNUTranslations:
    """One language's texts; raises FileNotFoundError for a language without a file."""
    compiled = io.BytesIO()
    with (LOCALES / language / "LC_MESSAGES" / DOMAIN).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def list_keys() -> tuple[str, ...]:
    """The keys of texts that have no plural forms."""
    with (LOCALES / LANGUAGES[0] / "LC_MESSAGES" / DOMAIN).open("rb") as source:
        return tuple(text.id for text in read_po(source) if isinstance(text.id, str) and text.id)


def has_text(key: str, language: str) -> bool:
    """Whether the language has a text of its own for the key."""
    return catalogue(language).gettext(key) != key or catalogue(language).ngettext(key, key, 1) != key


def list_refusal_texts(code: str, language: str) -> list[str]:
    """The keys of the texts that can say why something is refused, by its code (`USER_NOT_FOUND`), the API's own first."""
    name = code.lower().replace("_", "-")
    return [key for key in (f"problem-{name}", f"error-{name}") if has_text(key, language)]


def say(
    key: str,
    language: str,
    values: Mapping[str, Any] | None = None,
    *,
    escape: bool = True,
    own: OwnTexts | None = None,
) -> str:
    """The text of a key; values are HTML-escaped, and may be words. Raises KeyError if a value it names is missing.

    `own` is what an account says instead, its markup left out where values are not escaped.
    """
    values = values or {}
    texts = catalogue(language)
    text = (own or {}).get(key, {}).get(language)
    if text is not None:
        text = text if escape else strip_tags(text)
    else:
        text = texts.ngettext(key, key, int(values[COUNT])) if COUNT in values else texts.gettext(key)
    said = {name: say_words(value, language) for name, value in values.items()}
    shown = {
        name: html.escape(shown_value, quote=False) if escape else shown_value
        for name, shown_value in said.items()
    }
    return text.format_map(shown)


def say_words(words: Any, language: str) -> str:
    """Words as plain text: a key of ours with values (`t`, `v`), `lines` with a `gap`, or what it is as a text."""
    if isinstance(words, Mapping) and "lines" in words:
        return str(words["gap"]).join(say_words(line, language) for line in words["lines"])
    if isinstance(words, Mapping) and "t" in words:
        return say(words["t"], language, words["v"], escape=False)
    return str(words)
