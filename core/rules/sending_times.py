"""When a message to many leaves for the people of one zone: at an hour of theirs, within hours of theirs, not at night."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.rules.local_hour import LocalHour
from core.rules.quiet_hours import Hours

NIGHT = Hours(LocalHour(22), LocalHour(9))  # in which nothing comes that was meant for another hour
TRIES = 3  # after that the window lies within the quiet hours: it is what was asked for
LATE = timedelta(hours=1)  # past its hour a message is one that was meant for another


@dataclass(frozen=True, slots=True)
class SendingTimes:
    """`hour`: each person's own, today or tomorrow; `window`: only within it; neither: at once.

    `quiet` are the bot's own quiet hours, which both obey; of a window that lies in them nothing else is left.
    """

    hour: LocalHour | None = None
    window: Hours | None = None
    quiet: Hours | None = None

    @property
    def is_local(self) -> bool:
        """Whether it depends on where a person is."""
        return self.hour is not None or self.window is not None

    def first_moment(self, start: datetime, zone: str) -> datetime:
        """When it leaves for a zone, of something that starts then."""
        moment = start
        if self.hour is not None:
            moment = Hours(self.hour, _minute_after(self.hour)).reach(start, zone)
        return self._settle(moment, zone)

    def _settle(self, moment: datetime, zone: str) -> datetime:
        """The first moment from this one in the window and out of the quiet hours."""
        for _ in range(TRIES):
            later = self.quiet.leave(moment, zone) if self.quiet else moment
            later = self.window.reach(later, zone) if self.window else later
            if later == moment:
                break
            moment = later
        return moment

    def go_on(self, planned: datetime, now: datetime, zone: str) -> datetime:
        """When what was planned for a moment that has come leaves: now, or later where now is a bad time there."""
        if self.window is not None:
            return self._settle(now, zone)
        return (self.quiet or NIGHT).leave(now, zone) if now - planned > LATE else now

    def end(self, begun: datetime, zone: str) -> datetime | None:
        """When the window in which it leaves closes; None if it has none."""
        return self.window.leave(begun, zone) if self.window else None


def _minute_after(hour: LocalHour) -> LocalHour:
    minutes = (hour.hour * 60 + hour.minute + 1) % (24 * 60)
    return LocalHour(minutes // 60, minutes % 60)
