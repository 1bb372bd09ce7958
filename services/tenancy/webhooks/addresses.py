"""The addresses that an account has told what happens: made, changed, given a new secret, dropped."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.db.session import Row, UnitOfWork
from core.errors import DomainError, ErrorKind, RaceLost
from core.text.refusal import InputRefused, words
from services.delivery.jobs import PermanentFailure
from services.delivery.signed_calls.calling import check_address
from services.tenancy import settings as account_settings
from services.tenancy.store import settings as settings_store
from services.tenancy.store import webhooks as store
from utils.signing import random_token

PREFIX = "whs_"
SECRET_BYTES = 32
MOST = 20
BOTH_GOOD = timedelta(hours=24)
"""So long both secrets sign: the other system takes the new one meanwhile."""


@dataclass(frozen=True)
class Webhook:
    """An address without its secret; no `events` are all. `rotated_until`: until then the former secret signs, too."""

    id: int
    url: str
    events: Sequence[str]
    created_at: datetime
    rotated_until: datetime | None


async def list_webhooks(uow: UnitOfWork) -> list[Webhook]:
    """All of the account's, the newest first."""
    return [_read(row, uow) for row in await store.list_webhooks(uow.conn, uow.account_id)]


async def get_webhook(uow: UnitOfWork, webhook_id: int) -> Webhook:
    """One of them; raises NOT_FOUND."""
    return _read(await _get(uow, webhook_id), uow)


async def add_webhook(uow: UnitOfWork, url: str, events: Collection[str]) -> tuple[Webhook, str]:
    """Have an address told of these events, or of all without one; gives it with its secret.

    Raises WEBHOOK_ADDRESS for what may not be called, WEBHOOKS_MANY for one too many.
    """
    _check(uow, url)
    if len(await store.list_webhooks(uow.conn, uow.account_id)) >= MOST:
        raise DomainError(ErrorKind.CONFLICT, "WEBHOOKS_MANY")
    secret = _new_secret()
    row = {
        "url": url,
        "events": sorted(events),
        "secret_sealed": _seal(uow, secret),
        "created_at": uow.real_now,
    }
    number = await store.add_webhook(uow.conn, uow.account_id, row)
    await _note_wanted(uow)
    return await get_webhook(uow, number), secret


async def change_webhook(
    uow: UnitOfWork, webhook_id: int, url: str | None, events: Collection[str] | None
) -> Webhook:
    """Change where and of what it is told; None stays. Raises as `add_webhook`."""
    changed: dict[str, object] = {}
    if url is not None:
        _check(uow, url)
        changed["url"] = url
    if events is not None:
        changed["events"] = sorted(events)
    if changed:
        await store.change_webhook(uow.conn, uow.account_id, webhook_id, changed)
        await _note_wanted(uow)
    return await get_webhook(uow, webhook_id)


async def rotate_secret(uow: UnitOfWork, webhook_id: int) -> tuple[Webhook, str]:
    """Give it a new secret, which is shown this once; the one before signs for a day longer."""
    row, secret = await _get(uow, webhook_id), _new_secret()
    changed = {
        "secret_sealed": _seal(uow, secret),
        "former_sealed": row["secret_sealed"],
        "former_until": uow.real_now + BOTH_GOOD,
    }
    await store.change_webhook(uow.conn, uow.account_id, webhook_id, changed)
    return await get_webhook(uow, webhook_id), secret


async def drop_webhook(uow: UnitOfWork, webhook_id: int) -> None:
    """Tell an address nothing any more; what it was told is forgotten."""
    await store.drop_webhook(uow.conn, uow.account_id, webhook_id)
    await _note_wanted(uow)


def place_of(account_id: int) -> str:
    """To what the secrets are bound that are sealed."""
    return f"webhooks/{account_id}"


async def _note_wanted(uow: UnitOfWork) -> None:
    """Have every process know what this account's addresses want to hear: nothing is looked up for the rest."""
    wanted = {
        event
        for row in await store.list_webhooks(uow.conn, uow.account_id)
        for event in (row["events"] or [account_settings.ALL_EVENTS])
    }
    document, revision = await settings_store.load_settings(uow.conn, uow.account_id)
    row = {**document, account_settings.TOLD: sorted(wanted)}
    if not await settings_store.replace_settings(uow.conn, uow.account_id, row, revision):
        raise RaceLost("another unit has changed the account")
    uow.after_commit(lambda: account_settings.renew(uow.env, uow.account_id, row))


def _check(uow: UnitOfWork, url: str) -> None:
    try:
        check_address(url, production=uow.env.production)
    except PermanentFailure:
        raise InputRefused("WEBHOOK_ADDRESS", words("refused-webhook-address")) from None


async def _get(uow: UnitOfWork, webhook_id: int) -> Row:
    rows = await store.list_webhooks(uow.conn, uow.account_id, only=webhook_id)
    if not rows:
        raise DomainError(ErrorKind.NOT_FOUND, "NOT_FOUND")
    return rows[0]


def _new_secret() -> str:
    return f"{PREFIX}{random_token(SECRET_BYTES)}"


def _seal(uow: UnitOfWork, secret: str) -> str:
    return uow.env.keys.seal(secret, place_of(uow.account_id))


def _read(row: Row, uow: UnitOfWork) -> Webhook:
    until = row["former_until"]
    counts = until is not None and until > uow.real_now
    return Webhook(row["id"], row["url"], row["events"], row["created_at"], until if counts else None)
