"""What is paid otherwise than once and by who uses it: subscriptions, instalments, gifts."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, UniqueConstraint, text

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

LIVE = text("state <> 'ended'")

# Something that is paid in charges: a subscription, instalments, or a trial before either or before one price.
subscriptions = Table(
    "subscriptions",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id", index=True),
    refers("tariff_id", "tariffs.id"),
    refers("order_id", "orders.id"),  # it began with; its charges are payments of it
    refers("access_id", "accesses.id", index=True),
    Column("plan", JSON, nullable=False),  # as agreed to: services.commerce.schemas.TariffPlan
    Column("price", Integer, nullable=False),  # all instalments together, or each period
    Column("currency", String(3), nullable=False),
    Column("provider", String(32), nullable=False),
    Column("method", String(128), nullable=True),  # saved, and charged without asking
    Column("method_title", String(64), nullable=True),
    Column("profile", String(128), nullable=True),  # what renews by itself, as its provider calls it
    Column("state", String(16), nullable=False),  # SubscriptionState
    Column("anchor", String(32), nullable=False),  # wall time from which periods are counted
    Column("periods", Integer, nullable=False),
    Column("charges", Integer, nullable=False),  # that came through
    Column("paid_until", UtcDateTime, nullable=False),
    Column("warned_at", UtcDateTime, nullable=True),
    Column("asked_at", UtcDateTime, nullable=True),
    Column("tried_at", UtcDateTime, nullable=True),
    Column("tries", Integer, nullable=False),
    Column("is_charging", Boolean, nullable=False),
    Column("cancelled_at", UtcDateTime, nullable=True),
    Column("next_tariff_id", Id, nullable=True),  # it changes to with the next charge
    Column("next_plan", JSON(none_as_null=True), nullable=True),
    Column("next_price", Integer, nullable=True),
    Column("frozen_at", UtcDateTime, nullable=True),
    Column(
        "frozen_seconds", Integer, nullable=False, server_default="0"
    ),  # before that, since the last charge
    Column("reason", String(16), nullable=True),  # SubscriptionEnd
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=True),
    Index(
        "uq_subscriptions_live",
        "contact_id",
        "tariff_id",
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    ),
)

# Something that was paid for somebody else, to be claimed by a link, once.
gifts = Table(
    "gifts",
    metadata,
    primary_key(),
    account_id(),
    refers("order_id", "orders.id"),
    refers("payment_id", "payments.id"),
    Column("token_hash", String(64), nullable=True),  # of the link; its text follows from our key
    Column("state", String(16), nullable=False),  # GiftState
    refers("claimed_by", "contacts.id", nullable=True),
    Column("claimed_at", UtcDateTime, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("order_id"),
    UniqueConstraint("account_id", "token_hash"),
)
