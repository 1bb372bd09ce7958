"""Whether an access is open now: one condition for every room that asks."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from core.db.models.commerce import accesses
from core.lifecycle import AccessStatus


def is_open(now: datetime, rows: Any = accesses) -> ColumnElement[bool]:
    """Active, and its end, if it has one, not reached; what closes it then may still be on its way."""
    return and_(rows.c.status == AccessStatus.ACTIVE, or_(rows.c.ends_at.is_(None), rows.c.ends_at > now))
