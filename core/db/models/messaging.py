"""What was said: broadcasts and the history of messages in both directions."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

DRAFT = text("status = 'draft'")

broadcasts = Table(
    "broadcasts",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("method", String(32), nullable=True),  # none: a draft that waits for its message
    Column("payload", Text, nullable=True),  # one content for all recipients
    Column("status", String(16), nullable=False),  # BroadcastStatus
    Column("total", Integer, nullable=False),
    Column("author_id", Id, nullable=True),  # Telegram id of the admin who made it in a chat
    Column("card_chat_id", Id, nullable=True),  # where its card was last shown
    Column("card_message_id", Id, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=True),
    Index("ix_broadcasts_bot_status", "bot_id", "status"),
    # One draft per admin and bot: a new one takes the place of the old one.
    Index(
        "uq_broadcasts_draft",
        "bot_id",
        "author_id",
        unique=True,
        sqlite_where=DRAFT,
        postgresql_where=DRAFT,
    ),
)

messages = Table(
    "messages",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("direction", String(3), nullable=False),  # in | out
    Column("telegram_message_id", Id, nullable=True),  # of incoming ones; outgoing: see the outbox row
    Column("outbox_id", Id, nullable=True),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_messages_chat", "bot_id", "chat_id", "id"),
)

trigger_sets = Table(
    "trigger_sets",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("digest", String(64), nullable=False),  # of the document: processes read it once per change
    Column("document", JSON, nullable=False),  # [core.triggers.TriggerSpec], in their order
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("bot_id"),
)

trigger_firings = Table(
    "trigger_firings",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("code", String(32), nullable=False),  # the trigger's id
    refers("contact_id", "contacts.id"),
    Column("times", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("bot_id", "code", "contact_id"),
)
