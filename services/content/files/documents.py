"""YAML files as plain values: bounded in size, time and memory, and refused in plain words."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from core.text.refusal import Refused, words
from services.content.importing.mishaps import explain_yaml, megabytes
from services.content.importing.nodes import has_unfit, line_of
from utils.confined import LimitReachedError, Limits, limited

MOST_BYTES = 20_000_000
MOST_VALUES = 1_000_000  # of one file, aliases counted each time
LIMITS = Limits(seconds=20, megabytes=400)


def read_yaml_file(path: Path) -> Any:
    """The document of a file; Refused says what is wrong with it, OSError that it cannot be read."""
    if path.stat().st_size > MOST_BYTES:
        raise Refused("refused-large-file", limit=megabytes(MOST_BYTES))
    try:
        with limited(LIMITS):
            document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except LimitReachedError:
        raise Refused("refused-costly-file") from None
    except YAMLError as error:
        raise Refused("refused-no-yaml", line=line_of(error), problem=explain_yaml(error)) from None
    except UnicodeDecodeError:
        raise Refused("refused-no-utf8") from None
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        # a document deeper than anybody writes, or one the library trips over
        raise Refused("refused-no-yaml", line=1, problem=words("refused-yaml")) from None
    _check(document)
    return document


def _check(document: object) -> None:
    """Count the values, as a few aliases of aliases make billions, and look at their texts."""
    waiting = [document]
    for _ in range(MOST_VALUES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, str) and has_unfit(node):
            raise Refused("refused-unfit")
        waiting.extend(_inside(node))
    raise Refused("refused-many-values", most=MOST_VALUES)


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return [*value, *value.values()]
    return value if isinstance(value, list) else ()
