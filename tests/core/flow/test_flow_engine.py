from dataclasses import replace
from datetime import timedelta

import pytest
from flow_scene import FEEDBACK, START, Scene, assignment, lesson, message

from core.flow.effects import Complete, WakeAt
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
    dump_event,
    load_event,
)
from core.flow.history import Outcome
from core.flow.run import RunStatus
from core.flow.walk import MAX_STEPS


def looping(first: dict[str, object]) -> Scene:
    """A wait, then steps that never wait: only a press of "go" gets into the circle."""
    return Scene(first, *(message(f"m{number}") for number in range(MAX_STEPS + 1)))


def test_the_end_of_the_list_completes() -> None:
    scene = Scene(message())
    assert scene.run.status is RunStatus.COMPLETED
    assert scene.run.step is None
    assert scene.effects(Complete) == [Complete(visit=1)]


def test_a_flow_without_steps_is_over_at_once() -> None:
    scene = Scene()
    assert scene.run.status is RunStatus.COMPLETED
    assert scene.last.outcome is Outcome.MOVED


def test_a_run_starts_once() -> None:
    scene = Scene(message(button="go"))
    before = scene.run
    assert scene.send(Entered(), hours=1) is Outcome.STALE
    assert scene.run == before
    assert scene.run.started_at == START


def test_each_entry_is_a_visit_of_its_own_and_the_old_button_is_stale() -> None:
    scene = Scene(message("again?", options=[{"text": "yes", "goto": "s1"}]))
    assert scene.press("1") is Outcome.MOVED
    assert scene.run.visit == 2
    assert scene.press("1", visit=1) is Outcome.STALE


@pytest.mark.parametrize(
    "event",
    [Pressed(9, "1"), TimerFired(9, "due"), Reviewed(9, Verdict.ACCEPTED, 1), Issued(9), Released()],
)
def test_events_of_unknown_visits_are_stale_and_change_nothing(event: Event) -> None:
    scene = Scene(message(button="go"))
    before = scene.run
    assert scene.send(event) is Outcome.STALE
    assert scene.last.run is before
    assert scene.last.effects == scene.last.records == ()


def test_a_reply_nobody_wants_is_ignored() -> None:
    scene = Scene(message(button="go"))
    before = scene.run
    assert scene.write() is Outcome.IGNORED
    assert scene.run == before


def test_a_reply_goes_to_the_current_step_first_then_to_the_one_opened_last() -> None:
    wait = {"type": "delay", "wait": "1d"}
    scene = Scene(assignment("one"), assignment("two"), assignment("three", stop=True), wait)
    visits = []
    for number in range(3):
        scene.write(number=number)
        visits.append(scene.last.records[0].step)
    assert visits == ["s3", "s2", "s1"]
    assert scene.write(number=9) is Outcome.IGNORED


def test_the_rest_of_an_album_does_not_answer_the_next_task() -> None:
    scene = Scene(assignment("one", stop=True), assignment("two", stop=True))
    assert scene.write(media="photo", group="album", number=1) is Outcome.MOVED
    assert scene.write(media="photo", group="album", number=2) is Outcome.STALE
    assert scene.run.step == "s2"
    assert scene.write(media="photo", group="another", number=3) is Outcome.MOVED


def test_the_same_reply_twice_is_taken_once() -> None:
    scene = Scene(assignment("one", stop=True), assignment("two", stop=True))
    scene.write(number=1)
    assert scene.write(number=1) is Outcome.STALE
    assert scene.run.step == "s2"


def test_a_completed_run_still_takes_late_work() -> None:
    scene = Scene(assignment(), view=FEEDBACK)
    assert scene.run.status is RunStatus.COMPLETED
    scene.write()
    assert scene.send(Reviewed(1, Verdict.ACCEPTED, 1)) is Outcome.STAYED
    assert scene.said == ["assignment-accepted"]
    assert scene.run.status is RunStatus.COMPLETED
    (visit,) = scene.run.open
    assert visit.data["status"] == "accepted", "open for the verdict to be taken back"
    assert scene.write(number=9) is Outcome.IGNORED


