"""What members of the team are writing to people and have not sent yet."""

from sqlalchemy import Column, Table, Text, UniqueConstraint

from core.db.base import account_id, metadata, primary_key
from core.db.types import Id, UtcDateTime

reply_drafts = Table(
    "reply_drafts",
    metadata,
    primary_key(),
    account_id(),
    Column("chat_id", Id, nullable=False),  # the person
    Column("author_id", Id, nullable=False),  # Telegram id of the member
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),  # real time of the last letter
    UniqueConstraint("account_id", "chat_id", "author_id"),
    comment="answers that members are writing and have not sent",
)
