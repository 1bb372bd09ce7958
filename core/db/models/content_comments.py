"""What authors say to each other about the steps of a flow."""

from sqlalchemy import Column, String, Table, Text

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

step_comments = Table(
    "step_comments",
    metadata,
    primary_key(),
    account_id(),
    refers("flow_id", "flows.id", index=True),
    Column("step", String(64), nullable=True),  # its key; none: about the whole flow
    Column("author_id", Id, nullable=False),  # Telegram ids of members
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("resolved_by", Id, nullable=True),
    Column("resolved_at", UtcDateTime, nullable=True),
    comment="what authors say to each other about the steps of a flow",
)
