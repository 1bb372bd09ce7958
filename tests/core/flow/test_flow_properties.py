"""Any flow, any order of events."""

import json
from dataclasses import replace
from datetime import timedelta

from flow_scene import FEEDBACK, START, flow_of
from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.checks import check_flow
from core.flow.definition import Flow, dump_flow, parse_flow
from core.flow.effects import AskPayment, Complete, Say
from core.flow.engine import Advanced, advance
from core.flow.events import (
    Addressed,
    ConditionAnswered,
    Entered,
    Event,
    Held,
    Hurried,
    Issued,
    MiniAppAnswered,
    Moved,
    Paid,
    PollAnswered,
    Pressed,
    Released,
    Replied,
    Retimed,
    Reviewed,
    TimerFired,
    Verdict,
)
from core.flow.history import Outcome, RecordEvent
from core.flow.run import Run, RunStatus, View, dump_run_state, load_run_state
from core.flow.scoring import total_score
from core.flow.steps.test import ResultStep
from core.flow.walk import MAX_STEPS
from core.rules.local_hour import LocalHour

Log = list[tuple[Event | int, int]]

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
    st.builds(lambda day: {"date": f"2030-01-0{day}"}, st.integers(1, 9)),
    st.builds(lambda name: {"weekday": name, "at": "19:00"}, st.sampled_from(["monday", "sunday"])),
)
long = st.sampled_from(["short", "x" * 301])
waiting_option = st.fixed_dictionaries({"text": text}, optional={"goto": goto, "wait": wait})
opinion = st.fixed_dictionaries({"text": text}, optional={"feedback": text})
judged = st.fixed_dictionaries({"text": text}, optional={"feedback": text, "correct": st.booleans()})
prefix = st.sampled_from(["", "s", "s1", "none"])
case = (
    st.fixed_dictionaries(
        {
            "when": st.sampled_from(["paid", "finished"]),
        },
        optional={"goto": goto},
    )
    | st.fixed_dictionaries(
        {"when": st.just("tag"), "params": st.just({"name": "vip"})}, optional={"goto": goto}
    )
    | st.builds(
        lambda percent: {"when": "score", "params": {"percent": percent}, "goto": "s1"}, st.integers(0, 100)
    )
)


def one_right(answers: list[dict[str, object]], place: int) -> list[dict[str, object]]:
    return [{**one, "correct": number == place % len(answers)} for number, one in enumerate(answers)]


quiz_answers = st.builds(one_right, st.lists(opinion, min_size=1, max_size=4), st.integers(0, 3))
scored = st.one_of(
    st.fixed_dictionaries({"type": st.just("quiz"), "text": long, "answers": quiz_answers}),
    st.fixed_dictionaries(
        {
            "type": st.just("multi_choice"),
            "text": long,
            "answers": st.lists(judged, min_size=1, max_size=4),
        },
        optional={"feedback_partial": text, "button": text},
    ),
    st.fixed_dictionaries(
        {"type": st.just("input"), "text": text},
        optional={"correct_answer": st.sampled_from(["work", "1 2"]), "feedback_correct": text},
    ),
)
summing_up = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("test"), "text": st.just("{score}/{maxscore}"), "prefix": prefix},
        optional={"score": st.just({"20": "a", "100": "b"}), "button": text},
    ),
    st.fixed_dictionaries(
        {"type": st.just("revision"), "text": text, "prefix": prefix, "no_mistakes": text},
        optional={"button": text},
    ),
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
            "stop": st.booleans() | st.just("delayed"),
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
    st.fixed_dictionaries(
        {"type": st.just("delay"), "continue": text}, optional={"wait": wait, "yes_text": text, "goto": goto}
    ),
    st.fixed_dictionaries(
        {"type": st.just("jump"), "text": text, "options": st.lists(waiting_option, min_size=1, max_size=3)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("question"), "text": long, "answers": st.lists(opinion, min_size=1, max_size=4)}
    ),
    scored,
    summing_up,
    st.fixed_dictionaries(
        {"type": st.just("audio"), "media": st.just([{"kind": "audio", "ref": "a.mp3"}])},
        optional={"text": text, "link_preview": st.booleans()},
    ),
    st.fixed_dictionaries(
        {"type": st.just("certificate")}, optional={"text": st.just("{number} {url}"), "button": text}
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("miniapp"),
            "text": text,
            "button": text,
            "question": st.fixed_dictionaries(
                {"text": text}, optional={"options": st.just(["a", {"ru": "б", "en": "b"}])}
            ),
        },
        optional={"answer": st.just({"actual": "b", "correct_feedback": "c"})},
    ),
    st.fixed_dictionaries({"type": st.just("section"), "title": text}),
    st.fixed_dictionaries({"type": st.just("set"), "name": st.just("goal"), "value": st.just("x")}),
    st.fixed_dictionaries(
        {"type": st.just("tag")} | {"add": st.just("vip")}, optional={"remove": st.just("a")}
    ),
    st.fixed_dictionaries(
        {"type": st.just("branch"), "cases": st.lists(case, min_size=1, max_size=3)}, optional={"else": goto}
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("branch"),
            "split": st.lists(st.fixed_dictionaries({}, optional={"goto": goto}), min_size=1, max_size=3),
        }
    ),
)
flows = st.one_of(
    st.lists(step, min_size=3, max_size=6),
    st.lists(scored | summing_up, min_size=4, max_size=6),
).map(lambda steps: flow_of(*steps))

