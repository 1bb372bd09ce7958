"""What the Bot API says of a forwarded post, in the forms of an export: the same post is the same lesson."""

import html
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from core.links import is_private
from core.text.markup import to_html
from core.text.targets import read_link
from services.content.importing.nodes import drop_unfit

_SUFFIXES = {"photo": ".jpg", "video": ".mp4", "animation": ".mp4", "voice": ".ogg", "video_note": ".mp4", "audio": ".mp3"}  # fmt: skip
_BARE = re.compile(r"<tg-emoji[^>]*>|</tg-emoji>")
_MENTION = re.compile(r'<a href="tg://user\?id=\d+">(?P<name>.*?)</a>', re.DOTALL)
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def clean_html(text: str) -> str:
    """Telegram's HTML without what a bot cannot say again: emoji of one's own, people by their number."""
    known = _BARE.sub("", drop_unfit(text)).replace(
        '<code language="', '<code class="'
    )  # aiogram's own name for it
    return to_html(_MENTION.sub(r"\g<name>", known), markdown=False)


def as_words(text: str) -> str:
    """Words without marks, as HTML."""
    return html.escape(drop_unfit(text).strip(), quote=False)


def suffix_for(kind: str, name_suffix: str) -> str:
    """The ending a fetched file is kept under: its own, else that of its kind."""
    suffix = name_suffix.lower()
    fits = _SUFFIX.fullmatch(suffix) and not is_private(PurePosixPath(f"a{suffix}"))
    return suffix if fits else _SUFFIXES.get(kind, "")


def read_links(rows: Sequence[Sequence[tuple[str, str | None]]]) -> list[list[list[str]]]:
    """The buttons that open an address, row by row."""
    read = ([[text, link] for text, url in row if (link := _read_link(url))] for row in rows)
    return [row for row in read if row]


def _read_link(url: str | None) -> str:
    try:
        return read_link(url or "")
    except ValueError:
        return ""
