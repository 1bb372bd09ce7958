"""What is paid in charges: periods by the calendar, and a state machine that nobody loses by, over months."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lifecycle import SubscriptionState
from core.rules import subscription as rules
from core.rules.periods import Period, add_periods, end_of, parse_period
from core.rules.subscription import DAY, Act, Means, Plan, Standing

MONTH = Period(months=1)
ZONE = "Asia/Vladivostok"
START = datetime(2030, 1, 31, 10, tzinfo=UTC)
PLAN = Plan(MONTH)


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("month", Period(months=1)),
        ("3 months", Period(months=3)),
        ("1 Month", Period(months=1)),
        ("year", Period(months=12)),
        ("2 years", Period(months=24)),
        ("7d", Period(days=7)),
        ("week", Period(days=7)),
        ("30 days", Period(days=30)),
    ],
)
def test_periods_as_authors_write_them(written: str, period: Period) -> None:
    assert parse_period(written) == period
    assert parse_period(str(period)) == period


@pytest.mark.parametrize(
    "written", ["", "0d", "-1 month", "3 years", "month!", "1.5 months", "731d", "fortnight"]
)
def test_what_is_no_period_is_refused_with_what_can_be_written(written: str) -> None:
    with pytest.raises(ValueError, match="write 7d, month, 3 months or year"):
        parse_period(written)


def test_the_31st_comes_back_after_a_february() -> None:
    wall = datetime.fromisoformat("2030-01-31T20:00")
    days = [add_periods(wall, MONTH, count) for count in range(1, 5)]
    assert [(one.month, one.day) for one in days] == [(2, 28), (3, 31), (4, 30), (5, 31)]
    leap = datetime.fromisoformat("2028-02-29")
    assert add_periods(leap, Period(months=12), 1) == datetime.fromisoformat("2029-02-28")


def test_a_month_ends_by_the_clock_on_the_buyers_wall() -> None:
    wall = datetime.fromisoformat("2030-03-10T09:00")  # in Berlin the clock is changed on the 31st
    assert end_of(wall, MONTH, 1, "Europe/Berlin") == datetime(2030, 4, 10, 7, tzinfo=UTC)
    assert end_of(wall, Period(days=30), 1, "Europe/Berlin") == datetime(2030, 4, 9, 7, tzinfo=UTC)


def _begun(means: Means = Means.SAVED, trial: timedelta | None = None, plan: Plan = PLAN) -> Standing:
    return rules.start(plan, means, START, "UTC", trial)


def test_a_month_is_warned_of_charged_and_renewed() -> None:
    one = _begun()
    assert one.paid_until == datetime(2030, 2, 28, 10, tzinfo=UTC)
    assert rules.find_next(PLAN, one) == (Act.WARN, one.paid_until - 3 * DAY)
    one = rules.warned(one, one.paid_until - 3 * DAY)
    assert rules.find_next(PLAN, one) == (Act.CHARGE, one.paid_until)
    one = rules.charging(one, one.paid_until)
    assert rules.find_next(PLAN, one) is None
    one = rules.paid(PLAN, one, one.paid_until + timedelta(minutes=1), "UTC")
    assert (one.state, one.paid_until) == (SubscriptionState.ACTIVE, datetime(2030, 3, 31, 10, tzinfo=UTC))


def test_refused_charges_are_repeated_a_day_apart_and_then_it_ends_after_the_grace() -> None:
    one = rules.warned(_begun(), START)
    times = []
    now = one.paid_until
    while (step := rules.find_next(PLAN, one)) and step[0] is Act.CHARGE:
        now = step[1]
        times.append(now - one.paid_until)
        one = rules.refused(PLAN, rules.charging(one, now), now, for_good=False)
    assert times == [0 * DAY, DAY, 2 * DAY]
    assert one.state is SubscriptionState.GRACE
    assert rules.find_next(PLAN, one) == (Act.END, one.paid_until + 3 * DAY)
    late = rules.paid(PLAN, one, one.paid_until + 2 * DAY, "UTC")
    assert late.paid_until == datetime(2030, 3, 31, 10, tzinfo=UTC)  # it was open all the while


def test_after_an_outage_she_is_warned_first_and_nothing_ends_unasked() -> None:
    now = _begun().paid_until + 20 * DAY  # nobody was running
    one = rules.warned(_begun(), now)
    assert rules.find_next(PLAN, one) == (Act.CHARGE, now + DAY)
    one = rules.refused(PLAN, rules.charging(one, now + DAY), now + DAY, for_good=True)
    assert rules.find_next(PLAN, one) == (Act.END, now + 4 * DAY)
    again = rules.paid(PLAN, one, now + 2 * DAY, "UTC")
    assert again.paid_until == end_of((now + 2 * DAY).replace(tzinfo=None), MONTH, 1, "UTC")


def test_who_stops_keeps_what_is_paid() -> None:
    one = rules.stopped(_begun())
    assert rules.find_next(PLAN, one) == (Act.END, one.paid_until)
    assert rules.find_next(PLAN, rules.resumed(one)) == (Act.WARN, one.paid_until - 3 * DAY)


def test_a_trial_ends_unpaid_or_begins_the_first_period() -> None:
    one = _begun(Means.HAND, 7 * DAY)
    assert rules.find_next(PLAN, one) == (Act.WARN, START + 6 * DAY)
    one = rules.warned(one, START + 6 * DAY)
    assert rules.find_next(PLAN, one) == (Act.END, START + 7 * DAY)
    paid = rules.paid(PLAN, one, START + 6 * DAY + timedelta(hours=1), "UTC")
    assert paid.paid_until == datetime(2030, 3, 7, 10, tzinfo=UTC)  # a month from the trial's end
    once = rules.paid(Plan(), one, START + 6 * DAY, "UTC")
    assert rules.is_complete(Plan(), once)


def test_instalments_are_complete_after_the_last_one() -> None:
    plan = Plan(MONTH, parts=3)
    one = _begun(plan=plan)
    done = []
    for _ in range(3):
        done.append(rules.is_complete(plan, one))
        one = rules.paid(plan, one, one.paid_until, "UTC")
    assert done == [False, False, True]


def test_a_pause_moves_the_end_and_the_day_of_later_charges() -> None:
    one = rules.frozen(_begun(), START + 5 * DAY)
    assert rules.find_next(PLAN, one) == (Act.THAW, START + 33 * DAY)
    one = rules.thawed(PLAN, one, "UTC", START + 15 * DAY)
    assert one.paid_until == datetime(2030, 3, 10, 10, tzinfo=UTC)
    assert rules.paid(PLAN, one, one.paid_until, "UTC").paid_until == datetime(2030, 4, 10, 10, tzinfo=UTC)


def test_a_pause_lets_the_time_stand_still_for_a_period_at_most_however_often_it_is_begun() -> None:
    one, now = _begun(), START + DAY
    for _ in range(9):
        one = rules.thawed(PLAN, rules.frozen(one, now), "UTC", now + 10 * DAY)
        now += 10 * DAY
    assert one.frozen_for == MONTH.span
    assert one.paid_until == datetime(2030, 2, 28, 10, tzinfo=UTC) + MONTH.span
    paid = rules.paid(PLAN, one, one.paid_until, "UTC")
    assert rules.may_freeze(PLAN, paid) == MONTH.span


def test_where_the_provider_renews_its_own_end_counts() -> None:
    one = rules.warned(_begun(Means.PROVIDER), START)
    assert rules.find_next(PLAN, one) == (Act.ASK, one.paid_until + rules.PATIENCE)
    until = one.paid_until + 30 * DAY
    assert rules.paid(PLAN, one, one.paid_until, "UTC", until).paid_until == until


@pytest.mark.parametrize("means", list(Means))
def test_from_the_31st_on_each_month_ends_by_the_buyers_calendar(means: Means) -> None:
    begins = datetime(2030, 1, 30, 15, tzinfo=UTC)  # 1 o'clock on the 31st in Vladivostok
    one = rules.start(PLAN, means, begins, ZONE, None)
    days = []
    for late in (0, 2, 0, 47):  # hours that a charge comes after the end, within the grace
        wall = one.paid_until.astimezone(ZoneInfo(ZONE))
        days.append((wall.month, wall.day, wall.hour))
        one = rules.paid(PLAN, one, one.paid_until + timedelta(hours=late), ZONE)
    assert days == [(2, 28, 1), (3, 31, 1), (4, 30, 1), (5, 31, 1)]


@settings(max_examples=60, deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.sampled_from([Period(months=1), Period(days=7), Period(months=3)]),
    st.sampled_from(list(Means)),
    st.sampled_from([None, 7 * DAY]),
)
def test_over_months_of_luck_and_outages_nobody_loses(
    luck: Random, period: Period, means: Means, trial: timedelta | None
) -> None:
    plan = Plan(period)
    one = rules.start(plan, means, START, ZONE, trial)
    now, bought, acts = START, one.charges, []
    while now < START + 300 * DAY and one.state is not SubscriptionState.ENDED:
        step = rules.find_next(plan, one)
        now = max(now, step[1] if step else now) + luck.choice([0, 0, 0, 1, 30, 24 * 9]) * timedelta(hours=1)
        one = _act(luck, plan, one, step[0] if step else None, now, acts)
        one = _interfere(luck, plan, one, now)
        bought = max(bought, one.charges)
        assert one.paid_until >= START + (trial or 0 * DAY)
        assert one.frozen_for <= period.span
    # Every charge that came through gave a whole period, and none came sooner than what was paid was over.
    assert one.paid_until - START >= bought * period.span - DAY
    _check_acts(acts, plan)


def _act(
    luck: Random,
    plan: Plan,
    one: Standing,
    act: Act | None,
    now: datetime,
    acts: list[tuple[Act, datetime, Standing]],
) -> Standing:
    if act is not None:
        acts.append((act, now, one))
    told = {Act.WARN: rules.warned, Act.ASK: rules.asked}
    if act in told:
        return told[act](one, now)
    match act:
        case Act.THAW:
            return rules.thawed(plan, one, ZONE, now)
        case Act.END:
            return replace(one, state=SubscriptionState.ENDED)
        case Act.CHARGE:
            one = rules.charging(one, now)
            later = now + luck.choice([0, 1, 40]) * timedelta(hours=1)
            if luck.random() < 0.6:
                return rules.paid(plan, one, later, ZONE)
            return rules.refused(plan, one, later, for_good=luck.random() < 0.2)
    return one


def _interfere(luck: Random, plan: Plan, one: Standing, now: datetime) -> Standing:
    what = luck.random()
    if one.state is SubscriptionState.ENDED or one.is_charging:
        return one
    if one.state is SubscriptionState.FROZEN:
        return rules.thawed(plan, one, ZONE, now) if what < 0.6 else one
    if what < 0.05:
        return rules.resumed(rules.stopped(one))
    if what < 0.1 and one.state is SubscriptionState.ACTIVE and one.asked_at is None and now < one.paid_until:
        return rules.frozen(one, now)
    if what < 0.3 and one.means is not Means.SAVED and one.asked_at:
        return rules.paid(plan, one, now, ZONE)
    return one


def _check_acts(acts: list[tuple[Act, datetime, Standing]], plan: Plan) -> None:
    charges = [(at, one) for act, at, one in acts if act is Act.CHARGE]
    for at, one in charges:
        assert at >= one.paid_until
        assert one.tries < plan.retries
        assert one.warned_at is not None
        assert at - one.warned_at >= DAY
        assert one.tried_at is None or at - one.tried_at >= DAY
    for act, at, one in acts:
        if act is Act.END and one.state is SubscriptionState.GRACE:
            assert one.asked_at is not None
            assert at >= one.asked_at + plan.grace
        assert act is not Act.END or at >= one.paid_until
