"""What a word of the team is called on its way out: who wrote it stands in its key."""

from utils.signing import random_id

_MARK = "inbox"


def new_key(contact_id: int, author_id: int) -> str:
    """The dedupe key of a word that a member writes to a person."""
    return f"{_MARK}:{contact_id}:{author_id}:{random_id()}"


def author_of(dedupe_key: str | None) -> int | None:
    """The member who wrote it; None for what a bot says by itself."""
    parts = (dedupe_key or "").split(":")
    return int(parts[2]) if len(parts) == 4 and parts[0] == _MARK else None  # noqa: PLR2004 - as made above


def starts_of(contact_id: int) -> str:
    """How all keys of words to a person begin."""
    return f"{_MARK}:{contact_id}:"
