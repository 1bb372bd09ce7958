"""Adds deeds to an account's chain: each bears a code made of itself and the code before it, with a key of the account's own.

The key is sealed with the installation's master key: who has the database alone can make no code that fits.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from operator import itemgetter

from loguru import logger
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Row, Transaction
from services.tenancy.store import audit_chain as store
from utils.sealed import KEY, KeyMissingError, KeyRing
from utils.signing import mac, random_token

START = ""
LINKED = ("at", "actor_id", "act", "said", "contact_id", "before", "after")
CODE_BYTES = 32


@dataclass(frozen=True)
class Head:
    """Where a chain ends: its key, so many deeds, the code of the last one; `older` deeds stood there before it began."""

    account_id: int
    key_sealed: str
    older: int
    origin: str
    count: int
    code: str
    seal: str


async def add_links(transaction: Transaction, rows: Sequence[Row]) -> None:
    """Write deeds, each behind the last of its account; whoever else writes one of these waits for the commit."""
    keys = transaction.database.env.keys
    for account_id, own in groupby(sorted(rows, key=itemgetter("account_id")), itemgetter("account_id")):
        await _add(transaction.conn, account_id, list(own), keys)


async def _add(conn: AsyncConnection, account_id: int, rows: Sequence[Row], keys: KeyRing) -> None:
    head = await _hold_head(conn, account_id, keys)
    try:
        key = open_key(head, keys)
    except (
        KeyMissingError
    ):  # who works here goes on, and brings the key back; `verify` tells what has no link
        logger.warning("the record of account {} goes on without links: its key is missing", account_id)
        await store.add(conn, account_id, [{**row, "number": None, "code": None} for row in rows])
        return
    code, linked = head.code, []
    for number, row in enumerate(rows, start=head.count + 1):
        code = link(key, code, number, row)
        linked.append({**row, "number": number, "code": code})
    await store.add(conn, account_id, linked)
    longer = replace(head, count=head.count + len(rows), code=code)
    if not head.key_sealed.startswith(f"{keys.names[0]}."):
        longer = replace(longer, key_sealed=_seal(key, account_id, keys))
    await store.move_head(
        conn, account_id, longer.key_sealed, longer.count, longer.code, seal_of(key, longer)
    )


async def _hold_head(conn: AsyncConnection, account_id: int, keys: KeyRing) -> Head:
    row = await store.hold_head(conn, account_id)
    if row is None:
        await store.hold_account(conn, account_id)
        row = await store.hold_head(conn, account_id)
    return await _begin(conn, account_id, keys) if row is None else read_head(row)


async def _begin(conn: AsyncConnection, account_id: int, keys: KeyRing) -> Head:
    """A chain that begins with what was written before there were any."""
    secret = random_token(KEY)
    key = secret.encode()
    older = await store.list_older(conn, account_id)
    origin = link_older(key, older)
    head = Head(account_id, _seal(key, account_id, keys), len(older), origin, 0, origin, "")
    head = replace(head, seal=seal_of(key, head))
    row = asdict(head)
    await store.add_head(conn, row.pop("account_id"), row)
    return head


def link(key: bytes, former: str, number: int, row: Row) -> str:
    """The code of a deed behind another one."""
    parts = [former, str(number), str(row["account_id"]), row["at"].isoformat()]
    parts += ["" if row[name] is None else f"={row[name]}" for name in LINKED[1:]]
    return mac(key, *parts, size=CODE_BYTES)


def link_older(key: bytes, rows: Sequence[Row]) -> str:
    """The code of all that was written before the chain began."""
    code = START
    for row in rows:
        code = link(key, code, 0, row)
    return code


def seal_of(key: bytes, head: Head) -> str:
    """What says that a chain ends here."""
    parts = (head.account_id, head.older, head.origin, head.count, head.code)
    return mac(key, "end", *map(str, parts), size=CODE_BYTES)


def open_key(head: Head, keys: KeyRing) -> bytes:
    """The chain's key; raises KeyMissingError for one that the installation's keys do not open."""
    return keys.open(head.key_sealed, _place(head.account_id)).encode()


def read_head(row: Row) -> Head:
    """A head as it is kept."""
    return Head(**{name: row[name] for name in Head.__dataclass_fields__})


def _seal(key: bytes, account_id: int, keys: KeyRing) -> str:
    return keys.seal(key.decode(), _place(account_id))


def _place(account_id: int) -> str:
    return f"audit_heads/{account_id}"
