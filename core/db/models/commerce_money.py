"""What became of every sum: the lines of the ledger, and money that went back."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, UniqueConstraint, text

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

UNDER_WAY = text("status IN ('asked', 'pending')")

refunds = Table(
    "refunds",
    metadata,
    primary_key(),
    account_id(),
    refers("payment_id", "payments.id", index=True),
    Column("amount", Integer, nullable=False),  # minor units of the payment's currency
    Column("status", String(16), nullable=False),  # RefundStatus
    Column("external_id", String(128), nullable=True),
    Column("closes", Boolean, nullable=True),  # whether it closes the access; none: as the tariff says
    Column("by", String(32), nullable=False),  # an admin's Telegram id, `console` or `provider`
    Column("reason", String(300), nullable=False, server_default=""),  # why it was refused
    Column("checks", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column(
        "made_at", UtcDateTime, nullable=False
    ),  # the machine's time, by which a provider forgets its keys
    Column("settled_at", UtcDateTime, nullable=True),
    # One at a time, however many admins press at the same moment.
    Index(
        "uq_refunds_under_way",
        "payment_id",
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    ),
)

# Where people's receipts go, once they have been asked.
payers = Table(
    "payers",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id"),
    Column("email", String(254), nullable=False),
    Column("phone", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("contact_id"),
)

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
