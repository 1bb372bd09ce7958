"""What Telegram's login button gives a page: whose it is, if it is Telegram's own and fresh."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

GOOD_FOR = timedelta(minutes=5)
AHEAD = timedelta(minutes=1)
"""How far Telegram's clock may be before ours."""


def is_signed(fields: Mapping[str, str], token: str) -> bool:
    """Whether Telegram has signed all of it for this bot (its `token`)."""
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "hash")
    key = hashlib.sha256(token.encode()).digest()
    wanted = hmac.new(key, lines.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), fields.get("hash", "").encode("utf-8", "surrogatepass"))


def read_person(fields: Mapping[str, str], now: datetime) -> int | None:
    """The Telegram id in signed fields; None if they are too old, or of a time to come."""
    try:
        age = now.timestamp() - int(fields["auth_date"])
        telegram_id = int(fields["id"])
    except (KeyError, ValueError):
        return None
    return telegram_id if -AHEAD.total_seconds() <= age <= GOOD_FOR.total_seconds() else None
