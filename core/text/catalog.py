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

LOCALES = Path(__file__).parents[2] / "locales"
DOMAIN = "tandem.po"
LANGUAGES = ("ru", "en")
COUNT = "count"  # the value that chooses the plural form


@cache
def catalogue(language: str) -> gettext.GNUTranslations:
    """One language's texts; raises FileNotFoundError for a language without a file."""
    compiled = io.BytesIO()
    with (LOCALES / language / "LC_MESSAGES" / DOMAIN).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def has_text(key: str, language: str) -> bool:
    """Whether the language has a text of its own for the key."""
    return catalogue(language).gettext(key) != key or catalogue(language).ngettext(key, key, 1) != key


def say(key: str, language: str, values: Mapping[str, Any] | None = None, *, escape: bool = True) -> str:
    """The text of a key; values are HTML-escaped, and may be words. Raises KeyError if a value it names is missing."""
    values = values or {}
    texts = catalogue(language)
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
