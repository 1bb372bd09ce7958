"""Secrets in texts: what is known to be one, and all that looks like a bot token, is blacked out."""

import re

BLACK = "•••"
TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")  # also right behind “bot”, as in the API's addresses
LEAST = 6  # letters; a shorter one is a word that texts need
_known: list[str] = []


def hide(*secrets: str) -> None:
    """Have these blacked out from now on, wherever this process writes a text."""
    # Longest first: a secret that another one begins with must not leave the rest of it standing.
    _known[:] = sorted(
        {*_known, *(secret for secret in secrets if len(secret) >= LEAST)}, key=len, reverse=True
    )


def redact(text: str) -> str:
    """The text without any secret."""
    for secret in _known:
        text = text.replace(secret, BLACK)
    return TOKEN.sub(BLACK, text)


def forget() -> None:
    """Know no secrets any more, as a process that begins."""
    _known.clear()
