"""The record of what members did: written in the unit that does it, never changed (`audit_chain` shows that)."""

from dataclasses import dataclass
from datetime import datetime

from core.db.keyset import Order, Slice
from core.db.models.tenancy import audit_log
from core.db.session import Row, UnitOfWork
from services.tenancy.audit_chain.linking import add_links
from services.tenancy.store import audit as store
from utils.telegram_html import shorten

MOST_SAID = 300
PAGE = 8
ORDERS = {"-id": Order((audit_log.c.id,), descending=True), "id": Order((audit_log.c.id,))}
"""In which orders deeds are listed: the last one is first."""


@dataclass(frozen=True)
class Deed:
    """What somebody is about to have done; `contact_id` names about whom, `before` and `after` a value that changed."""

    actor_id: int
    act: str
    said: str
    contact_id: int | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Record:
    """A deed as it is kept."""

    id: int
    at: datetime
    deed: Deed


def write(uow: UnitOfWork, deed: Deed) -> None:
    """Keep a deed; it lands with what was done, or not at all."""
    row = {
        "account_id": uow.account_id,
        "at": uow.now,
        "actor_id": deed.actor_id,
        "act": deed.act,
        "said": shorten(deed.said, MOST_SAID),
        "contact_id": deed.contact_id,
        "before": deed.before,
        "after": deed.after,
    }
    uow.append_last(add_links, row)


async def list_records(
    uow: UnitOfWork, page: int = 0, *, contact_id: int | None = None, actor_id: int | None = None
) -> tuple[list[Record], bool]:
    """A page of the record, the newest first, and whether there are older ones; `contact_id` and `actor_id`: of them alone."""
    whose = {"contact_id": contact_id, "actor_id": actor_id}
    wanted = {name: value for name, value in whose.items() if value is not None}
    rows = await store.list_records(uow.conn, uow.account_id, wanted, page * PAGE, PAGE + 1)
    records = [_read(row) for row in rows]
    return records[:PAGE], len(records) > PAGE


async def list_part(
    uow: UnitOfWork, part: Slice, *, contact_id: int | None = None, actor_id: int | None = None
) -> list[Record]:
    """A part of the record; `contact_id`: about them, `actor_id`: by them."""
    asked = {"contact_id": contact_id, "actor_id": actor_id}
    wanted = {name: value for name, value in asked.items() if value is not None}
    return [_read(row) for row in await store.list_part(uow.conn, uow.account_id, wanted, part)]


def _read(row: Row) -> Record:
    return Record(row["id"], row["at"], Deed(**{name: row[name] for name in _FIELDS}))


_FIELDS = ("actor_id", "act", "said", "contact_id", "before", "after")
