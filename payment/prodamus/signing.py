"""The signature of Prodamus: HMAC-SHA256 over the sorted form, written as by the `json_encode` of PHP."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from functools import cmp_to_key
from typing import Any

_NUMERIC = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*")
_UNSIGNED = frozenset({"sign", "signature"})


def sign(form: Mapping[int | str, Any], key: str) -> str:
    """The signature in hexadecimal digits."""
    signed = {name: value for name, value in form.items() if str(name).lower() not in _UNSIGNED}
    return hmac.new(key.encode(), write_json(signed).encode(), hashlib.sha256).hexdigest()


def is_signed(form: Mapping[int | str, Any], key: str, signature: str) -> bool:
    """Whether `signature` is the form's own, in either case of letters; compared in constant time."""
    claimed = signature.strip().lower().encode(errors="replace")
    return hmac.compare_digest(sign(form, key).encode(), claimed)


def write_json(value: Any) -> str:
    """A value as PHP writes it after sorting its keys; every scalar is a text."""
    if not isinstance(value, Mapping):
        return _write_text(_as_text(value))
    keys = sorted(value, key=cmp_to_key(_compare))
    if keys == list(range(len(keys))):
        return f"[{','.join(write_json(value[key]) for key in keys)}]"
    return f"{{{','.join(f'{_write_text(str(key))}:{write_json(value[key])}' for key in keys)}}}"


def _as_text(value: object) -> str:
    if value is True:
        return "1"
    return "" if value is None or value is False else str(value)


def _write_text(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False).replace("/", "\\/")
    return written.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _compare(key: int | str, other: int | str) -> int:
    """PHP 8's order of keys: numbers and what looks like one by value, everything else letter by letter."""
    if _is_number(key) and _is_number(other):
        first, second = float(key), float(other)
        return (first > second) - (first < second)
    left, right = str(key).encode(), str(other).encode()
    return (left > right) - (left < right)


def _is_number(key: int | str) -> bool:
    return isinstance(key, int) or _NUMERIC.fullmatch(key) is not None