class TestMoved:
    def test_enters_the_step_anew(self) -> None:
        scene = Scene(lesson("one"), lesson("two", drip={"day": 9}))
        assert scene.send(Moved("s1")) is Outcome.MOVED
        assert scene.said == ["one"]
        assert scene.run.visit == 4

    def test_entering_again_closes_the_earlier_visit(self) -> None:
        scene = Scene(lesson("one"), lesson("two", drip={"day": 9}))
        scene.send(Moved("s1"))
        assert scene.press("done", visit=1) is Outcome.STALE
        assert scene.press("done", visit=3) is Outcome.STAYED

    def test_to_no_step_is_ignored(self) -> None:
        scene = Scene(message(button="go"))
        assert scene.send(Moved("nowhere")) is Outcome.IGNORED

    def test_takes_up_a_run_that_is_over(self) -> None:
        scene = Scene(message(button="go"), message("two"))
        scene.press("1")
        assert scene.run.status is RunStatus.COMPLETED
        scene.send(Moved("s1"))
        assert scene.run.status is RunStatus.ACTIVE
        assert scene.run.step == "s1"

    def test_keeps_the_start_of_the_run(self) -> None:
        scene = Scene(lesson(drip={"day": 2}))
        scene.send(Moved("s1"), days=5)
        assert scene.said == ["a lesson"]
        assert scene.run.started_at == START


class TestStopped:
    @pytest.mark.parametrize("event", [Entered(), Replied("x"), Pressed(1, "1"), Held("why"), Released()])
    def test_nothing_happens_to_it(self, event: Event) -> None:
        scene = stopped(message(button="go"))
        before = scene.run
        assert scene.send(event) is Outcome.STALE
        assert scene.run == before

    def test_it_can_be_taken_up_again_and_money_counts(self) -> None:
        offer = {"type": "offer", "text": "buy"}
        scene = stopped(offer, message("welcome"))
        assert scene.send(Paid("order 1", "basic")) is Outcome.STAYED
        assert scene.run.status is RunStatus.STOPPED
        scene.send(Moved("s1"))
        assert scene.said == ["welcome"]


def stopped(*steps: dict[str, object]) -> Scene:
    scene = Scene(*steps)
    scene.run = replace(scene.run, status=RunStatus.STOPPED)
    return scene


class TestHeld:
    def test_says_why_and_is_released(self) -> None:
        scene = Scene(message(button="go"))
        assert scene.send(Held("template")) is Outcome.STAYED
        assert scene.run.status is RunStatus.HELD
        assert scene.answers == ["template"]
        assert scene.run.held_for == "template"
        assert scene.send(Released()) is Outcome.STAYED
        assert scene.run.status is RunStatus.ACTIVE
        assert scene.run.held_for is None
        assert scene.press("1") is Outcome.MOVED

    def test_gives_one_lesson_when_released_late_and_then_one_a_day(self) -> None:
        scene = Scene(*(lesson(f"day {day}", drip={"day": day}) for day in (1, 2, 3)))
        scene.send(Held("access"))
        scene.ring("due", days=1)
        assert scene.send(Released(), days=4) is Outcome.MOVED
        assert scene.said == ["day 2"]
        assert scene.effects(WakeAt)[0].at == START + timedelta(days=6)
        scene.ring("due", days=1)
        assert scene.said == ["day 3"]

    def test_remembers_what_the_world_says_once(self) -> None:
        scene = Scene(lesson("one", drip={"day": 2}), {"type": "offer", "text": "buy"}, message("welcome"))
        scene.send(Held("why"))
        for event in (TimerFired(1, "due"), Paid("order 1", "basic")):
            assert scene.send(event, days=1) is Outcome.STAYED
            assert scene.said == []
            assert scene.send(event) is Outcome.STALE
        assert scene.send(Released()) is Outcome.MOVED
        assert scene.said == ["one", "buy", "welcome"]

    @pytest.mark.parametrize("event", [Entered(), Replied("x"), Pressed(1, "1"), Held("again"), Moved("no")])
    def test_a_person_s_events_are_ignored(self, event: Event) -> None:
        scene = Scene(message(button="go"))
        scene.send(Held("why"))
        before = scene.run
        assert scene.send(event) is Outcome.IGNORED
        assert scene.run == before

    def test_moving_releases(self) -> None:
        scene = Scene(message(button="go"), lesson("two", drip={"day": 2}))
        scene.send(Held("why"))
        assert scene.send(Moved("s2")) is Outcome.MOVED
        assert scene.run.status is RunStatus.ACTIVE
        assert scene.history == [("s1", "released"), ("s2", "entered")]


