"""That an installation stands still, whatever accounts are in it."""

from sqlalchemy import Column, Table

from core.db.base import account_id, metadata, primary_key
from core.db.types import Trouble, UtcDateTime

standstills = Table(
    "standstills",
    metadata,
    primary_key(),
    account_id(),  # of the first: it is for all
    Column("since", UtcDateTime, nullable=False),
    Column("reason", Trouble, nullable=False),
    comment="while there is a row, no bot is polled, nothing is sent and nothing is charged",
)
