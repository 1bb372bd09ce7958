"""What people did with a broadcast: its tracked links, and who pressed what."""

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

tracked_links = Table(
    "tracked_links",
    metadata,
    primary_key(),
    account_id(),
    refers("broadcast_id", "broadcasts.id", index=True),
    Column("url", Text, nullable=False),
)

broadcast_clicks = Table(
    "broadcast_clicks",
    metadata,
    primary_key(),
    account_id(),
    refers("broadcast_id", "broadcasts.id"),
    Column("chat_id", Id, nullable=False),  # a private chat: the person
    Column("button", String(32), nullable=False),  # "link-ID", or row, column and mark of another button
    Column("times", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),  # the first time
    UniqueConstraint("broadcast_id", "chat_id", "button"),
)
