"""The signed data Telegram opens a Mini App with: whose it is, if it is Telegram's own and fresh."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from core.errors import DomainError, ErrorKind

GOOD_FOR = timedelta(hours=1)
AHEAD = timedelta(minutes=5)
"""How far Telegram's clock may be before ours."""
MOST_FIELDS = 32


def read_user_id(init_data: str, token: str, now: datetime, good_for: timedelta = GOOD_FOR) -> int:
    """The Telegram id of the person a bot's (its `token`) Mini App was opened by.

    Raises INIT_DATA_WRONG for what Telegram has not signed for this bot, INIT_DATA_OLD when it was signed
    longer ago than it is `good_for`.
    """
    fields = _read_fields(init_data)
    claimed_hash = fields.pop("hash", "")
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    wanted = hmac.new(key, lines.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), claimed_hash.encode("utf-8", "surrogatepass")):
        raise _wrong()
    try:
        signed_at = int(fields["auth_date"])
        user_id = json.loads(fields["user"])["id"]
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _wrong() from None
    age = now.timestamp() - signed_at
    if not -AHEAD.total_seconds() <= age <= good_for.total_seconds():
        raise DomainError(ErrorKind.EXPIRED, "INIT_DATA_OLD")
    if not isinstance(user_id, int):
        raise _wrong()
    return user_id


def _read_fields(init_data: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(init_data, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise _wrong() from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _wrong()
    return fields


def _wrong() -> DomainError:
    return DomainError(ErrorKind.FORBIDDEN, "INIT_DATA_WRONG")
