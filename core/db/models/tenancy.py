"""Who owns what: accounts, their bots, and the groups these work in."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime
from core.public_ids import new_account_id, new_id_key

accounts = Table(
    "accounts",
    metadata,
    primary_key(),
    Column("public_id", String(40), nullable=False, unique=True, default=new_account_id),
    Column("id_key", String(32), nullable=False, default=new_id_key),  # of its rows' public ids, in hex
    Column("name", String(200), nullable=False),
    Column("default_language", String(8), nullable=False),
    Column("settings", JSON, nullable=False, server_default="{}"),  # what it set for itself and its courses
    Column("revision", Integer, nullable=False, server_default="0"),  # grows with its settings and bots
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
    Column("is_active", Boolean, nullable=False),  # another bot may have taken its place
    Column(
        "is_default", Boolean, nullable=False, server_default=true()
    ),  # where nothing names one of the kind
    Column("ended", String(16), nullable=True),  # BotEnd, of one that is not active
    Column("trouble", String(16), nullable=True),  # BotTrouble
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
    Index("ix_members_telegram_id", "telegram_id"),
)

# Rows are added and read; the database lets nobody change or delete one.
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
    Column("number", Integer, nullable=True),  # in the account's chain; none: from before it began
    Column("code", String(44), nullable=True),  # of this deed and all before it
    Index("ix_audit_log_number", "account_id", "number", unique=True),
    Index("ix_audit_log_account", "account_id", "id"),
    Index("ix_audit_log_contact", "account_id", "contact_id", "id"),
    comment="what members did",
)

audit_heads = Table(
    "audit_heads",
    metadata,
    primary_key(),
    account_id(),
    Column("key_sealed", String(600), nullable=False),  # with it the codes are made
    Column("older", Integer, nullable=False),  # deeds from before the chain began
    Column("origin", String(44), nullable=False),  # their code
    Column("count", Integer, nullable=False),
    Column("code", String(44), nullable=False),  # of the last deed
    Column("seal", String(44), nullable=False),  # of all this
    UniqueConstraint("account_id"),
    comment="where the record of deeds ends",
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
    Column("is_forum", Boolean, nullable=False, server_default=false()),  # it has topics
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
