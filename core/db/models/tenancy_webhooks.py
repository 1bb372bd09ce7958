"""Other systems that are told what happens, and what each was told."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Trouble, UtcDateTime

webhooks = Table(
    "webhooks",
    metadata,
    primary_key(),
    account_id(),
    Column("url", String(500), nullable=False),
    Column("events", JSON, nullable=False),  # names; none: all
    Column("secret_sealed", String(600), nullable=False),
    Column("former_sealed", String(600), nullable=True),  # the secret before
    Column("former_until", UtcDateTime, nullable=True),  # real time: so long it signs, too
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_webhooks_account_id", "account_id"),
    comment="addresses that are told what happens",
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    primary_key(),
    account_id(),
    refers("webhook_id", "webhooks.id"),
    Column("event", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(8), nullable=False),  # DeliveryState
    Column("rounds", Integer, nullable=False),  # of tries: one, and one for each time it was asked for again
    Column("attempts", Integer, nullable=False),
    Column("status", Integer, nullable=True),  # of the last answer
    Column("error", Trouble, nullable=True),
    Column("at", UtcDateTime, nullable=False),
    Column("tried_at", UtcDateTime, nullable=True),
    Index("ix_webhook_deliveries_webhook", "webhook_id", "id"),
    Index("ix_webhook_deliveries_at", "at"),
    comment="what an address was told",
)
