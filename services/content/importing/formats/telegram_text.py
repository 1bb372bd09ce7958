"""The text of a Telegram Desktop export, a string or a list of marked pieces, as Telegram's HTML."""

import html
from collections.abc import Callable, Mapping
from typing import Any

from core.text.targets import read_link
from services.content.importing.nodes import drop_unfit

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
}


def read_html(value: Any) -> str:
    """The text as HTML; whatever is no text of theirs is empty."""
    pieces = value if isinstance(value, list) else [value]
    return "".join(map(_read_piece, pieces))


def read_plain(value: Any) -> str:
    """The words alone."""
    pieces = value if isinstance(value, list) else [value]
    return "".join(map(_words_of, pieces))


def text_of(message: Mapping[str, Any]) -> str:
    """The HTML of a message's text, from the newer form of it where there is one."""
    entities = message.get("text_entities")
    return read_html(entities if isinstance(entities, list) and entities else message.get("text", ""))


def _words_of(piece: Any) -> str:
    words = piece.get("text") if isinstance(piece, Mapping) else piece
    return drop_unfit(words) if isinstance(words, str) else ""


def _read_piece(piece: Any) -> str:
    words = html.escape(_words_of(piece), quote=False)
    kind = piece.get("type") if isinstance(piece, Mapping) else None
    if not words or not isinstance(kind, str):
        return words
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>{words}</{_TAGS[kind]}>"
    return _MARKED[kind](words, piece) if kind in _MARKED else words


def _pre(words: str, piece: Mapping[str, Any]) -> str:
    language = piece.get("language")
    if not isinstance(language, str) or not language.strip():
        return f"<pre>{words}</pre>"
    return f'<pre><code class="language-{html.escape(drop_unfit(language))}">{words}</code></pre>'


def _quote(words: str, piece: Mapping[str, Any]) -> str:
    return f"<blockquote{' expandable' if piece.get('collapsed') is True else ''}>{words}</blockquote>"


def _link(words: str, piece: Mapping[str, Any]) -> str:
    """An address nobody could open is not made one that can be pressed."""
    href = piece.get("href")
    try:
        address = read_link(drop_unfit(href)) if isinstance(href, str) else ""
    except ValueError:
        address = ""
    return f'<a href="{html.escape(address)}">{words}</a>' if address else words


_MARKED: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "pre": _pre,
    "blockquote": _quote,
    "text_link": _link,
}
