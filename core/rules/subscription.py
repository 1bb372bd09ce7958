"""What is to be done about something that is paid in charges, and when: pure, on instants and the buyer's calendar.

It serves a subscription (charges without end), instalments (so many charges, then it is theirs) and a trial before
either or before a single price. Every step answers with the standing that follows; `find_next` says what comes next.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.lifecycle import SubscriptionState
from core.rules.periods import Period, end_of

DAY = timedelta(days=1)
LONG = timedelta(days=14)  # a period from which on they are warned days ahead
EARLY = timedelta(days=3)  # before the end of a long one
PATIENCE = timedelta(hours=6)  # that a provider's own renewal may take


class Means(StrEnum):
    """How the next charge comes about."""

    SAVED = "saved"  # we charge the method they saved
    PROVIDER = "provider"  # the provider renews by itself
    HAND = "hand"  # they pay each time


class Act(StrEnum):
    """What is to be done."""

    WARN = "warn"  # say that a charge, or the end, is near
    CHARGE = "charge"
    THAW = "thaw"  # the time has stood still as long as it may
    ASK = "ask"  # the time is over and nothing came: say until when it stays open
    END = "end"


@dataclass(frozen=True, slots=True)
class Plan:
    """What was agreed: a charge each period, `parts` of them or without end; no period: one charge, for good."""

    period: Period | None = None
    parts: int | None = None
    retries: int = 3
    grace: timedelta = 3 * DAY


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands: `periods` are paid since the wall time `anchor`, which is until `paid_until`.

    `asked_at` is when money for the next period was first asked for, `tries` how often it was refused since.
    `frozen_for` is how long the time stood still since the last charge, before it does so now.
    """

    state: SubscriptionState
    means: Means
    anchor: datetime
    periods: int
    charges: int
    paid_until: datetime
    warned_at: datetime | None = None
    asked_at: datetime | None = None
    tried_at: datetime | None = None
    tries: int = 0
    is_charging: bool = False  # a charge is under way, or nobody knows what became of it
    is_stopped: bool = False  # they want no further one
    frozen_at: datetime | None = None
    frozen_for: timedelta = timedelta(0)


def start(plan: Plan, means: Means, now: datetime, zone: str, trial: timedelta | None) -> Standing:
    """The first charge is paid now, or a trial begins."""
    wall = _wall(now, zone)
    if trial is not None:
        return Standing(SubscriptionState.TRIAL, means, wall, 0, 0, now + trial)
    until = end_of(wall, plan.period, 1, zone) if plan.period else now
    return Standing(SubscriptionState.ACTIVE, means, wall, 1, 1, until)


def is_complete(plan: Plan, standing: Standing) -> bool:
    """Whether all is paid that was to be paid."""
    parts = plan.parts if plan.period else 1
    return parts is not None and standing.charges >= parts


def find_next(plan: Plan, standing: Standing) -> tuple[Act, datetime] | None:
    """What comes next and when; None where nothing does, or a charge under way has to come back first."""
    if standing.frozen_at is not None and not standing.is_charging:
        return Act.THAW, standing.frozen_at + may_freeze(plan, standing)
    now_open = {SubscriptionState.TRIAL, SubscriptionState.ACTIVE, SubscriptionState.GRACE}
    if standing.state not in now_open or standing.is_charging:
        return None
    if standing.is_stopped:
        return Act.END, standing.paid_until
    if standing.asked_at is not None:
        return _after_asking(plan, standing, standing.asked_at)
    warn_at = standing.paid_until - warned_before(plan, standing)
    if standing.warned_at is None and warn_at < standing.paid_until:
        return Act.WARN, warn_at
    due_at = standing.paid_until
    if standing.warned_at is not None:  # late as it may have come, they have a day
        due_at = max(due_at, standing.warned_at + min(DAY, warned_before(plan, standing)))
    return _at_the_end(standing, due_at)


def _at_the_end(standing: Standing, due_at: datetime) -> tuple[Act, datetime]:
    match standing.means:
        case Means.SAVED:
            return Act.CHARGE, due_at
        case Means.PROVIDER:
            return Act.ASK, due_at + PATIENCE
        case Means.HAND:
            is_trial = standing.state is SubscriptionState.TRIAL
            return (Act.END if is_trial else Act.ASK), due_at


