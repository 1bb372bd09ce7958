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
    instant, _ = place(wall.replace(tzinfo=ZoneInfo(zone), fold=0))
    return instant


def place(local: datetime) -> tuple[datetime, datetime]:
    """The same for a wall time with its zone (and fold 0), and what the clock shows then: another time within a gap."""
    early = local.astimezone(UTC)
    shown = early.astimezone(local.tzinfo)
    if shown == local:
        return early, shown
    late = _end_of_gap(local)
    return late, late.astimezone(local.tzinfo)


def _end_of_gap(local: datetime) -> datetime:
    """Within a gap the two readings (fold 1 and 0) lie around the change; search the minute it happens."""
    zone = local.tzinfo
    low, high = local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)
    after = high.astimezone(zone).utcoffset()
    while high - low > _STEP:
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(second=0, microsecond=0)
