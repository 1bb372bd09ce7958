"""When what waits is due, by a clock that may be set back: nothing waits longer for that than a retry may."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_
from sqlalchemy.sql.elements import ColumnElement

LONGEST = timedelta(seconds=120)  # twice the longest pause between two tries, and the longest hold of a job


def is_due(moment: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Due by now; or so far ahead that it can only have been stored before the clock was set back. See `by`."""
    return or_(moment <= bindparam("now"), moment > bindparam("far"))


def by(now: datetime) -> dict[str, datetime]:
    """The parameters of `is_due`."""
    return {"now": now, "far": now + LONGEST}
