"""Telegram's way with text: lengths in UTF-16 units, HTML cut without breaking its tags."""

import html
import re

_PIECE = re.compile(r"<(/?)([a-zA-Z-]+)[^>]*>|&[a-zA-Z#0-9]+;|.", re.DOTALL)
_WHOLE = re.compile(r"\{\{[^{}]{1,80}\}\}|" + _PIECE.pattern, re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_GAP = re.compile(r"\n\s*\n")  # between paragraphs
_MARKED = re.compile(r"[^\w)»”\"]$")  # ends with a mark
ELLIPSIS = "…"
_LOOSE = ".,:;–-"  # marks that say nothing before an ellipsis
_BREAKS = {" ": 0, "\n": 1}  # where a text may be cut, the better the higher; 2: between paragraphs


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
    parts = [" ".join(part.split()) for part in _GAP.split(text) if part.strip()]
    line = " ".join([*(part if _MARKED.search(part) else f"{part}." for part in parts[:-1]), *parts[-1:]])
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0].rstrip(_LOOSE) + ELLIPSIS


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
    shown, left, open_tags = list[str](), limit - 1, list[re.Match[str]]()
    for match in _PIECE.finditer(text):
        if match[2]:
            _follow(open_tags, match)
            shown.append(match[0])
            continue
        left -= utf16_length(html.unescape(match[0]))
        if left < 0:
            return "".join([*shown, ELLIPSIS, _closing(open_tags)])
        shown.append(match[0])
    return text


def split_html(text: str, limit: int) -> list[str]:
    """The text in as few parts as fit into `limit` units each, cut between paragraphs, else lines, else words.

    All tags are closed at the end of a part and open again in the next; `{{…}}` stays in one piece.
    """
    parts, open_tags, left = list[str](), list[re.Match[str]](), text.strip()
    while left:
        again = "".join(tag[0] for tag in open_tags)
        end = _end_of_part(left, limit)
        for match in _PIECE.finditer(left[:end]):
            if match[2]:
                _follow(open_tags, match)
        part = f"{again}{left[:end].rstrip()}{_closing(open_tags)}"
        if strip_tags(part).strip():
            parts.append(part)
        left = left[end:].lstrip()
    return parts


def _end_of_part(text: str, limit: int) -> int:
    """Where the first part ends: at the last good place before it takes more than `limit` units."""
    taken, breaks = 0, dict[tuple[bool, int], int]()
    for match in _WHOLE.finditer(text):
        if not match[2] or match[0].startswith("{{"):
            taken += utf16_length(html.unescape(match[0]))
        if taken > limit:
            return breaks[max(breaks)] if breaks else match.start() or match.end()
        if match[0] in _BREAKS:
            is_paragraph = match[0] == "\n" and text[: match.start()].endswith("\n")
            is_late = 2 * taken > limit  # an early one would leave a part nearly empty
            breaks[(is_late, is_paragraph + _BREAKS[match[0]])] = match.end()
    return len(text)


def _follow(open_tags: list[re.Match[str]], tag: re.Match[str]) -> None:
    if not tag[1]:
        open_tags.append(tag)
        return
    for place in range(len(open_tags) - 1, -1, -1):
        if open_tags[place][2] == tag[2]:  # the innermost of its name
            del open_tags[place]
            return


def _closing(open_tags: list[re.Match[str]]) -> str:
    return "".join(f"</{tag[2]}>" for tag in reversed(open_tags))
