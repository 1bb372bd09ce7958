"""Moments as people and other programs write them, ISO 8601: `2030-09-01`, `2030-09-01T09:00+03:00`."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from core.rules.local_time import to_instant
from core.text.refusal import MOST_GIVEN, Refused

YEARS = range(1900, 3000)
"""Those something here can be due or have happened in: every zone can say them, and every database keep them."""


def parse_moment(text: str, zone: str = "UTC") -> datetime:
    """The instant in UTC, on the wall clock of `zone` unless the text names an offset.

    Raises ValueError for what is no moment, or of a year nobody means.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _no_moment(text) from None
    check_year(at)
    return to_instant(at, zone) if at.tzinfo is None else at.astimezone(UTC)


def check_year(at: datetime) -> datetime:
    """The same moment; raises ValueError for one of a year nobody means."""
    if at.year not in YEARS:
        raise _no_moment(at.isoformat())
    return at


Moment = Annotated[AwareDatetime, AfterValidator(check_year)]
"""One with its offset, as models read it."""


def _no_moment(text: str) -> Refused:
    return Refused("refused-no-moment", given=text[:MOST_GIVEN])
