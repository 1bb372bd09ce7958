"""From a clock on somebody's wall to the instant it means, also where the clocks are changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_STEP = timedelta(minutes=1)


def to_instant(wall: datetime, zone: str) -> datetime:
    """The instant (UTC) a naive wall time means in an IANA zone.

    A time that is skipped there means the first valid instant after the gap, one that comes twice the
    first of the two. Raises ValueError for an aware time, ZoneInfoNotFoundError for an unknown zone.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no zone of its own")
    place = ZoneInfo(zone)
    early = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    if early.astimezone(place).replace(tzinfo=None) == wall:
        return early
    return _end_of_gap(wall, place)


def _end_of_gap(wall: datetime, place: ZoneInfo) -> datetime:
    """Within a gap the two readings (fold 1 and 0) lie around the change; search the minute it happens."""
    low = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    high = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    after = high.astimezone(place).utcoffset()
    while high - low > _STEP:
        middle = low + (high - low) / 2
        if middle.astimezone(place).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(second=0, microsecond=0)
