"""YAML files that commands take: read once, refused in plain words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.lifecycle import BotKind
from core.text.refusal import InputRefused, Refused, placed, words
from services.content.files.documents import read_yaml_file


def read_document(
    path: Path, code: str, needs: str, kind: type[Mapping[str, Any]] | type[list[Any]] = Mapping
) -> Any:
    """The document of a file; raises `code` for one that is too large, no YAML, or not of that kind.

    `needs` is the text that says what it has to hold.
    """
    try:
        document = read_yaml_file(path)
    except Refused as refusal:
        raise InputRefused(code, placed(str(path), refusal.words)) from None
    if not isinstance(document, kind):
        raise InputRefused(code, placed(str(path), words(needs)))
    return document


def bot_of(document: Mapping[str, Any], path: Path, code: str) -> BotKind:
    """The bot a document is for, the sales bot where it does not say; raises `code` for any other word."""
    try:
        return BotKind(str(document.get("bot", BotKind.SALES)))
    except ValueError:
        why = words("document-bots", kinds=", ".join(BotKind))
        raise InputRefused(code, placed(f"{path}: bot", why)) from None
