"""Telegram's way with text: lengths in UTF-16 units, HTML cut without breaking its tags."""

import html
import re

_PIECE = re.compile(r"<(/?)([a-zA-Z-]+)[^>]*>|&[a-zA-Z#0-9]+;|.", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_GAP = re.compile(r"\n\s*\n")  # between paragraphs
_MARKED = re.compile(r"[^\w)»”\"]$")  # ends with a mark
ELLIPSIS = "…"


def utf16_length(text: str) -> int:
    """How many UTF-16 units Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def strip_tags(text: str) -> str:
    """The words of an HTML text."""
    return html.unescape(_TAG.sub("", text))


def shorten(text: str, limit: int) -> str:
    """A plain text on one line; what is too long ends between two words, with an ellipsis.

    A heading does not run into the words below it: a paragraph that ends without a mark gets a full stop.
    """
    parts = [" ".join(one.split()) for one in _GAP.split(text) if one.strip()]
    line = " ".join([*(one if _MARKED.search(one) else f"{one}." for one in parts[:-1]), *parts[-1:]])
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + ELLIPSIS


def cut_text(text: str, limit: int) -> str:
    """A plain text, cut with an ellipsis if it takes more than `limit` units."""
    if utf16_length(text) <= limit:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)]
    return units.decode("utf-16-le", "ignore") + ELLIPSIS


def cut_html(text: str, limit: int) -> str:
    """`text` if its visible part fits into `limit` units, else cut with an ellipsis and all tags closed."""
    if utf16_length(text) <= limit or utf16_length(strip_tags(text)) <= limit:
        return text
    shown, left, open_tags = [], limit - 1, list[str]()
    for match in _PIECE.finditer(text):
        if match[2]:
            _follow(open_tags, match[1], match[2])
            shown.append(match[0])
            continue
        left -= utf16_length(html.unescape(match[0]))
        if left < 0:
            return "".join([*shown, ELLIPSIS, *(f"</{tag}>" for tag in reversed(open_tags))])
        shown.append(match[0])
    return text


def _follow(open_tags: list[str], slash: str, tag: str) -> None:
    if not slash:
        open_tags.append(tag)
    elif tag in open_tags:  # the innermost of its name
        del open_tags[len(open_tags) - 1 - open_tags[::-1].index(tag)]
