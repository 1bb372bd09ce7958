"""Secrets at rest: AES-256-GCM with a random data key, wrapped by a master key from a ring."""

import base64
import re
import secrets
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
KEY = 32
WRAPPED = NONCE + KEY + 16
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")  # what is sealed begins with it and a point


class KeyMissingError(ValueError):
    """Something was sealed with a key that is not in the ring, or has another value there."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the master key {name}, with which something in the database is sealed, is not in MASTER_KEYS or is "
            "another one now: put it back behind the newest"
        )
        self.name = name


class KeyRing:
    """Master keys by name; the first seals, all open. Written as `k2:<hex>,k1:<hex>`."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) != KEY for key in keys.values()):
            raise ValueError(f"a master key is {KEY} bytes in hex, named like k1:<hex>")
        self._keys = dict(keys)

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read `k2:<hex>,k1:<hex>`; ValueError says what is wrong without showing a key."""
        try:
            pairs = [part.strip().split(":", 1) for part in text.split(",") if part.strip()]
            _check_names([pair[0] for pair in pairs])
            return cls({name: bytes.fromhex(value) for name, value in pairs})
        except ValueError as error:
            raise ValueError(
                f"master keys are written k2:<64 hex digits>,k1:<64 hex digits> ({error})"
            ) from None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the keys, the newest first."""
        return tuple(self._keys)

    @property
    def older(self) -> tuple[bytes, ...]:
        """The keys that seal nothing any more, and open what they sealed."""
        return tuple(self._keys.values())[1:]

    @property
    def primary(self) -> bytes:
        """The key that seals today."""
        return next(iter(self._keys.values()))

    def named(self, name: str) -> bytes:
        """The key of that name; raises KeyMissingError."""
        if name not in self._keys:
            raise KeyMissingError(name)
        return self._keys[name]

    def seal(self, secret: str, place: str) -> str:
        """Encrypt `secret`, bound to its `place` (table, account, row)."""
        name, master = next(iter(self._keys.items()))
        data_key = secrets.token_bytes(KEY)
        body = _encrypt(master, data_key, place) + _encrypt(data_key, secret.encode(), place)
        return f"{name}.{base64.urlsafe_b64encode(body).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Decrypt; raises KeyMissingError where no key of the ring opens it at this place."""
        name, _, encoded = sealed.partition(".")
        master = self.named(name)
        try:
            body = base64.urlsafe_b64decode(encoded)
            data_key = _decrypt(master, body[:WRAPPED], place)
            return _decrypt(data_key, body[WRAPPED:], place).decode()
        except (InvalidTag, ValueError):  # another key, or what has been changed
            raise KeyMissingError(name) from None

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"


def _check_names(names: Sequence[str]) -> None:
    if not all(map(_NAME.fullmatch, names)) or len(set(names)) < len(names):
        raise ValueError("each has a name of its own, of letters and digits")


def new_master_key() -> str:
    """A fresh ring of one key, in its written form."""
    return f"k1:{secrets.token_hex(KEY)}"


def _encrypt(key: bytes, data: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def _decrypt(key: bytes, data: bytes, place: str) -> bytes:
    return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], place.encode())
