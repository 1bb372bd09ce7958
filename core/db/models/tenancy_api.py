"""Who comes in over HTTP and with what right, and what they asked for already."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, false

from core.db.base import account_id, metadata, primary_key
from core.db.types import Id, UtcDateTime

sessions = Table(
    "sessions",
    metadata,
    primary_key(),
    account_id(),  # through which they came in; it is good for all of which they are a member
    Column("telegram_id", Id, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("former_hash", String(64), nullable=True),  # of the token before: what is on its way still counts
    Column("rotated_at", UtcDateTime, nullable=False),
    Column("must_rotate", Boolean, nullable=False, server_default=false()),  # their roles have changed
    Column("way", String(16), nullable=False),  # SignInWay
    Column("device", String(200), nullable=False),  # as the browser calls itself
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_sessions_former_hash", "former_hash"),
    Index("ix_sessions_telegram_id", "telegram_id"),
    comment="browsers that are signed in",
)

login_codes = Table(
    "login_codes",
    metadata,
    primary_key(),
    account_id(),
    Column("telegram_id", Id, nullable=False),
    Column("code_hash", String(64), nullable=False, unique=True),  # also of signed data that was shown once
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=True),
    Index("ix_login_codes_expires_at", "expires_at"),
    comment="what opens a session once",
)

invitations = Table(
    "invitations",
    metadata,
    primary_key(),
    account_id(),
    Column("role", String(16), nullable=False),  # MemberRole
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=True),
    Column("used_by", Id, nullable=True),  # Telegram id of who became a member by it
    comment="links by which somebody becomes a member once",
)

api_keys = Table(
    "api_keys",
    metadata,
    primary_key(),
    account_id(),
    Column("creator_id", Id, nullable=False),  # Telegram id: it may never do more than they may
    Column("name", String(64), nullable=False),
    Column("permissions", JSON, nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("ending", String(4), nullable=False),  # of the secret, to tell one from another
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("used_at", UtcDateTime, nullable=True),  # to the minute
    Column("revoked_at", UtcDateTime, nullable=True),
    Index("ix_api_keys_account", "account_id", "id"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    primary_key(),
    account_id(),
    Column("actor", String(40), nullable=False),
    Column("operation", String(64), nullable=False),
    Column("key", String(200), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "actor", "operation", "key"),
    Index("ix_idempotency_keys_at", "at"),
    comment="what was asked for over HTTP, and what was answered",
)
