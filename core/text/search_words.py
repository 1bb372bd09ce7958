"""The words under which something is found: small letters, ё as е, no signs; each beginning of a word finds it."""

import re

LONGEST, MOST = 64, 16
_WORD = re.compile(r"\w+")
LAST = "\U0010ffff"  # sorts behind every letter


def split_words(*texts: str | None, most: int = MOST) -> tuple[str, ...]:
    """The different words of some texts, in their order: at most so many of them, each cut to LONGEST letters."""
    folded = (text.casefold().replace("ё", "е") for text in texts if text)
    words = (word[:LONGEST] for text in folded for word in _WORD.findall(text))
    return tuple(dict.fromkeys(words))[:most]
