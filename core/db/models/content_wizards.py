"""Wizards: where an author is with what they make step by step in a chat, and what they have entered so far."""

from sqlalchemy import JSON, Column, Integer, String, Table, UniqueConstraint

from core.db.base import account_id, metadata, primary_key
from core.db.types import Id, UtcDateTime

wizard_states = Table(
    "wizard_states",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),  # a private chat: the author
    Column("kind", String(16), nullable=False),  # of core.wizard.screen.Talk
    Column("state", JSON, nullable=False),  # the talk, and what was asked for instead of it
    Column("choices", JSON, nullable=False),  # what the buttons of the newest screen mean, in their order
    Column("version", Integer, nullable=False),  # of the state; a button carries that of its screen
    Column("message_id", Id, nullable=True),  # the newest screen, once Telegram has named it
    Column("touched_at", UtcDateTime, nullable=False),
    UniqueConstraint("bot_id", "chat_id", "kind"),
)
