"""Robokassa's signatures: what is signed, joined by colons, with a password among it and the own fields at its end."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

OWN = "shp_"  # fields of the shop's own, which come back as they were sent


def sign(algorithm: str, parts: list[str], own: Mapping[str, str]) -> str:
    """The signature of the parts and of the shop's own fields, in their order by name."""
    shown = [f"{name}={own[name]}" for name in sorted(own)]
    return hashlib.new(algorithm, ":".join([*parts, *shown]).encode()).hexdigest()


def is_signed(form: Mapping[str, str], algorithm: str, password: str) -> bool:
    """Whether a notification is signed with this password; in constant time, whatever its case."""
    own = {name: value for name, value in form.items() if name.lower().startswith(OWN)}
    expected = sign(algorithm, [form.get("OutSum", ""), form.get("InvId", ""), password], own)
    return hmac.compare_digest(expected.encode(), form.get("SignatureValue", "").strip().lower().encode())


def write_token(content: Mapping[str, Any], password: str) -> str:
    """A JSON web token under HMAC-SHA256, as the refund service takes it."""
    head = {"typ": "JWT", "alg": "HS256"}
    text = ".".join(_encode(json.dumps(part, separators=(",", ":")).encode()) for part in (head, content))
    return f"{text}.{_encode(hmac.new(password.encode(), text.encode(), hashlib.sha256).digest())}"


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
