"""What an author's message may point at: links Telegram opens, and media by address or by a path below a folder."""

import re
from urllib.parse import urlsplit

from core.links import is_inside
from core.text.refusal import MOST_GIVEN, Refused

OPENED = ("http", "https", "tg")
_TEMPLATE = "{{"
_BARE_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?([/?#]\S*)?", re.IGNORECASE)
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f\\]")


def read_link(text: str) -> str:
    """The address of a button, `https://` before a bare host; raises ValueError for what Telegram does not open.

    One that begins with a variable is what the variable is.
    """
    link = text.strip()
    if link.startswith(_TEMPLATE):
        return link
    if _BARE_HOST.fullmatch(link):
        return f"https://{link}"
    try:
        address = urlsplit(link)
        opens = address.scheme in OPENED and bool(address.netloc)
    except ValueError:
        opens = False
    if not opens or _UNFIT.search(re.sub(r"\{\{.*?\}\}", "", link)):
        raise Refused("refused-link", given=text[:MOST_GIVEN])
    return link


def find_link(text: str) -> str:
    """The address that a filled-in text comes to, as Telegram opens it; empty where that is none."""
    link = text.strip().replace(" ", "%20")
    try:
        return "" if link.startswith(_TEMPLATE) else read_link(link)
    except ValueError:
        return ""


def read_media_ref(text: str) -> str:
    """What a medium is named by: an address, or a path below a folder; raises ValueError for any other path."""
    if "://" not in text and not text.startswith(_TEMPLATE) and not is_inside(text):
        raise Refused("refused-path", given=text[:MOST_GIVEN])
    return text
