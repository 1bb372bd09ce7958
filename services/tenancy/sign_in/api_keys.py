"""Keys for programs: shown once, for one account, never allowing more than their creator may at that moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from services.tenancy.permissions import Permission
from services.tenancy.sign_in.callers import Caller
from services.tenancy.store import api_keys as store
from utils.signing import fingerprint, random_token

PREFIX = "tdm_"
SECRET_BYTES = 32
ENDING = 4
USED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True)
class ApiKey:
    """A key without its secret; `ending` are the secret's last letters."""

    id: int
    account_id: int
    creator_id: int
    name: str
    permissions: frozenset[Permission]
    ending: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    is_stale: bool = False

    @property
    def caller(self) -> Caller:
        """Who asks with it: its creator, with no more than it may."""
        return Caller(self.creator_id, self.account_id, key_id=self.id, granted=self.permissions)


async def make_key(
    uow: UnitOfWork,
    creator: Caller,
    own: Collection[Permission],
    name: str,
    permissions: Collection[Permission],
    expires_at: datetime | None,
) -> tuple[ApiKey, str]:
    """Make a key; gives it with its secret, which is kept nowhere. Raises KEY_TOO_STRONG for what the creator may not."""
    if not set(permissions) <= set(own):
        raise DomainError(ErrorKind.FORBIDDEN, "KEY_TOO_STRONG")
    if expires_at is not None and expires_at <= uow.real_now:
        raise DomainError(ErrorKind.INVALID, "KEY_OVER_ALREADY")
    secret = f"{PREFIX}{random_token(SECRET_BYTES)}"
    row = {
        "creator_id": creator.telegram_id,
        "name": name,
        "permissions": sorted(permissions),
        "secret_hash": fingerprint(secret),
        "ending": secret[-ENDING:],
        "created_at": uow.real_now,
        "expires_at": expires_at,
    }
    number = await store.add_key(uow.conn, uow.account_id, row)
    return await get_key(uow, number), secret


async def find_key(conn: AsyncConnection, secret: str, now: datetime) -> ApiKey | None:
    """The key of a secret, unless it is over."""
    row = await store.find_key(conn, fingerprint(secret)) if secret.startswith(PREFIX) else None
    if row is None or row["revoked_at"] is not None:
        return None
    key = _read(row, now)
    return None if key.expires_at is not None and key.expires_at <= now else key


async def get_key(uow: UnitOfWork, key_id: int) -> ApiKey:
    """One of the account's keys; raises NOT_FOUND."""
    rows = await store.list_keys(uow.conn, uow.account_id, only=key_id)
    if not rows:
        raise DomainError(ErrorKind.NOT_FOUND, "NOT_FOUND")
    return _read(rows[0], uow.real_now)


async def list_keys(uow: UnitOfWork) -> list[ApiKey]:
    """The account's keys that count, the newest first."""
    return [_read(row, uow.real_now) for row in await store.list_keys(uow.conn, uow.account_id)]


async def revoke_key(uow: UnitOfWork, key_id: int) -> bool:
    """Have a key open nothing any more; False if it does not already."""
    return await store.revoke_key(uow.conn, uow.account_id, key_id, uow.real_now)


async def note_used(uow: UnitOfWork, key_id: int) -> None:
    """A key was used just now."""
    await store.note_used(uow.conn, uow.account_id, key_id, uow.real_now)


def _read(row: Row, now: datetime) -> ApiKey:
    plain = ("id", "account_id", "creator_id", "name", "ending", "created_at", "expires_at", "used_at")
    known = set(Permission)
    return ApiKey(
        **{name: row[name] for name in plain},
        permissions=frozenset(Permission(name) for name in row["permissions"] if name in known),
        is_stale=row["used_at"] is None or now - row["used_at"] > USED_WITHIN,
    )
