"""What partners earn: their shares of payments, what of it they were paid, and the rules for all of them."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

OPEN = text("status IN ('requested')")

partner_rules = Table(
    "partner_rules",
    metadata,
    primary_key(),
    account_id(),
    Column("touch", String(8), nullable=False),  # Touch
    Column("window_days", Integer, nullable=False),  # 0: for good
    Column("hold_days", Integer, nullable=False),
    UniqueConstraint("account_id"),
)

payouts = Table(
    "payouts",
    metadata,
    primary_key(),
    account_id(),
    refers("partner_id", "partners.id"),
    Column("amount", Integer, nullable=False),  # minor units
    Column("currency", String(3), nullable=False),
    Column("status", String(16), nullable=False),  # PayoutStatus
    Column("sealed", Text, nullable=True),  # where the money goes; forgotten when it is paid or refused
    Column("admin_id", Id, nullable=True),  # who settled it
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime, nullable=True),
    # One at a time, however often it is asked for.
    Index(
        "uq_payouts_open",
        "partner_id",
        "currency",
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    ),
)

# A line for each share of a payment, and one for each part of it that goes back with a refund.
commissions = Table(
    "commissions",
    metadata,
    primary_key(),
    account_id(),
    refers("partner_id", "partners.id", index=True),
    refers("payment_id", "payments.id"),
    Column("level", Integer, nullable=False),  # 1: brought the buyer; 2: brought that partner
    # 0: what was earned; else what goes back, and its amount is negative; -1: by an admin's word, with no refund
    Column("refund_id", Id, nullable=False),
    Column("amount", Integer, nullable=False),  # minor units
    Column("currency", String(3), nullable=False),
    Column("status", String(16), nullable=False),  # CommissionStatus
    Column("doubt", String(16), nullable=True),  # Doubt: an admin has to look before it can be paid
    Column("payable_at", UtcDateTime, nullable=False),
    refers("payout_id", "payouts.id", nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("payment_id", "level", "refund_id"),
    Index("ix_commissions_status", "account_id", "status"),
)
