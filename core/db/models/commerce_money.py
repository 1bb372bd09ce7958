"""The books: what became of every sum, in lines that are 0 together."""

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

ledger_entries = Table(
    "ledger_entries",
    metadata,
    primary_key(),
    account_id(),
    Column("entry", String(64), nullable=False),  # what happened: `pay:12:paid`; its lines are 0 together
    Column("book", String(16), nullable=False),  # Book
    Column("amount", Integer, nullable=False),  # minor units
    Column("currency", String(3), nullable=False),
    refers("order_id", "orders.id", nullable=True),
    refers("payment_id", "payments.id", nullable=True, index=True),
    Column("refund_id", Id, nullable=True),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "entry", "book"),
    Index("ix_ledger_entries_at", "account_id", "at"),
)
