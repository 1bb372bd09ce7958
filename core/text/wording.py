"""What somebody typed, as it is compared: forgiving about what a keyboard, a phone or a hurry changes."""

import re
import unicodedata

_QUOTES = dict.fromkeys(map(ord, "«»„“”‟‹›‚‘’‛′″`´'"), '"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_ALIKE = _QUOTES | _DASHES | {ord("ё"): "е", ord("\N{NO-BREAK SPACE}"): " "}
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))  # soft hyphens, joiners of no width


def fold(text: str) -> str:
    """A text as it is compared where people write as they like.

    Letters of any case are alike, so are ё and е, all quotes, all dashes, a decimal comma and a point, any
    number of spaces; a full stop at the end does not count.
    """
    seen = text if text.isascii() else unicodedata.normalize("NFC", text).translate(_UNSEEN)
    alike = seen.casefold().translate(_ALIKE)
    words = " ".join(alike.split())
    words = words.removesuffix(".").rstrip() or words
    return _DECIMAL_COMMA.sub(".", words) if "," in words else words


def fold_strictly(text: str) -> str:
    """A text as it is compared where every sign counts: without the spaces around it and the case of its letters."""
    return unicodedata.normalize("NFC", text).strip().casefold()
