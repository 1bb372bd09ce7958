"""What became of every sum: the lines of the ledger, money that went back, promo codes and their uses."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

HELD = text("state <> 'returned'")
UNDER_WAY = text("status IN ('asked', 'pending', 'by_hand')")

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

# What providers of accounts beside the first are set to; the first one's stand in the environment.
payment_accounts = Table(
    "payment_accounts",
    metadata,
    primary_key(),
    account_id(),
    Column("provider", String(32), nullable=False),
    Column("sealed", Text, nullable=False),  # a document of the fields of its settings model
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "provider"),
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

promo_codes = Table(
    "promo_codes",
    metadata,
    primary_key(),
    account_id(),
    Column("code", String(32), nullable=False),  # in capitals
    Column("kind", String(8), nullable=False),  # PromoKind
    Column("value", Integer, nullable=False),  # percent, or minor units
    Column("currency", String(3), nullable=True),  # of a sum
    Column("limit_total", Integer, nullable=True),
    Column("limit_person", Integer, nullable=True),
    Column("taken", Integer, nullable=False, server_default="0"),  # uses that were not returned
    Column("starts_at", UtcDateTime, nullable=True),
    Column("ends_at", UtcDateTime, nullable=True),
    Column("tariffs", JSON, nullable=False),  # codes of tariffs; all if it is empty
    refers("partner_id", "partners.id", nullable=True),  # whose personal code it is
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "code"),
)

promo_uses = Table(
    "promo_uses",
    metadata,
    primary_key(),
    account_id(),
    refers("promo_id", "promo_codes.id"),
    refers("order_id", "orders.id", index=True),
    refers("contact_id", "contacts.id"),
    Column(
        "number", Integer, nullable=False
    ),  # among the person's uses of the code: no two at once take the last
    Column("state", String(16), nullable=False),  # PromoUse
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("promo_id", "order_id"),
    Index(
        "uq_promo_uses_number",
        "promo_id",
        "contact_id",
        "number",
        unique=True,
        sqlite_where=HELD,
        postgresql_where=HELD,
    ),
)

# The code a person has entered, for what they order next.
promo_entries = Table(
    "promo_entries",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id"),
    refers("promo_id", "promo_codes.id"),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("contact_id"),
)
