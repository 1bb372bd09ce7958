"""What is said to many and what operators do: broadcasts, triggers, talks, outreaches."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

DRAFT = text("status = 'draft'")
OPEN = text("status IN ('ringing', 'talking')")
ENGAGED = text("status IN ('ringing', 'talking') AND operator_id IS NOT NULL")

broadcasts = Table(
    "broadcasts",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("name", String(200), nullable=True),
    Column(
        "definition", JSON(none_as_null=True), nullable=True
    ),  # Plan; none: a draft that waits for its message
    Column("method", String(32), nullable=True),  # of the content for everybody but the variants' recipients
    Column("payload", Text, nullable=True),
    Column("variants", Text, nullable=True),  # [{"method", "payload"}] of the variants from 1 on
    Column("status", String(16), nullable=False),  # BroadcastStatus
    Column("total", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=True),  # of whom its conditions are asked
    Column("filled_to", Id, nullable=False, server_default="0"),  # the chat up to which all are in line
    Column("fill_until", Id, nullable=False, server_default="0"),  # the newest chat when it started
    Column("author_id", Id, nullable=True),  # Telegram id of the admin who made it in a chat
    Column("kind", String(8), nullable=False, server_default="send"),  # BroadcastKind
    Column("of_id", Id, nullable=True),  # of an edit or a recall: whose messages
    Column("since", UtcDateTime, nullable=True),  # real time of it: what left before has the old words
    Column("gathered_to", Id, nullable=True),  # its people are in line up to this chat; none: all are
    Column("too_old", Integer, nullable=False, server_default="0"),  # messages a recall cannot reach any more
    Column(
        "waves", JSON(none_as_null=True), nullable=True
    ),  # [Wave]: when it leaves for the people of which zones
    Column("winner", SmallInteger, nullable=True),  # the variant that all the rest get
    Column("card_chat_id", Id, nullable=True),  # where its card was last shown
    Column("card_message_id", Id, nullable=True),
    Column("counting", String(128), nullable=True),  # the job that counts what its card shows now
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=True),
    Index("ix_broadcasts_bot_status", "bot_id", "status"),
    Index("ix_broadcasts_of", "of_id"),
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

handoffs = Table(
    "handoffs",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    refers("contact_id", "contacts.id", index=True),
    Column("chat_id", Id, nullable=False),
    Column("run_id", Id, nullable=True),  # the run that waits for it; none: the operator began
    Column("visit", Integer, nullable=True),
    Column("status", String(16), nullable=False),  # HandoffStatus
    Column("operator_id", Id, nullable=True),  # Telegram id of who is rung, or talks
    Column("tried", JSON, nullable=False),  # Telegram ids of who was rung since the last talk
    Column("round", Integer, nullable=False),  # counts the rings: what belongs to an earlier one is over
    Column("had_talk", Boolean, nullable=False),
    Column("ring_seconds", Float, nullable=False),
    Column("silence_seconds", Float, nullable=False),
    Column("idle_seconds", Float, nullable=False),
    Column("last_from", String(8), nullable=True),  # person | operator
    Column("last_at", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("connected_at", UtcDateTime, nullable=True),
    Column("closed_at", UtcDateTime, nullable=True),
    # One talk per person and bot; an operator talks with one person at a time.
    Index("uq_handoffs_open", "bot_id", "contact_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    Index(
        "uq_handoffs_engaged",
        "account_id",
        "operator_id",
        unique=True,
        sqlite_where=ENGAGED,
        postgresql_where=ENGAGED,
    ),
    Index("ix_handoffs_operator", "account_id", "operator_id", "id"),
)

canned_replies = Table(
    "canned_replies",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),  # which got it, and can repeat its media
    Column("name", String(64), nullable=False),
    Column("chat_id", Id, nullable=False),  # the message it was kept from
    Column("message_id", Id, nullable=False),
    Column("content", JSON, nullable=False),  # as `PersonMessage.content`
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "name"),
)

notes = Table(
    "notes",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id", index=True),
    Column("author_id", Id, nullable=False),  # Telegram id
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

outreaches = Table(
    "outreaches",
    metadata,
    primary_key(),
    account_id(),
    Column("name", String(200), nullable=False),  # of the list
    Column("flow_id", Id, nullable=False),
    Column("digest", String(64), nullable=False),  # of the list: the same one is gone on with
    Column("started_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "flow_id", "digest"),
)

outreach_people = Table(
    "outreach_people",
    metadata,
    primary_key(),
    account_id(),
    refers("outreach_id", "outreaches.id"),
    Column("position", Integer, nullable=False),  # in the list, from 1
    Column("given", String(64), nullable=False),  # as the list names them
    Column("contact_id", Id, nullable=True),
    Column("run_id", Id, nullable=True, unique=True),
    Column("result", String(32), nullable=True),
    Column("result_at", UtcDateTime, nullable=True),
    UniqueConstraint("outreach_id", "position"),
)
