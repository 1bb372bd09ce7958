"""Which rows have changed, for who watches."""

from sqlalchemy import Column, Index, String, Table

from core.db.base import account_id, metadata, primary_key
from core.db.types import Id, UtcDateTime

feed = Table(
    "feed",
    metadata,
    primary_key(),
    account_id(),
    Column("topic", String(40), nullable=False),
    Column("kind", String(16), nullable=False),  # of the row, as public ids name it
    Column("row_id", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_feed_account", "account_id", "id"),
    Index("ix_feed_at", "at"),
    comment="which rows have changed, for who watches",
)
