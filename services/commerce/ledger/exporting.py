"""The books as a table: a row per line, sums in major units of their currency."""

from collections.abc import Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.money import to_major
from services.commerce.store.money import ledger as store

COLUMNS = ("at", "entry", "book", "amount", "currency", "order", "provider", "external_id", "test")


async def list_rows(uow: UnitOfWork) -> Sequence[Sequence[Any]]:
    """The rows, the oldest first; moments in UTC."""
    return [
        (
            f"{row.at:%Y-%m-%d %H:%M:%S}",
            row.entry,
            row.book,
            to_major(row.amount, row.currency),
            row.currency,
            row.public_id,
            row.provider,
            row.external_id,
            "yes" if row.is_test else "",
        )
        for row in await store.list_lines(uow.conn, uow.account_id)
    ]
