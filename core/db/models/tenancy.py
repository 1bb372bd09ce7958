"""Who owns what: accounts, their bots, and the groups these work in."""

from sqlalchemy import JSON, Boolean, Column, Index, String, Table, Text, UniqueConstraint, true

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

accounts = Table(
    "accounts",
    metadata,
    primary_key(),
    Column("name", String(200), nullable=False),
    Column("default_language", String(8), nullable=False),
    Column("settings", JSON, nullable=False, server_default="{}"),  # what its courses have in common
    Column("created_at", UtcDateTime, nullable=False),
    comment="the tenant itself: its id is everyone's account_id",
)

bots = Table(
    "bots",
    metadata,
    # Telegram's own number of the bot: what stands before the colon of its token.
    Column("id", Id, primary_key=True, autoincrement=False),
    account_id(),
    Column("kind", String(16), nullable=False),  # BotKind
    Column("username", String(64), nullable=False),
    Column("name", String(128), nullable=False),
    Column("token_sealed", String(600), nullable=False),
    Column("is_active", Boolean, nullable=False),  # another bot of the kind may have taken over
    Column("created_at", UtcDateTime, nullable=False),
)

members = Table(
    "members",
    metadata,
    primary_key(),
    account_id(),
    Column("telegram_id", Id, nullable=False),
    Column("role", String(16), nullable=False),  # MemberRole
    Column("name", String(256), nullable=True),  # as whoever gave it knew them; until they have met a bot
    Column("added_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "telegram_id", "role"),
)

# Rows are added and read; nothing changes or deletes one.
audit_log = Table(
    "audit_log",
    metadata,
    primary_key(),
    account_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", Id, nullable=False),  # Telegram user id of the member
    Column("act", String(64), nullable=False),  # a command's name, or the kind of a button
    Column("said", Text, nullable=False),  # what was typed, or stood on the button
    Column("contact_id", Id, nullable=True),  # about whom
    Column("before", Text, nullable=True),  # where something changed that has a value
    Column("after", Text, nullable=True),
    Index("ix_audit_log_account", "account_id", "id"),
    Index("ix_audit_log_contact", "account_id", "contact_id", "id"),
    comment="what members did",
)

bot_menus = Table(
    "bot_menus",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),  # an admin's chat; 0: everybody's menu
    Column("digest", String(64), nullable=False),  # of what Telegram was told last
    UniqueConstraint("account_id", "bot_id", "chat_id"),
)

groups = Table(
    "groups",
    metadata,
    primary_key(),
    account_id(),
    Column("chat_id", Id, nullable=False),
    Column(
        "former_id", Id, nullable=True
    ),  # its number before it became a supergroup; settings may still say it
    Column(
        "type", String(16), nullable=False
    ),  # group, supergroup, channel; empty until Telegram has told it
    Column("title", String(256), nullable=False),
    Column("language", String(8), nullable=True),  # in which the bots speak there
    Column("may_speak", Boolean, nullable=False, server_default=true()),  # ordinary members
    UniqueConstraint("account_id", "chat_id"),
)

# Who is in a group or channel, as far as Telegram has told of somebody.
group_people = Table(
    "group_people",
    metadata,
    primary_key(),
    account_id(),
    Column("chat_id", Id, nullable=False),
    Column("telegram_id", Id, nullable=False),
    Column("is_inside", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "chat_id", "telegram_id"),
)

group_seats = Table(
    "group_seats",
    metadata,
    primary_key(),
    account_id(),
    refers("group_id", "groups.id"),
    Column("bot_id", Id, nullable=False),
    Column("status", String(16), nullable=False),  # as Telegram names it; empty until it has told it
    Column("rights", JSON, nullable=False),  # an administrator's or a restricted member's
    Column("trouble", String(16), nullable=True),  # GroupTrouble
    UniqueConstraint("group_id", "bot_id"),
    comment="what a bot is in a group",
)
