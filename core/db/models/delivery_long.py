"""What a long job has found or done, line by line."""

from sqlalchemy import JSON, Column, Index, Table

from core.db.base import account_id, metadata, primary_key
from core.db.types import Id, UtcDateTime

job_lines = Table(
    "job_lines",
    metadata,
    primary_key(),
    account_id(),
    Column("job_id", Id, nullable=False),
    Column("contact_id", Id, nullable=True),  # about whom
    Column("cells", JSON, nullable=False),  # of the line in the result's file
    Column("at", UtcDateTime, nullable=False),
    Index("ix_job_lines_job", "job_id", "id"),
    Index("ix_job_lines_contact", "account_id", "contact_id"),
    Index("ix_job_lines_at", "at"),
    comment="lines of the files that long jobs make",
)
