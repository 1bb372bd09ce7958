"""YAML files that commands take: read once, refused in plain words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind
from services.content.files.documents import read_yaml_file


def read_document(
    path: Path, code: str, needs: str, kind: type[Mapping[str, Any]] | type[list[Any]] = Mapping
) -> Any:
    """The document of a file; raises `code` for one that is too large, no YAML, or not of that kind."""
    try:
        found = read_yaml_file(path)
    except ValueError as error:
        raise DomainError(ErrorKind.INVALID, code, f"{path}: {error}") from None
    if not isinstance(found, kind):
        raise DomainError(ErrorKind.INVALID, code, f"{path}: needs {needs}")
    return found


def bot_of(document: Mapping[str, Any], path: Path, code: str) -> BotKind:
    """The bot a document is for, the sales bot where it does not say; raises `code` for any other word."""
    try:
        return BotKind(str(document.get("bot", BotKind.SALES)))
    except ValueError:
        said = f"{path}: bot: there are {', '.join(BotKind)}"
        raise DomainError(ErrorKind.INVALID, code, said) from None