NUMBERED = {"number": "K7QF-2MXN-88TP-VW3C", "url": "https://e.com/c/K7QF-2MXN-88TP-VW3C"}
visit = st.sampled_from([0, 0, 0, 0, 0, 1, 1, 2, 3, 7])  # so many visits ago, until it is played
refs = st.builds(lambda number: {"message": number}, st.integers(1, 4))
any_event = st.one_of(
    st.just(Entered()),
    st.builds(
        Replied,
        st.sampled_from(["", "work"]),
        st.sampled_from([None, "photo", "sticker"]),
        refs,
        st.sampled_from([None, "album"]),
    ),
    st.builds(Pressed, visit, st.sampled_from(["1", "2", "done", "on0", "off0", "on1", "next", "yes", "no"])),
    st.builds(PollAnswered, visit, st.sampled_from([(), (0,), (1,), (1, 0), (9,)])),
    st.builds(ConditionAnswered, visit, st.booleans(), st.integers(0, 2)),
    st.builds(TimerFired, visit, st.sampled_from(["due", "delay", "timeout", "wait", "section"])),
    st.builds(Paid, st.sampled_from(["o1", "o2", "o3"]), tariff),
    st.builds(Reviewed, visit, st.sampled_from(Verdict), st.integers(1, 3)),
    st.builds(Issued, visit, st.sampled_from([{}, {"Group": "https://t.me/+x"}, NUMBERED]), st.booleans()),
    st.builds(MiniAppAnswered, visit, st.sampled_from(["", "b", "Б", "other"])),
    st.just(Held("why")),
    st.just(Released()),
    st.just(Retimed()),
    st.builds(Hurried, visit),
    st.builds(Moved, st.sampled_from([*KEYS, "nowhere"])),
)
# Mostly a number: it stands for an event the step waited at wants, chosen when it is played.
planned = st.builds(lambda number, event: number if number < 12 else event, st.integers(0, 15), any_event)
logs = st.lists(st.tuples(planned, st.sampled_from([90000, 0, 1, 3600, 200000])), min_size=5, max_size=30)
WANTED: dict[str, list[Event]] = {
    "assignment": [Replied("work"), Replied("", "photo")],
    "branch": [ConditionAnswered(0, holds, number) for holds in (True, False) for number in (0, 1, 2)],
    "certificate": [Issued(0, NUMBERED), Pressed(0, "next"), Issued(0, NUMBERED, failed=True)],
    "delay": [TimerFired(0, "delay"), Pressed(0, "yes"), Pressed(0, "no")],
    "input": [Replied("work"), Replied("no")],
    "invite": [Issued(0), Issued(0, {"Group": "https://t.me/+x"})],
    "lesson": [TimerFired(0, "due"), Hurried(0)],
    "miniapp": [MiniAppAnswered(0, "a"), MiniAppAnswered(0, "b")],
    "multi_choice": [
        *(PollAnswered(0, places) for places in ((0,), (1,), (0, 1))),
        *(Pressed(0, press) for press in ("on0", "done", "next", "off0", "on1")),
    ],
    "offer": [Paid("o1", "basic"), Paid("o2", "pro"), TimerFired(0, "timeout")],
    "question": [PollAnswered(0, (0,)), PollAnswered(0, (1,)), Pressed(0, "1"), Pressed(0, "2")],
    "quiz": [PollAnswered(0, (0,)), PollAnswered(0, (1,)), Pressed(0, "1"), Pressed(0, "2")],
    "section": [TimerFired(0, "section"), Hurried(0)],
}
PRESSES: list[Event] = [Pressed(0, "1"), Pressed(0, "next"), TimerFired(0, "wait"), Pressed(0, "2")]
views = st.sampled_from(
    [
        View(),
        FEEDBACK,
        View(language="en", day=timedelta(seconds=10)),
        View(zone="America/New_York", hour=LocalHour(21)),
        View(open_all=True, seed="1", tags=frozenset({"vip"})),
        View(sections={key: START + timedelta(days=2) for key in KEYS}, seed="2"),
    ]
)


