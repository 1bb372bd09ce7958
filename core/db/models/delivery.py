"""Durable "later" and "send": inbox, outbox, timers, jobs, leases, rate holds, bursts."""

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

from core.db.base import account_id, metadata, primary_key
from core.db.types import Id, Key, Trouble, UtcDateTime

PENDING = text("state = 'pending'")
ASKED = text("asked_by IS NOT NULL")
# A broadcast's rows stay out of the indexes of everything else and have two of their own: each index that holds a
# row is written twice more while the row is sent, and that is most of what a message costs PostgreSQL.
BROADCAST = text("broadcast_id IS NOT NULL")
BROADCAST_WAITS = text("state = 'pending' AND broadcast_id IS NOT NULL")
NO_BROADCAST = text("broadcast_id IS NULL")
NO_BROADCAST_WAITS = text("state = 'pending' AND broadcast_id IS NULL")
NO_BROADCAST_IN_LANE = text("state IN ('pending', 'sending') AND broadcast_id IS NULL")

inbox = Table(
    "inbox",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("update_id", Id, nullable=False),
    Column("chat_key", String(40), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", String(8), nullable=False),  # InboxState
    Column("attempts", SmallInteger, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),  # real time, not the moved clock's
    Column("error", Trouble, nullable=True),
    Column("received_at", UtcDateTime, nullable=False),
    # The bot stands last: SQLite would else walk this index, with all history in it, instead of the waiting rows.
    UniqueConstraint("update_id", "bot_id"),
    Index(
        "ix_inbox_waiting",
        "bot_id",
        "chat_key",
        "id",
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    ),
    Index("ix_inbox_order", "priority", "id", sqlite_where=PENDING, postgresql_where=PENDING),
)

outbox = Table(
    "outbox",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("dedupe_key", Key, nullable=False),
    Column("method", String(32), nullable=False),
    Column("payload", Text, nullable=True),  # none: the broadcast's
    Column("frozen", Boolean, nullable=False),  # rendered: a retry says the very same
    Column("state", String(10), nullable=False),  # OutboxState
    Column("not_before", UtcDateTime, nullable=False),  # real time
    Column("attempt", SmallInteger, nullable=False),
    Column("epoch", Integer, nullable=True),
    Column("sending_since", UtcDateTime, nullable=True),
    Column("possibly_twice", Boolean, nullable=False),
    Column("telegram_message_id", Id, nullable=True),
    Column("result", Text, nullable=True),
    Column("on_result", JSON, nullable=True),  # {"name", "ref"}: the answer becomes an event
    Column("ref", String(64), nullable=True),  # what a reply to this message is about
    Column("error", Trouble, nullable=True),
    Column("broadcast_id", Id, nullable=True),
    Column("variant", SmallInteger, nullable=False, server_default="0"),  # of the broadcast; 0: all the rest
    Column(
        "wave", SmallInteger, nullable=False, server_default="0"
    ),  # of the broadcast: those who get it together
    Column("created_at", UtcDateTime, nullable=False),
    Index(
        "uq_outbox_said_once",
        "account_id",
        "dedupe_key",
        unique=True,
        sqlite_where=NO_BROADCAST,
        postgresql_where=NO_BROADCAST,
    ),
    Index(
        "uq_outbox_recipient",
        "broadcast_id",
        "chat_id",
        unique=True,
        sqlite_where=BROADCAST,
        postgresql_where=BROADCAST,
        postgresql_include=["state"],
    ),
    Index(
        "ix_outbox_lane",
        "bot_id",
        "chat_id",
        "id",
        sqlite_where=NO_BROADCAST_IN_LANE,
        postgresql_where=NO_BROADCAST_IN_LANE,
    ),
    Index(
        "ix_outbox_priority",
        "bot_id",
        "priority",
        "id",
        sqlite_where=NO_BROADCAST_WAITS,
        postgresql_where=NO_BROADCAST_WAITS,
    ),
    Index(
        "ix_outbox_broadcast",
        "broadcast_id",
        "id",
        sqlite_where=BROADCAST_WAITS,
        postgresql_where=BROADCAST_WAITS,
    ),
    Index(
        "ix_outbox_planned",
        "broadcast_id",
        "wave",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
    Index(
        "ix_outbox_twice",
        "broadcast_id",
        sqlite_where=text("possibly_twice = 1"),
        postgresql_where=text("possibly_twice"),
    ),
    Index(
        "ix_outbox_sending",
        "bot_id",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(
        "ix_outbox_away",
        "bot_id",
        "chat_id",
        sqlite_where=text("state = 'away'"),
        postgresql_where=text("state = 'away'"),
    ),
    Index(
        "ix_outbox_held",
        "id",
        sqlite_where=text("state = 'hold'"),
        postgresql_where=text("state = 'hold'"),
    ),
    Index(
        "ix_outbox_message",
        "bot_id",
        "chat_id",
        "telegram_message_id",
        sqlite_where=text("ref IS NOT NULL"),
        postgresql_where=text("ref IS NOT NULL"),
    ),
)

timers = Table(
    "timers",
    metadata,
    primary_key(),
    account_id(),
    Column("kind", String(32), nullable=False),
    Column("key", String(120), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # the product's clock, which a sandbox may move
    Column("set_at", UtcDateTime, nullable=True),  # by the same clock; none: for a date that somebody named
    Column("local_wall", String(32), nullable=True),
    Column("zone", String(64), nullable=True),
    Column("rule", String(120), nullable=True),
    Column("misfire", String(8), nullable=False),  # Misfire
    Column("payload", JSON, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("error", Trouble, nullable=True),
    UniqueConstraint("kind", "key"),
    Index("ix_timers_due", "due_at"),
)

jobs = Table(
    "jobs",
    metadata,
    primary_key(),
    account_id(),
    Column("kind", String(32), nullable=False),
    Column("key", String(120), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(8), nullable=False),  # JobState
    Column("attempts", SmallInteger, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),  # real time; of a running job: when it counts as lost
    Column("result", JSON, nullable=True),
    Column("error", Trouble, nullable=True),
    # Of a long job, which somebody has begun and may look at:
    Column("asked_by", Id, nullable=True),  # Telegram user id of the member
    Column("needs", String(32), nullable=True),  # Permission of who looks at it
    Column("total", Integer, nullable=True),  # none: nobody knows
    Column("done", Integer, nullable=False, server_default="0"),
    Column("begun_at", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    UniqueConstraint("kind", "key"),
    Index("ix_jobs_next", "state", "next_at"),
    Index("ix_jobs_asked", "account_id", "id", sqlite_where=ASKED, postgresql_where=ASKED),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    account_id(),
    Column("owner", String(64), nullable=True),
    Column("epoch", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

rate_holds = Table(
    "rate_holds",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),  # 0: the whole bot
    Column("until", UtcDateTime, nullable=False),  # real time
    Column(
        "seconds", Float, nullable=False, server_default="60"
    ),  # as Telegram named them: a clock may be set back
    UniqueConstraint("bot_id", "chat_id"),
)

chat_bursts = Table(
    "chat_bursts",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("burst", SmallInteger, nullable=False),  # messages a person's chat took at once before a 429
    Column("until", UtcDateTime, nullable=False),  # real time; then the setting's burst is tried again
    UniqueConstraint("bot_id"),
)

carried = Table(
    "carried",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("about", String(64), nullable=False),  # the talk, work or question it belongs to
    Column("side", String(8), nullable=False),  # Side: who said it
    Column("ref", String(64), nullable=True),  # what a reply to it is about
    Column("quoted", Id, nullable=True),  # the reader's message that it answers
    Column("heading", JSON(none_as_null=True), nullable=True),  # words above it, in one message
    Column("chat_id", Id, nullable=False),
    Column("message_id", Id, nullable=False),
    Column("content", JSON, nullable=False),  # text and entities, or the kind with its caption and file
    Column("album", String(64), nullable=True),
    Column("led_by", Id, nullable=True),  # the piece of the album with which it leaves
    Column("leaves_at", UtcDateTime, nullable=True),  # real time, of such a leader
    Column("to_chat_id", Id, nullable=False),  # 0: nobody is there yet
    Column("to_thread", Id, nullable=True),  # the topic of a forum
    Column("to_message_id", Id, nullable=True),  # once Telegram has shown it
    Column("edited", Boolean, nullable=False),  # before it was shown
    Column("taken_back_at", UtcDateTime, nullable=True),  # from where it was shown
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "about", "chat_id", "message_id", "to_chat_id"),
    Index("ix_carried_said", "bot_id", "chat_id", "message_id"),
    Index("ix_carried_shown", "bot_id", "to_chat_id", "to_message_id"),
    Index("ix_carried_led", "led_by"),
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
