"""Forms as PHP reads and writes them: `products[0][name]=x` is an array in an array."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MOST_FIELDS = 1000  # PHP's own limit
MOST_DEPTH = 16
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_KEY = re.compile(r"\[([^\[\]]*)\]")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")

Array = dict[int | str, Any]


def read_fields(fields: Iterable[tuple[str, str]]) -> Array:
    """The fields of a form as nested arrays; ValueError for what PHP would not take."""
    array: Array = {}
    for count, (name, value) in enumerate(fields):
        match = _NAME.fullmatch(name)
        keys = [match[1], *_KEY.findall(match[2])] if match else [name]
        if count >= MOST_FIELDS or len(keys) > MOST_DEPTH:
            raise ValueError("a form with too many fields")
        _put(array, keys, value)
    return array


def _put(array: Array, keys: list[str], value: str) -> None:
    for place, text in enumerate(keys):
        key = _next_key(array) if text == "" else read_key(text)
        if place == len(keys) - 1:
            array[key] = value
            return
        inner = array.get(key)
        if not isinstance(inner, dict):
            inner = array[key] = {}
        array = inner


def _next_key(array: Array) -> int:
    numbers = [key for key in array if isinstance(key, int)]
    return max(numbers, default=-1) + 1


def read_key(text: str) -> int | str:
    """A key as PHP keeps it: whole numbers are numbers."""
    return int(text) if _INTEGER.fullmatch(text) else text


def write_fields(array: Mapping[int | str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Nested arrays as the fields of a form."""
    fields: list[tuple[str, str]] = []
    for key, value in array.items():
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(value, Mapping):
            fields += write_fields(value, name)
        else:
            fields.append((name, str(value)))
    return fields
