"""YAML files that commands take: read once, refused in plain words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind
from utils.confined import LimitReachedError, Limits, limited

MOST_BYTES = 20_000_000
LIMITS = Limits(seconds=20, megabytes=400)


def read_document(
    path: Path, code: str, needs: str, kind: type[Mapping[str, Any]] | type[list[Any]] = Mapping
) -> Any:
    """The document of a file; raises `code` for one that is too large, no YAML, or not of that kind."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DomainError(ErrorKind.INVALID, code, f"{path}: is larger than {MOST_BYTES // 1_000_000} MB")
        with limited(LIMITS):
            found = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except LimitReachedError:
        said = f"{path}: needs too much time or memory to be read"
        raise DomainError(ErrorKind.INVALID, code, said) from None
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        said = f"{path}: is no YAML: {str(error).splitlines()[0]}"
        raise DomainError(ErrorKind.INVALID, code, said) from None
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