def settle(planned: Event | int, number: int, flow: Flow, run: Run) -> Event:
    """The event that is meant, with the number of its visit; replies are all different messages."""
    event = planned
    if isinstance(event, int):
        step = flow.step(run.step)
        wanted = WANTED.get(step.type if step else "", PRESSES)
        event = wanted[event % len(wanted)]
        if isinstance(event, Replied):
            event = replace(event, message_ref={"number": number})
    return replace(event, visit=run.visit - event.visit) if isinstance(event, Addressed) else event


def play(flow: Flow, log: Log, view: View) -> list[tuple[Run, Advanced]]:
    """What each event does, and the run it met; the run goes through JSON in between."""
    run, now, seen = Run.new(), START, []
    for number, (planned, seconds) in enumerate([(Entered(), 0), *log]):
        now += timedelta(seconds=seconds)
        one = settle(planned, number, flow, run)
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
    for number, (planned, seconds) in enumerate([(Entered(), 0), *log]):
        now += timedelta(seconds=seconds)
        one = settle(planned, number, flow, run)
        first = advance(flow, run, one, now, view)
        run = first.run
        if isinstance(one, Moved | Held | Released) or rings_early(first):
            continue
        again = advance(flow, run, one, now, view)
        assert again.run == run
        assert again.effects == again.records == ()


@settings(max_examples=200, deadline=None)
@given(flows, logs, views)
def test_the_total_is_the_sum_of_the_latest_attempts(flow: Flow, log: Log, view: View) -> None:
    """Counted naively from the history; and what a test says is the total under its prefix."""
    latest: dict[str, tuple[float, float]] = {}
    for _, after in play(flow, log, view):
        before = dict(latest)
        for one in after.records:
            if one.score is not None and one.step:
                latest[one.step] = (one.score.points, one.score.maximum)
        assert {key: (one.points, one.maximum) for key, one in after.run.scores.items()} == latest
        total = total_score(after.run.scores)
        points, maximum = (sum(one[part] for one in latest.values()) for part in (0, 1))
        assert (total.points, total.maximum) == (points, maximum)
        for said in after.effects:
            step = flow.step(said.step)
            if isinstance(said, Say) and isinstance(step, ResultStep) and said.message and said.message.text:
                assert said.message.text["*"].split("\n")[0] in {
                    shown(scores, step.prefix, view.language) for scores in (before, latest)
                }


def shown(scores: dict[str, tuple[float, float]], prefix: str, language: str) -> str:
    counted = [score for key, score in scores.items() if key[: len(prefix)] == prefix]
    parts = (sum(points for points, _ in counted), sum(maximum for _, maximum in counted))
    written = "/".join(str(int(part) if part == int(part) else part) for part in parts)
    return written.replace(".", ",") if language == "ru" else written


def rings_early(advanced: Advanced) -> bool:
    """A timer that rang too early is asked for again, each time."""
    return advanced.outcome is Outcome.STAYED and {type(one).__name__ for one in advanced.effects} == {
        "WakeAt"
    }


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 3 * MAX_STEPS), st.integers(1, 5))
def test_the_loop_guard_holds(length: int, circle: int) -> None:
    steps = [{"type": "message", "text": "round"} for _ in range(length)]
    circle = min(circle, length + 1)
    back = {"type": "delay", "wait": "0s", "goto": f"s{circle}"}
    rest = {"type": "delay", "wait": "1m", "goto": f"s{circle}"}
    rested = advance(flow_of(*steps, rest), Run.new(), Entered(), START, View())
    assert (rested.run.status is RunStatus.HELD) is (length >= MAX_STEPS)
    flow = flow_of(*steps, back)
    after = advance(flow, Run.new(), Entered(), START, View())
    assert after.run.status is RunStatus.HELD  # round and round, or too many in a row
    assert len(after.effects) <= MAX_STEPS + 1


@settings(max_examples=200, deadline=None)
@given(flows)
def test_a_flow_round_trips(flow: Flow) -> None:
    document = dump_flow(flow)
    again = parse_flow(json.loads(json.dumps(document)))
    assert again == flow
    assert dump_flow(again) == document
    paces = {"circle", "rush"}
    assert all(problem.warning or problem.code in paces or not flow.steps for problem in check_flow(flow))
