"""A stream sealed piece by piece with one key: what was changed, cut off or put in another order cannot be opened.

Each piece is AES-256-GCM with a nonce of its number and whether it is the last (the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizár, 2015); the key of a stream comes from the master key and a random salt by HKDF.
"""

import io
import secrets
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from typing_extensions import override

from utils.sealed import KEY, KeyMissingError, KeyRing

MAGIC = b"tandem-sealed-1\n"
PIECE = 1 << 20
SALT = 16
TAG = 16
_UNOPENED = "it is damaged or cut off: not all of it is as it was written"
_UNOPENED_AT_ALL = "it is damaged, or was sealed with another master key of the same name: look for the keys it was made with"


class NotSealedError(ValueError):
    """The file is no sealed stream of these keys, or not all of it is there as it was written; `said` is what about it."""

    def __init__(self, said: str) -> None:
        super().__init__(f"the backup cannot be opened: {said}")


class SealedWriter(io.RawIOBase):
    """Write-only: seals what it is given into `target`, which stays open; whole once it is closed."""

    def __init__(self, target: BinaryIO, keys: KeyRing) -> None:
        super().__init__()
        self._target, self._number, self._waiting = target, 0, bytearray()
        salt, name = secrets.token_bytes(SALT), keys.names[0]
        target.write(MAGIC + struct.pack("B", len(name)) + name.encode() + salt)
        self._cipher = _cipher(keys.primary, salt)

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        """Take all of it."""
        self._waiting += data
        while len(self._waiting) > PIECE:  # the last piece is known only at the end
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    @override
    def close(self) -> None:
        """Write the last piece."""
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
        super().close()

    def _seal(self, data: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), data, None))
        self._number += 1


def open_stream(source: BinaryIO, target: BinaryIO, keys: KeyRing) -> None:
    """Write what is sealed in `source` to `target`; raises NotSealedError."""
    if source.read(len(MAGIC)) != MAGIC:
        raise NotSealedError("it is no backup of Tandem")
    name = source.read(int.from_bytes(source.read(1), "big")).decode("ascii", "replace")
    try:
        cipher = _cipher(keys.named(name), source.read(SALT))
    except KeyMissingError:
        raise NotSealedError(
            f"it was sealed with the master key {name}, which is not in MASTER_KEYS: put it behind the newest"
        ) from None
    piece, number = source.read(PIECE + TAG), 0
    while True:
        following = source.read(PIECE + TAG)
        try:
            target.write(cipher.decrypt(_nonce(number, last=not following), piece, None))
        except InvalidTag:
            raise NotSealedError(_UNOPENED if number else _UNOPENED_AT_ALL) from None
        if not following:
            return
        piece, number = following, number + 1


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _cipher(master: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY, salt, b"tandem backup").derive(master))
