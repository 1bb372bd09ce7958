"""YAML files as plain values: bounded in size, time and memory, and refused in plain words."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from services.content.importing.nodes import has_unfit
from utils.confined import LimitReachedError, Limits, limited

MOST_BYTES = 20_000_000
MOST_VALUES = 1_000_000  # of one file, aliases counted each time
LIMITS = Limits(seconds=20, megabytes=400)


def read_yaml_file(path: Path) -> Any:
    """The document of a file; ValueError says what is wrong with it, OSError that it cannot be read."""
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        with limited(LIMITS):
            found = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except LimitReachedError:
        raise ValueError("needs too much time or memory to be read") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"is no YAML: {error.problem or error.context}, line {line}") from None
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"is no YAML: {str(error).splitlines()[0]}") from None
    _check(found)
    return found


def _check(document: object) -> None:
    """Count the values, as a few aliases of aliases make billions, and look at their texts."""
    waiting = [document]
    for _ in range(MOST_VALUES):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, str) and has_unfit(one):
            raise ValueError(
                "has half of a character, or a zero byte: type the sign itself instead of its code"
            )
        waiting.extend(_inside(one))
    raise ValueError(f"holds more than {MOST_VALUES} values, its aliases counted")


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return [*value, *value.values()]
    return value if isinstance(value, list) else ()