def _after_asking(plan: Plan, standing: Standing, asked_at: datetime) -> tuple[Act, datetime]:
    ends_at = grace_end(plan, standing, asked_at)
    if standing.means is Means.SAVED and standing.tries < plan.retries:
        again_at = (standing.tried_at or asked_at) + DAY
        if again_at < ends_at:
            return Act.CHARGE, again_at
    return Act.END, ends_at


def grace_end(plan: Plan, standing: Standing, asked_at: datetime) -> datetime:
    """Until when it stays open without money; counted from when that was first asked for, however late that was."""
    return max(standing.paid_until, asked_at) + plan.grace


def warned_before(plan: Plan, standing: Standing) -> timedelta:
    """How long before a charge they hear of it; nothing for periods of a day."""
    if standing.state is SubscriptionState.TRIAL:
        return DAY
    span = plan.period.span if plan.period else timedelta(0)
    return EARLY if span >= LONG else DAY if span >= 3 * DAY else timedelta(0)


def warned(standing: Standing, now: datetime) -> Standing:
    """They were told what comes."""
    return replace(standing, warned_at=now)


def charging(standing: Standing, now: datetime) -> Standing:
    """A charge is under way."""
    return replace(standing, is_charging=True, asked_at=standing.asked_at or now, tried_at=now)


def asked(standing: Standing, now: datetime) -> Standing:
    """Nothing came by itself: it is open in grace."""
    return replace(standing, state=SubscriptionState.GRACE, asked_at=standing.asked_at or now)


def paid(plan: Plan, standing: Standing, now: datetime, zone: str, until: datetime | None = None) -> Standing:
    """A charge came through: a period more, from the end of the last one; `until` where the provider says so itself.

    What comes after the time was over for longer than the grace begins anew: nobody pays for days that had gone.
    """
    is_frozen = standing.state is SubscriptionState.FROZEN
    renewed = replace(
        standing,
        state=SubscriptionState.FROZEN if is_frozen else SubscriptionState.ACTIVE,
        charges=standing.charges + 1,
        warned_at=None,
        asked_at=None,
        tried_at=None,
        tries=0,
        is_charging=False,
        frozen_for=timedelta(0),
    )
    if plan.period is None:
        return replace(renewed, periods=1)
    is_over = standing.state is SubscriptionState.ENDED or now > standing.paid_until + plan.grace
    over = is_over and not is_frozen
    if standing.state is SubscriptionState.TRIAL or over:
        begins = now if over else max(now, standing.paid_until)
        renewed = replace(renewed, anchor=_wall(begins, zone), periods=0)
    periods = renewed.periods + 1
    ends = until or end_of(renewed.anchor, plan.period, periods, zone)
    return replace(renewed, periods=periods, paid_until=ends)


def refused(plan: Plan, standing: Standing, now: datetime, *, for_good: bool) -> Standing:
    """A charge did not come through; `for_good`: no other one is tried for this period."""
    tries = plan.retries if for_good else standing.tries + 1
    return replace(
        standing,
        state=SubscriptionState.GRACE,
        asked_at=standing.asked_at or now,
        tried_at=standing.tried_at or now,
        tries=tries,
        is_charging=False,
    )


def changed(standing: Standing, zone: str) -> Standing:
    """Its periods have another length from the end of what is paid on."""
    return replace(standing, anchor=_wall(standing.paid_until, zone), periods=0)


def stopped(standing: Standing) -> Standing:
    """They want no further charge; what is paid stays theirs."""
    return replace(standing, is_stopped=True)


def resumed(standing: Standing) -> Standing:
    """They want it to go on after all."""
    return replace(standing, is_stopped=False)


def may_freeze(plan: Plan, standing: Standing) -> timedelta:
    """How much longer the time may stand still: as long as one period for each that is paid, so that no pause is for good."""
    longest = plan.period.span if plan.period else timedelta(0)
    return max(longest - standing.frozen_for, timedelta(0))


def frozen(standing: Standing, now: datetime) -> Standing:
    """Their time stands still; only of what is paid and goes on."""
    return replace(standing, state=SubscriptionState.FROZEN, frozen_at=now)


def thawed(plan: Plan, standing: Standing, zone: str, now: datetime) -> Standing:
    """Time goes on, everything as much later as it stood still or was allowed to."""
    lasted = min(now - (standing.frozen_at or now), may_freeze(plan, standing))
    until = standing.paid_until + lasted
    return replace(
        standing,
        state=SubscriptionState.ACTIVE,
        frozen_at=None,
        frozen_for=standing.frozen_for + lasted,
        warned_at=None,
        anchor=_wall(until, zone),
        periods=0,
        paid_until=until,
    )


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
