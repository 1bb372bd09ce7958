"""What is taught and said: flows, their versions, deployments, the tokens that let people in."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

flows = Table(
    "flows",
    metadata,
    primary_key(),
    account_id(),
    Column("slug", String(64), nullable=False),
    Column("kind", String(16), nullable=False),  # FlowKind
    Column("name", JSON, nullable=False),  # by language
    Column("draft", JSON(none_as_null=True), nullable=True),  # the document being worked on
    Column("draft_at", UtcDateTime, nullable=True),
    Column(
        "draft_authors", JSON(none_as_null=True), nullable=True
    ),  # Telegram ids, who changed it last is last
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "slug"),
)

flow_versions = Table(
    "flow_versions",
    metadata,
    primary_key(),
    account_id(),
    refers("flow_id", "flows.id"),
    Column("number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("document", JSON, nullable=False),  # immutable once written
    Column("published_at", UtcDateTime, nullable=False),
    Column(
        "authors", JSON(none_as_null=True), nullable=True
    ),  # whose changes are in it; who published it is last
    UniqueConstraint("flow_id", "number"),
)

deployments = Table(
    "deployments",
    metadata,
    primary_key(),
    account_id(),
    Column("public_id", String(16), nullable=False, unique=True),
    refers("flow_id", "flows.id"),
    Column("bot_id", Id, nullable=False),
    Column("environment", String(8), nullable=False),  # prod | test
    Column("is_active", Boolean, nullable=False),
    Column("settings", JSON, nullable=False, server_default="{}"),  # what differs here, an allow-list
    Column("is_default", Boolean, nullable=False, server_default=false()),  # what /start of the bot begins
    Column("deleted_at", UtcDateTime, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("flow_id", "bot_id", "environment"),
)

cohorts = Table(
    "cohorts",
    metadata,
    primary_key(),
    account_id(),
    refers("deployment_id", "deployments.id"),
    Column("code", String(32), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("sections", JSON, nullable=False),  # {section's key: when it begins}
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("deployment_id", "code"),
)

participants = Table(
    "participants",
    metadata,
    primary_key(),
    account_id(),
    refers("deployment_id", "deployments.id"),
    Column("telegram_id", Id, nullable=True),
    Column("username", String(64), nullable=True),  # lower case; counts only where there is no id
    Column("added_at", UtcDateTime, nullable=False),
    UniqueConstraint("deployment_id", "telegram_id"),
    UniqueConstraint("deployment_id", "username"),
)

enrollment_tokens = Table(
    "enrollment_tokens",
    metadata,
    primary_key(),
    account_id(),
    refers("deployment_id", "deployments.id", index=True),
    Column("kind", String(16), nullable=False),  # TokenKind
    Column("hash", String(64), nullable=False, unique=True),
    Column("contact_id", Id, nullable=True),  # whom a personal token belongs to
    Column("holder_id", Id, nullable=True),  # the same by Telegram user id: they may not be known yet
    Column("access_id", Id, nullable=True, unique=True),  # the purchase it was issued for
    Column("max_uses", Integer, nullable=True),
    Column("uses", Integer, nullable=False, server_default="0"),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("revoked_at", UtcDateTime, nullable=True),
    Column("sealed", Text, nullable=True),  # the text, to be shown again; a bought token is made anew
    Column("label", String(64), nullable=True),
    Column("external_id", String(128), nullable=True),  # who the holder is in another system
    Column("cohort_id", Id, nullable=True),
    Column("utm", JSON, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("max_uses IS NULL OR uses <= max_uses", name="uses"),
)

token_uses = Table(
    "token_uses",
    metadata,
    primary_key(),
    account_id(),
    refers("token_id", "enrollment_tokens.id"),
    refers("contact_id", "contacts.id", index=True),
    Column("used_at", UtcDateTime, nullable=False),
    UniqueConstraint("token_id", "contact_id"),
)

media = Table(
    "media",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("ref", String(500), nullable=False),  # a file of the content folder or a URL
    Column("digest", String(64), nullable=False),  # of the file's bytes: a changed file is sent anew
    Column("file_id", Text, nullable=False),
    UniqueConstraint("bot_id", "ref", "digest"),
)

media_files = Table(
    "media_files",
    metadata,
    primary_key(),
    account_id(),
    Column("ref", String(64), nullable=False),  # what steps name it by
    Column("name", String(256), nullable=False),  # what its author calls it
    Column("kind", String(16), nullable=False),  # MediaKind
    Column("size", Id, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "ref"),
)

link_names = Table(
    "link_names",
    metadata,
    primary_key(),
    account_id(),
    Column("name", String(64), nullable=False),
    Column("kind", String(16), nullable=False),  # NameKind: flow slugs and partner codes share one namespace
    UniqueConstraint("account_id", "name"),
)

imports = Table(
    "imports",
    metadata,
    primary_key(),
    account_id(),
    refers("flow_id", "flows.id", index=True),
    Column("file", String(256), nullable=False),  # what was read, as its report calls it
    Column("made_at", UtcDateTime, nullable=False),
    Column("former_draft", JSON(none_as_null=True), nullable=True),  # what an undo brings back
    Column("former_version_id", Id, nullable=True),  # the newest before it; none: it made the flow
    Column("version_id", Id, nullable=True),  # what it was published as; none: it is a draft
    Column("undone_at", UtcDateTime, nullable=True),
)

gatherings = Table(
    "gatherings",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("slug", String(64), nullable=False),
    Column("version", Integer, nullable=False),  # of the order: a press on an older list changes nothing
    Column("made_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime, nullable=True),  # made a course, or thrown away
)

gathered_posts = Table(
    "gathered_posts",
    metadata,
    primary_key(),
    account_id(),
    refers("gathering_id", "gatherings.id"),
    Column("message_id", Id, nullable=False),
    Column("place", Integer, nullable=False),
    Column("joined", Boolean, nullable=False),  # goes on with the lesson above
    Column("same_day", Boolean, nullable=False),
    Column("left_out", String(32), nullable=True),  # why it becomes no lesson
    Column("post", JSON, nullable=False),
    Column("file_state", String(8), nullable=True),  # of its file: waits | kept | lost
    UniqueConstraint("gathering_id", "message_id"),
)

bot_values = Table(
    "bot_values",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("name", String(64), nullable=False),  # bot.NAME in texts
    Column("value", Text, nullable=False),
    UniqueConstraint("bot_id", "name"),
)

button_sets = Table(
    "button_sets",
    metadata,
    primary_key(),
    account_id(),
    Column("name", String(64), nullable=False),
    Column("rows", JSON, nullable=False),  # [[core.text.message.Button]]
    UniqueConstraint("account_id", "name"),
)
