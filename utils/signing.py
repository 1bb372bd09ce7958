"""Short signatures and opaque tokens."""

import base64
import hashlib
import hmac
import secrets

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
SPOKEN = "3479CDFGHJKMNPQRTWXY"  # no 0 O, 1 I L, 2 Z, 5 S, 6 b, 8 B, U V, and no vowels that make words


def mac(key: bytes, *parts: str, size: int = 16) -> str:
    """Base64url of the first `size` bytes of HMAC-SHA256 over the parts (unambiguously joined)."""
    message = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))
    digest = hmac.digest(key, message, "sha256")[:size]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def same(text: str, other: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(text.encode(), other.encode())


def fingerprint(text: str) -> str:
    """SHA-256 in hex: what is stored instead of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def random_id(length: int = 10) -> str:
    """A public id: random letters and digits, never sequential."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def spoken_id(length: int = 6) -> str:
    """A public id that can be read out on the phone: no letter or digit that looks or sounds like another."""
    return "".join(secrets.choice(SPOKEN) for _ in range(length))


def random_token(size: int) -> str:
    """Base64url of `size` random bytes."""
    return secrets.token_urlsafe(size)


def derive_key(master: bytes, purpose: str) -> bytes:
    """A key for one purpose, from which neither the master nor another purpose's key follows."""
    return hmac.new(master, purpose.encode(), hashlib.sha256).digest()
