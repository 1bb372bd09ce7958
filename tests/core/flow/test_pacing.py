"""Circles without rest and rushes are found before anybody is in them; those with rest or a person are fine."""

from typing import Any

import pytest
from flow_scene import Scene, flow_of, message

from core.environment import Environment
from core.flow.checks import check_flow
from core.flow.inspection import Weight, inspect
from core.flow.pacing import find_circle, find_rush
from core.flow.run import RunStatus
from core.flow.walk import MAX_STEPS
from services.content.importing.reader import read_sent
from services.content.importing.report import Severity, Why

END = {"type": "end"}


def delay(wait: str, goto: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"type": "delay", "wait": wait, **({"goto": goto} if goto else {}), **fields}


def branch(goto: str, **case: Any) -> dict[str, Any]:
    return {"type": "branch", "cases": [{"when": "tag", "params": {"name": "x"}, "goto": goto, **case}]}


CIRCLES: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "a delay of nothing": ([message(), delay("0s", "s1")], {"s1", "s2"}),
    "seconds": ([message(), delay("30s", "s1")], {"s1", "s2"}),
    "two short waits": ([delay("20s"), delay("40s", "s1")], {"s1", "s2"}),
    "a branch to itself": ([branch("s1"), END], {"s1"}),
    "a branch that asks the database": ([message(), branch("s1", when="has_paid", params={}), END], {"s1", "s2"}),
    "a short timeout": ([{**message(button="Go"), "timeout": "1s", "timeout_goto": "s1"}, END], {"s1"}),
    "nobody at the phone": ([{"type": "handoff", "unavailable": "s1"}, END], {"s1"}),
    "far around": ([message(), *(message() for _ in range(50)), branch("s1")], {f"s{n}" for n in range(1, 53)}),
}  # fmt: skip
FINE: dict[str, list[dict[str, Any]]] = {
    "a minute": [message(), delay("1m", "s1")],
    "a day": [message(), delay("1d", "s1")],
    "a button": [message(button="Go"), branch("s1"), END],
    "a question on the way": [{"type": "input", "text": "?"}, delay("0s", "s1")],
    "an option that goes back": [message(options=[{"text": "Back", "goto": "s1"}, {"text": "On"}]), END],
    "asks whether to go on": [message(), delay("1s", "s1", **{"continue": "On?"})],
    "a lesson of another day": [
        {"type": "lesson", "title": "t", "drip": {"after": "1d"}, "messages": [{"text": "x"}]}, branch("s1"), END,
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", CIRCLES)
def test_a_circle_without_rest_is_an_error(case: str) -> None:
    steps, keys = CIRCLES[case]
    flow = flow_of(*steps)
    assert set(find_circle(flow)) == keys
    wrong = [one for one in check_flow(flow) if one.code == "circle"]
    assert [(one.warning, set(one.detail.split(", "))) for one in wrong] == [(False, keys)]
    assert [one.weight for one in inspect(flow) if "circles" in one.what] == [Weight.ERROR]


@pytest.mark.parametrize("case", FINE)
def test_a_circle_with_rest_or_a_person_in_it_is_fine(case: str) -> None:
    flow = flow_of(*FINE[case])
    assert (find_circle(flow), find_rush(flow)) == ((), None)


@pytest.mark.parametrize("number", [MAX_STEPS - 1, MAX_STEPS, 3_000])
def test_a_rush_is_found_just_where_a_run_stops(number: int) -> None:
    """The guard of the engine and the check agree to the step."""
    steps = [message(button="Go"), *(message() for _ in range(number)), END]
    flow = flow_of(*steps)
    scene = Scene(*steps)
    scene.press("1")
    stops = scene.run.status is RunStatus.HELD
    assert stops is (number + 1 > MAX_STEPS)
    assert find_rush(flow) == (("s2", number + 1) if stops else None)


def test_an_import_refuses_both_with_a_remedy(env: Environment) -> None:
    circle = "A:\n  type: message\n  text: a\nB:\n  type: delay\n  wait: 0s\n  goto: A\n"
    rush = "".join(f"M{n}:\n  type: message\n  text: m\n" for n in range(3_000))
    for text, why, line in ((circle, Why.CIRCLE, 1), (rush, Why.RUSH, 1)):
        batch = read_sent(env, "c.yml", text.encode(), "")
        assert [(one.severity, one.why, one.line) for one in batch.report.findings] == [
            (Severity.ERROR, why, line)
        ]
        assert batch.courses == []


def test_a_delay_of_nothing_goes_on_at_once() -> None:
    scene = Scene(message("one"), delay("0s"), message("two"), END)
    assert scene.said == ["one", "two"]
    assert scene.run.status is RunStatus.COMPLETED
