"""The people: contacts, their chats with our bots, their variables and tags."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, Key, UtcDateTime

contacts = Table(
    "contacts",
    metadata,
    primary_key(),
    account_id(),
    Column("telegram_id", Id, nullable=False),
    Column("first_name", String(256), nullable=False),
    Column("last_name", String(256), nullable=False, server_default=""),
    Column("username", String(64), nullable=True),
    Column("language", String(8), nullable=False),
    Column("language_is_chosen", Boolean, nullable=False, server_default=false()),  # else Telegram's
    Column("zone", String(64), nullable=False),
    Column("zone_is_chosen", Boolean, nullable=False, server_default=false()),  # else guessed
    Column("lesson_hour", String(5), nullable=True),  # 09:00 on their wall; none: as the course says
    Column(
        "reminder_days", SmallInteger, nullable=True
    ),  # course days between two; 0 none, null as the course says
    Column("reminder_hours", String(11), nullable=True),  # 18:00-21:00 on their wall
    Column("reminder_tone", String(8), nullable=True),  # Tone
    Column("mailing", String(8), nullable=True),  # Mailing; none: never said
    Column("mailing_at", UtcDateTime, nullable=True),  # when that was said
    Column("weekly_digest", Boolean, nullable=False, server_default=true()),  # of the numbers, to an owner
    Column("sale_news", Boolean, nullable=False, server_default=true()),  # each sale is told to an owner
    Column("created_at", UtcDateTime, nullable=False),
    Column("blocked_at", UtcDateTime, nullable=True),  # by the team: they get nothing, and are not heard
    Column("answered", Boolean, nullable=False, server_default=true()),  # has done more than press Start
    UniqueConstraint("account_id", "telegram_id"),
    Index("ix_contacts_account", "account_id", "id"),
    # Whom a message to many is for is counted in these alone.
    Index("ix_contacts_facts", "account_id", "language", "mailing", "created_at", "zone", "id"),
)

chats = Table(
    "chats",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    refers("contact_id", "contacts.id", index=True),
    Column("telegram_id", Id, nullable=False),
    Column("state", String(16), nullable=False),  # ChatState
    Column("opened_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=True),  # when they last did something here, to the hour
    UniqueConstraint("bot_id", "contact_id"),
    Index("ix_chats_bot_state", "bot_id", "state", "id"),  # also in the order in which they are put in line
    Index("ix_chats_bot_telegram", "bot_id", "telegram_id"),
    Index("ix_chats_seen", "account_id", "seen_at", "contact_id"),
)

variables = Table(
    "variables",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id"),
    Column("name", String(64), nullable=False),
    Column("value", Text, nullable=False),
    UniqueConstraint("contact_id", "name"),
    Index("ix_variables_named", "account_id", "name", "contact_id"),
)

tags = Table(
    "tags",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id"),
    Column("name", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("contact_id", "name"),
    Index("ix_tags_named", "account_id", "name", "contact_id"),
)

# The words of people's names, by which they are found; kept beside each change of a name.
contact_words = Table(
    "contact_words",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id", index=True),
    Column("word", Key, nullable=False),
    UniqueConstraint("account_id", "word", "contact_id"),
)

segments = Table(
    "segments",
    metadata,
    primary_key(),
    account_id(),
    Column("name", String(64), nullable=False),
    Column("audience", JSON, nullable=False),  # a tree of conditions, as it is written
    Column("is_live", Boolean, nullable=False),  # asked anew each time; else who fitted then is kept
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "name"),
)

# Of segments that are kept as they were.
segment_members = Table(
    "segment_members",
    metadata,
    primary_key(),
    account_id(),
    refers("segment_id", "segments.id"),
    refers("contact_id", "contacts.id"),
    UniqueConstraint("contact_id", "segment_id"),
    Index("ix_segment_members_segment", "segment_id", "contact_id"),
)

consents = Table(
    "consents",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id"),
    Column("version", String(16), nullable=False),
    Column("payload", String(64), nullable=False),  # the start payload that waits for the consent
    Column("asked_at", UtcDateTime, nullable=False),
    Column("given_at", UtcDateTime, nullable=True),
    UniqueConstraint("contact_id", "version"),
)

awaited_inputs = Table(
    "awaited_inputs",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),  # a private chat: the person
    Column("kind", String(16), nullable=False),  # AwaitedKind
    Column("about", String(64), nullable=False),  # of which thing, if there are several
    Column("asked_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),  # what is written later is about something else
    UniqueConstraint("bot_id", "chat_id"),
)

mail_addresses = Table(
    "mail_addresses",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id"),
    Column("address", String(254), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),  # of the links in its letters
    Column("is_confirmed", Boolean, nullable=False, server_default=false()),
    Column(
        "is_always", Boolean, nullable=False, server_default=false()
    ),  # beside Telegram, not only without it
    Column("asked_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "contact_id"),
    comment="where somebody wants letters; they have said so twice once it is confirmed",
)
