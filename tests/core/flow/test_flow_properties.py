"""Any flow, any order of events."""

import json
from datetime import timedelta

from flow_scene import FEEDBACK, START, flow_of
from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.definition import Flow, check_flow, dump_flow, parse_flow
from core.flow.effects import AskPayment, Complete, Say
from core.flow.engine import MAX_STEPS, Advanced, Outcome, RecordEvent, advance
from core.flow.events import (
    Entered,
    Event,
    Held,
    Hurried,
    Issued,
    Moved,
    Paid,
    Pressed,
    Released,
    Replied,
    Retimed,
    Reviewed,
    TimerFired,
    Verdict,
)
from core.flow.run import Run, RunStatus, View, dump_run_state, load_run_state
from core.rules.local_hour import LocalHour

Log = list[tuple[Event, int]]

KEYS = [f"s{number}" for number in range(1, 7)]
goto = st.none() | st.sampled_from([*KEYS, "nowhere"])
wait = st.sampled_from(["0s", "30s", "1h:30m", "1d", "2d:3m"])
tariff = st.sampled_from(["basic", "pro"])
text = st.sampled_from(["hello", "{{user.user_name}} <b>", {"ru": "да", "en": "yes"}])
option = st.fixed_dictionaries({"text": text}, optional={"goto": goto})
drip = st.one_of(
    st.just("immediately"),
    st.builds(lambda day: {"day": day}, st.integers(1, 9)),
    st.builds(lambda day: {"day": day, "at": "02:30"}, st.integers(1, 9)),
    st.builds(lambda after: {"after": after}, wait),
)
step = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("message"), "text": text},
        optional={"options": st.lists(option, max_size=3), "protect": st.booleans()},
    ),
    st.fixed_dictionaries({"type": st.just("message"), "text": text, "button": text}),
    st.fixed_dictionaries(
        {
            "type": st.just("lesson"),
            "title": text,
            "messages": st.lists(st.fixed_dictionaries({"text": text}), min_size=1, max_size=3),
        },
        optional={"drip": drip, "complete": st.sampled_from(["button", "auto"])},
    ),
    st.fixed_dictionaries(
        {"type": st.just("assignment"), "text": text},
        optional={
            "stop": st.booleans(),
            "answer": text,
            "accepts": st.lists(st.sampled_from(["text", "photo"]), min_size=1, unique=True),
        },
    ),
    st.fixed_dictionaries({"type": st.just("delay"), "wait": wait}, optional={"text": text, "goto": goto}),
    st.fixed_dictionaries(
        {"type": st.just("offer"), "text": text},
        optional={"tariffs": st.lists(tariff, min_size=1, unique=True)},
    ),
    st.fixed_dictionaries({"type": st.just("offer"), "text": text, "timeout": wait, "timeout_goto": goto}),
    st.fixed_dictionaries({"type": st.just("invite")}, optional={"text": text}),
    st.fixed_dictionaries({"type": st.just("end")}, optional={"text": text}),
)
flows = st.lists(step, max_size=6).map(lambda steps: flow_of(*steps))

visit = st.integers(0, 12)
refs = st.builds(lambda number: {"message": number}, st.integers(1, 4))
event = st.one_of(
    st.just(Entered()),
    st.builds(
        Replied,
        st.sampled_from(["", "work"]),
        st.sampled_from([None, "photo", "sticker"]),
        refs,
        st.sampled_from([None, "album"]),
    ),
    st.builds(Pressed, visit, st.sampled_from(["1", "2", "done"])),
    st.builds(TimerFired, visit, st.sampled_from(["due", "delay", "timeout"])),
    st.builds(Paid, st.sampled_from(["o1", "o2", "o3"]), tariff),
    st.builds(Reviewed, visit, st.sampled_from(Verdict), st.integers(1, 3)),
    st.builds(Issued, visit, st.sampled_from([{}, {"Group": "https://t.me/+x"}]), st.booleans()),
    st.just(Held("why")),
    st.just(Released()),
    st.just(Retimed()),
    st.builds(Hurried, visit),
    st.builds(Moved, st.sampled_from([*KEYS, "nowhere"])),
)
logs = st.lists(st.tuples(event, st.sampled_from([0, 1, 3600, 90000])), max_size=25)
views = st.sampled_from(
    [
        View(),
        FEEDBACK,
        View(language="en", day=timedelta(seconds=10)),
        View(zone="America/New_York", hour=LocalHour(21)),
    ]
)


