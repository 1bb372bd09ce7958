"""Two versions of a flow: what is different, and where who stands in the old one goes on in the new one."""

from typing import Any

import pytest
from flow_scene import START, Scene, flow_of, message
from hypothesis import given
from hypothesis import strategies as st

from core.flow.engine import advance
from core.flow.events import Entered, Moved, Pressed, Released
from core.flow.run import Run, RunStatus, View, dump_run_state, load_run_state
from core.flow.scoring import Score
from core.flow.versions import Changes, MoveChoice, carry, compare, target_of


def ask(key: str, text: str = "Go on?") -> dict[str, Any]:
    return {"key": key, **message(text, button="Go")}


OLD = [ask("a"), ask("b"), ask("c"), ask("d")]


def scene_at(key: str) -> Scene:
    scene = Scene(*OLD)
    while scene.run.step != key:
        scene.press("1")
    return scene


def test_what_is_different() -> None:
    old, new = flow_of(*OLD), flow_of(ask("e"), ask("d"), ask("a", "Another text"), ask("b"))
    assert compare(old, new) == Changes(added=("e",), changed=("a",), removed=("c",))
    assert compare(old, old) == Changes()


@pytest.mark.parametrize(
    ("left", "key", "target"),
    [("abcd", "b", "b"), ("acd", "b", "c"), ("ad", "b", "d"), ("a", "b", None), ("a", "unknown", None)],
)
def test_the_nearest_step_behind_that_still_exists(left: str, key: str, target: str | None) -> None:
    assert target_of(flow_of(*OLD), flow_of(*(ask(one) for one in left)), key) == target


@pytest.mark.parametrize(
    ("new", "choice", "enter", "is_over"),
    [
        (OLD, MoveChoice.RESEND, None, False),
        ([ask("b", "New")], MoveChoice.MOVE, None, False),
        ([ask("b", "New")], MoveChoice.RESEND, "b", False),
        ([ask("a"), ask("c")], MoveChoice.MOVE, "c", False),
        ([ask("a")], MoveChoice.MOVE, None, True),
        ([{"key": "b", "type": "input", "text": "?"}], MoveChoice.MOVE, "b", False),
    ],
    ids=["same", "moved", "resent", "gone", "nothing behind", "another type"],
)
def test_who_stands_on_the_second_step(
    new: list[dict[str, Any]], choice: MoveChoice, enter: str | None, is_over: bool
) -> None:
    scene = scene_at("b")
    carried = carry(scene.flow, flow_of(*new), scene.run, choice)
    assert (carried.enter, carried.is_over) == (enter, is_over)


@pytest.mark.parametrize("kind", ["message", "jump", "quiz", "multi_choice"])
def test_choices_that_stand_in_other_places_are_shown_anew(kind: str) -> None:
    """What is on the screen says a place alone: pressed in the new version it would mean another choice."""

    def choice(*texts: str) -> dict[str, Any]:
        if kind in {"message", "jump"}:
            return {"key": "a", "type": kind, "text": "?", "options": [{"text": text} for text in texts]}
        answers = [{"text": text, "correct": text == "Yes"} for text in texts]
        return {"key": "a", "type": kind, "text": "?", "answers": answers}

    old = flow_of(choice("Yes", "No", "Later"))
    run = advance(old, Run.new(), Entered(), START, View()).run
    for texts, is_entered in (
        (("Yes", "No", "Later", "Never"), False),
        (("Yes", "Not", "Later"), False),
        (("No", "Yes", "Later"), True),
        (("Yes", "Later"), True),
        (("Maybe", "Yes", "No", "Later"), True),
    ):
        carried = carry(old, flow_of(choice(*texts)), run, MoveChoice.MOVE)
        assert (carried.enter == "a") is is_entered, texts


def test_a_held_run_enters_the_step_when_it_goes_on() -> None:
    scene = scene_at("b")
    held = Run(
        RunStatus.HELD, START, 2, scene.run.here, waiting=(), held_for="access", scores={"a": Score(1, 1)}
    )
    new = flow_of(ask("a"), ask("c"))
    carried = carry(scene.flow, new, held, MoveChoice.MOVE)
    assert (carried.run.waiting, carried.enter, carried.run.status) == ((Moved("c"),), None, RunStatus.HELD)
    after = advance(new, carried.run, Released(), START, View()).run
    assert (after.step, after.status, after.scores) == ("c", RunStatus.ACTIVE, {"a": Score(1, 1)})


KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1, max_size=8)


@given(KEYS, KEYS, st.integers(0, 8), st.sampled_from(MoveChoice), st.sets(st.sampled_from("abcdefgh")))
def test_whatever_the_versions_the_run_goes_on_in_the_new_one(
    old_keys: list[str], new_keys: list[str], presses: int, choice: MoveChoice, changed: set[str]
) -> None:
    old = flow_of(*(ask(key) for key in old_keys))
    new = flow_of(*(ask(key, "New" if key in changed else "Go on?") for key in new_keys))
    scene = Scene(*(ask(key) for key in old_keys))
    for _ in range(presses):
        scene.press("1")
    before = scene.run
    carried = carry(old, new, before, choice)
    run = load_run_state(dump_run_state(carried.run))
    assert run == carried.run
    assert run.scores == before.scores
    if carried.enter:
        run = advance(new, run, Moved(carried.enter), START, View()).run
    if before.status is RunStatus.ACTIVE and not carried.is_over:
        assert new.step(run.step) is not None
        assert advance(new, run, Pressed(run.visit, "1"), START, View()).run != run
