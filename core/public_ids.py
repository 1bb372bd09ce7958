"""What rows are called outside: a kind and 26 letters, made of the row's number with a key of its account's own.

Another account's key gives no number of any row, in the same time: a foreign id is a missing one. See
`docs/decisions/0058-public-ids-are-row-numbers-under-a-key.md`.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

NOBODY = 0
"""The number that no row has: what is read from anything that is no id of ours."""
KEY_BYTES = 16
LETTERS = 26
_WRITTEN = re.compile(r"([a-z]{3})_([a-z2-7]{26})")
_TAG, _NUMBER, _ZEROS = 4, 8, bytes(4)
_PADDING = "=" * 6
_ACCOUNT = "acc"


@dataclass(frozen=True)
class Kind:
    """What an id can be of: its `prefix` is its own, `table` and `column` are where its number stands."""

    name: str
    prefix: str
    table: str
    column: str = "id"

    @property
    def pattern(self) -> str:
        """How every id of the kind looks."""
        return f"^{self.prefix}_[a-z2-7]{{{LETTERS}}}$"


ACCOUNT = Kind("account", _ACCOUNT, "accounts", "public_id")
CONTACT = Kind("contact", "con", "contacts")
SEGMENT = Kind("segment", "seg", "segments")
MEMBER = Kind("member", "mem", "members", "telegram_id")
BOT = Kind("bot", "bot", "bots")
SESSION = Kind("session", "ses", "sessions")
API_KEY = Kind("key", "key", "api_keys")
WEBHOOK = Kind("webhook", "whk", "webhooks")
DELIVERY = Kind("delivery", "dlv", "webhook_deliveries")
RECORD = Kind("record", "rec", "audit_log")
JOB = Kind("job", "job", "jobs")
FLOW = Kind("flow", "flw", "flows")
VERSION = Kind("version", "ver", "flow_versions")
CHANGE = Kind("change", "chg", "feed")
DEPLOYMENT = Kind("deployment", "dep", "deployments")
TOKEN = Kind("token", "tok", "enrollment_tokens")
COHORT = Kind("cohort", "coh", "cohorts")
PARTICIPANT = Kind("participant", "par", "participants")
MEDIUM = Kind("medium", "med", "media_files")
BUTTON_SET = Kind("button_set", "btn", "button_sets")
COMMENT = Kind("comment", "cmt", "step_comments")
IMPORT = Kind("imported", "imp", "imports")
RUN = Kind("run", "run", "runs")
SUBMISSION = Kind("submission", "sub", "submissions")
QUESTION = Kind("question", "que", "questions")
CERTIFICATE = Kind("certificate", "cer", "certificates")
TARIFF = Kind("tariff", "trf", "tariffs")
ORDER = Kind("order", "ord", "orders")
PAYMENT = Kind("payment", "pay", "payments")
REFUND = Kind("refund", "rfd", "refunds")
ACCESS = Kind("access", "axs", "accesses")
PROMO_CODE = Kind("promo_code", "pro", "promo_codes")
SUBSCRIPTION = Kind("subscription", "sbs", "subscriptions")
PARTNER = Kind("partner", "prt", "partners")
PAYOUT = Kind("payout", "out", "payouts")
CONVERSATION = Kind("conversation", "cnv", "contacts", "telegram_id")
MESSAGE = Kind("message", "msg", "messages")
HANDOFF = Kind("handoff", "han", "handoffs")
CANNED_REPLY = Kind("canned_reply", "can", "canned_replies")
BROADCAST = Kind("broadcast", "brc", "broadcasts")
TRIGGER_SET = Kind("trigger_set", "trg", "trigger_sets")
NOTE = Kind("note", "nte", "notes")
KINDS: Mapping[str, Kind] = {
    value.name: value for value in list(globals().values()) if isinstance(value, Kind)
}


class IdCipher:
    """Writes and reads the ids of one account."""

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - one block, each of them another one

    def write(self, kind: Kind, number: int) -> str:
        """The id of a row."""
        block = _tag(kind) + number.to_bytes(_NUMBER, "big") + _ZEROS
        encryptor = self._cipher.encryptor()
        return _spell(kind.prefix, encryptor.update(block) + encryptor.finalize())

    def read(self, kind: Kind, text: str) -> int:
        """The row's number; NOBODY for the id of another account, of another kind, and for any other text."""
        match = _WRITTEN.fullmatch(text)
        letters = match[2] if match else "a" * LETTERS
        decryptor = self._cipher.decryptor()
        block = decryptor.update(_unspell(letters)) + decryptor.finalize()
        number = int.from_bytes(block[_TAG : _TAG + _NUMBER], "big")
        ours = hmac.compare_digest(block[:_TAG] + block[-len(_ZEROS) :], _tag(kind) + _ZEROS)
        return number if ours and match and self.write(kind, number) == text else NOBODY


def new_account_id() -> str:
    """What an account is called outside: 128 random bits."""
    return _spell(_ACCOUNT, secrets.token_bytes(16))


def new_id_key() -> str:
    """The key of an account's ids, in hex; it stays as long as the account, or its ids would be others."""
    return secrets.token_hex(KEY_BYTES)


def _tag(kind: Kind) -> bytes:
    return kind.prefix.encode().ljust(_TAG, b"\0")


def _spell(prefix: str, block: bytes) -> str:
    return f"{prefix}_{base64.b32encode(block).decode().rstrip('=').lower()}"


def _unspell(letters: str) -> bytes:
    return base64.b32decode(letters.upper() + _PADDING)
