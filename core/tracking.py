"""The code of a tracked link: which link, and who was given it; nobody can read either, make one up or change one."""

import base64
import binascii
import struct
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from utils.signing import derive_key

PATH = "/r/"
PURPOSE = "tracked links"
_SHAPE = struct.Struct(">Qq")
_LENGTH = 43  # signs: sixteen bytes, sealed, and their tag


def link_address(public_url: str, key: bytes, link_id: int, chat_id: int) -> str:
    """The address of a link as one person gets it."""
    sealed = _seal(key).encrypt(_SHAPE.pack(link_id, chat_id), None)
    return f"{public_url.rstrip('/')}{PATH}{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"


def read_code(keys: Sequence[bytes], code: str) -> tuple[int, int] | None:
    """The link and the chat of a code made under any of the keys; None for anything else."""
    if len(code) != _LENGTH or not code.isascii():
        return None
    try:
        sealed = base64.b64decode(code + "=", altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    for key in keys:
        try:
            link_id, chat_id = _SHAPE.unpack(_seal(key).decrypt(sealed, None))
        except InvalidTag:
            continue
        return link_id, chat_id
    return None


@lru_cache(maxsize=16)
def _seal(key: bytes) -> AESSIV:
    return AESSIV(derive_key(key, PURPOSE))
