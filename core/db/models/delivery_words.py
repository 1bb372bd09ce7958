"""The words of what was said, under which it is found."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Key

message_words = Table(
    "message_words",
    metadata,
    primary_key(),
    account_id(),
    refers("message_id", "messages.id"),
    Column("word", Key, nullable=False),
    UniqueConstraint("message_id", "word"),
    Index("ix_message_words_word", "account_id", "word", "message_id"),
    comment="words of messages; filled some seconds after they are said",
)