def play(flow: Flow, log: Log, view: View) -> list[tuple[Run, Advanced]]:
    """Each event with the run it met; the run goes through JSON in between."""
    run, now, seen = Run.new(), START, []
    for one, seconds in [(Entered(), 0), *log]:
        now += timedelta(seconds=seconds)
        advanced = advance(flow, run, one, now, view)
        seen.append((run, advanced))
        run = load_run_state(json.loads(json.dumps(dump_run_state(advanced.run))))
        assert run == advanced.run
    return seen


@settings(max_examples=300, deadline=None)
@given(flows, logs, views)
def test_whatever_happens_the_run_makes_sense(flow: Flow, log: Log, view: View) -> None:
    visits = 0
    parts: set[tuple[str, int, int]] = set()
    for before, after in play(flow, log, view):
        run = after.run
        entered = [one.visit for one in after.records if one.event is RecordEvent.ENTERED]
        assert entered == list(range(visits + 1, visits + len(entered) + 1))
        visits += len(entered)
        assert run.visit == visits
        assert len(run.open) == len({one.step for one in run.open})
        if run.status is RunStatus.COMPLETED:
            assert run.here is None
        if after.outcome in {Outcome.STALE, Outcome.IGNORED}:
            assert run is before
            assert after.effects == after.records == ()
        assert sum(isinstance(one, Complete) for one in after.effects) <= 1
        said = [(one.step, one.visit, one.part) for one in after.effects if isinstance(one, Say | AskPayment)]
        assert parts.isdisjoint(said)
        parts.update(said)
        assert len(set(said)) == len(said)


@settings(max_examples=100, deadline=None)
@given(flows, logs, views)
def test_replaying_the_log_gives_the_same(flow: Flow, log: Log, view: View) -> None:
    assert play(flow, log, view) == play(flow, log, view)


@settings(max_examples=300, deadline=None)
@given(flows, logs, views)
def test_an_event_that_comes_twice_changes_nothing(flow: Flow, log: Log, view: View) -> None:
    """Moving and holding are orders, given anew each time; all that happens to a run happens once."""
    now = START
    run = Run.new()
    for one, seconds in [(Entered(), 0), *log]:
        now += timedelta(seconds=seconds)
        first = advance(flow, run, one, now, view)
        run = first.run
        if isinstance(one, Moved | Held | Released) or rings_early(first):
            continue
        again = advance(flow, run, one, now, view)
        assert again.run == run
        assert again.effects == again.records == ()


def rings_early(advanced: Advanced) -> bool:
    """A timer that rang too early is asked for again, each time."""
    return advanced.outcome is Outcome.STAYED and {type(one).__name__ for one in advanced.effects} == {
        "WakeAt"
    }


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 3 * MAX_STEPS), st.integers(1, 5))
def test_the_loop_guard_holds(length: int, circle: int) -> None:
    steps = [{"type": "message", "text": "round"} for _ in range(length)]
    back = {"type": "delay", "wait": "0s", "goto": f"s{circle}"}
    flow = flow_of(*steps, back)
    after = advance(flow, Run.new(), Entered(), START, View())
    assert (after.run.status is RunStatus.HELD) is (length >= MAX_STEPS)
    assert len(after.effects) <= MAX_STEPS + 1


@settings(max_examples=200, deadline=None)
@given(flows)
def test_a_flow_round_trips(flow: Flow) -> None:
    document = dump_flow(flow)
    again = parse_flow(json.loads(json.dumps(document)))
    assert again == flow
    assert dump_flow(again) == document
    assert all(problem.warning or not flow.steps for problem in check_flow(flow))
