"""Files of triggers: read into what they say, refused in plain words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.errors import DomainError, ErrorKind
from core.text.refusal import describe
from core.triggers import TriggerSpec, read_triggers

INVALID = "TRIGGERS_INVALID"


def read_specs(document: Mapping[str, Any], path: Path) -> tuple[TriggerSpec, ...]:
    """The triggers of a document; raises TRIGGERS_INVALID naming the first that is wrong."""
    try:
        return read_triggers(document)
    except ValidationError as error:
        listed = document.get("triggers", ())
        raise _wrong(f"{path}: {_explain(error)} (of {len(listed)} triggers)") from None
    except (ValueError, TypeError) as error:
        raise _wrong(f"{path}: triggers: {error}") from None


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    given = first["input"] if isinstance(first["input"], Mapping) else {}
    name = given.get("id", "")
    return f"{name or 'a trigger'}: {place}: {describe(first)}" if place else f"{name}: {describe(first)}"


def _wrong(detail: str) -> DomainError:
    return DomainError(ErrorKind.INVALID, INVALID, detail)
