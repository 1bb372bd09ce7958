"""Files of triggers: read into what they say, refused in plain words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.text.refusal import InputRefused, Refused, Words, explain, placed, words
from core.triggers import TriggerSpec, read_triggers

INVALID = "TRIGGERS_INVALID"


def read_specs(document: Mapping[str, Any], path: Path) -> tuple[TriggerSpec, ...]:
    """The triggers of a document; raises TRIGGERS_INVALID naming the first that is wrong."""
    try:
        return read_triggers(document)
    except ValidationError as error:
        listed = document.get("triggers", ())
        raise _wrong(path, words("triggers-of", problem=_explain(error), total=len(listed))) from None
    except Refused as refusal:
        raise _wrong(path, placed("triggers", refusal.words)) from None
    except TypeError:
        raise _wrong(path, placed("triggers", words("refused-no-list"))) from None


def _explain(error: ValidationError) -> Words:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    written = first["input"] if isinstance(first["input"], Mapping) else {}
    why = placed(place, explain(first)) if place else explain(first)
    return {"lines": [written.get("id") or words("trigger-unnamed"), why], "gap": ": "}


def _wrong(path: Path, why: Words) -> InputRefused:
    return InputRefused(INVALID, placed(str(path), why))