class TestLoopGuard:
    @pytest.mark.parametrize(("steps", "held"), [(MAX_STEPS - 1, False), (MAX_STEPS, False), (101, True)])
    def test_counts_steps_without_a_wait(self, steps: int, held: bool) -> None:
        scene = Scene(*(message(f"m{number}") for number in range(steps)))
        assert (scene.run.status is RunStatus.HELD) is held

    def test_holds_the_run_where_it_was_and_says_nothing(self) -> None:
        scene = looping(message(button="go"))
        assert scene.press("1") is Outcome.STAYED
        assert scene.run.status is RunStatus.HELD
        assert scene.run.step == "s1"
        assert scene.said == []
        assert scene.history == [("s1", "held")]
        assert scene.answers == ["loop"]

    def test_a_release_tries_again_and_holds_again(self) -> None:
        scene = looping(message(button="go"))
        scene.press("1")
        assert scene.send(Released()) is Outcome.STAYED
        assert scene.run.status is RunStatus.HELD
        assert scene.history == [("s1", "released"), ("s1", "held")]

    def test_a_repaired_flow_goes_on_after_release(self) -> None:
        scene = looping(message(button="go"))
        scene.press("1")
        scene.flow = Scene(message(button="go"), message("two", button="on")).flow
        assert scene.send(Released()) is Outcome.MOVED
        assert scene.said == ["two"]

    def test_a_way_out_by_hand_forgets_the_press(self) -> None:
        scene = looping(message(button="go"))
        scene.press("1")
        assert scene.send(Moved("s1")) is Outcome.MOVED
        assert scene.run.status is RunStatus.ACTIVE
        assert scene.run.waiting == ()


def test_a_step_that_the_version_lacks_leaves_the_run_waiting_to_be_moved() -> None:
    scene = Scene(message(button="go"), assignment(stop=True))
    scene.press("1")
    scene.flow = Scene(message(button="go")).flow
    assert scene.write() is Outcome.IGNORED
    assert scene.send(Moved("s1")) is Outcome.MOVED


def test_the_same_play_gives_the_same_run() -> None:
    def play() -> Scene:
        scene = Scene(lesson("one"), lesson("two", drip={"day": 2}), assignment(stop=True), view=FEEDBACK)
        scene.ring("due", days=1)
        scene.write()
        scene.send(Reviewed(3, Verdict.ACCEPTED, 1), hours=2)
        return scene

    assert play().last == play().last


@pytest.mark.parametrize(
    "event",
    [
        Entered(),
        Replied("text", "photo", {"message": 1}, "album"),
        Pressed(1, "done"),
        TimerFired(1, "due"),
        Paid("order", "basic"),
        Reviewed(1, Verdict.NEEDS_WORK, 2),
        Issued(1, {"a": "b"}, failed=True),
        Held("why"),
        Released(),
        Moved("s1"),
        Retimed(),
        Hurried(1),
    ],
)
def test_events_round_trip(event: Event) -> None:
    assert load_event(dump_event(event)) == event


def test_a_wait_counts_from_the_step_before() -> None:
    scene = Scene(lesson("one"), lesson("two", drip={"after": "1d"}))
    assert scene.run.entered_at == START
    assert scene.ring("due", days=1) is Outcome.MOVED
    assert scene.now == START + timedelta(days=1)
