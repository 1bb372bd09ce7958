"""Who does not answer goes on when their time is up: at every step that waits for them, once, and never too early."""

from datetime import timedelta

import pytest
from flow_scene import START, Scene, message
from test_waiting_steps import WAITING

from core.flow.definition import FlowInvalid
from core.flow.effects import WakeAt
from core.flow.events import Held, Pressed, Released, Replied, TimerFired
from core.flow.history import Outcome
from core.flow.pausing import shift
from core.flow.run import HoldReason
from core.flow.steps.base import TIMEOUT

WAITS_FOR_HER = [name for name, (_, _, expects) in WAITING.items() if expects]


def scene(name: str, **more: str) -> Scene:
    document, view, _ = WAITING[name]
    limited = {**document, "timeout": "1h", **more}
    return Scene(limited, message("next", button="Go"), message("late", button="Go"), view=view)


@pytest.mark.parametrize("name", WAITS_FOR_HER)
@pytest.mark.parametrize(
    ("more", "step"), [({}, "s2"), ({"timeout_goto": "s3"}, "s3")], ids=["on", "elsewhere"]
)
def test_when_time_is_up_it_goes_on(name: str, more: dict[str, str], step: str) -> None:
    played = scene(name, **more)
    visit = played.run.visit
    alarms = [one for one in played.last.effects if isinstance(one, WakeAt) and one.name == TIMEOUT]
    assert [(one.at, one.visit) for one in alarms] == [(START + timedelta(hours=1), visit)]
    assert played.send(TimerFired(visit, TIMEOUT), hours=1) is Outcome.MOVED
    assert played.run.step == step
    assert any(record.answer == TIMEOUT for record in played.last.records)
    assert played.send(TimerFired(visit, TIMEOUT), hours=1) is Outcome.STALE


@pytest.mark.parametrize("name", WAITS_FOR_HER)
def test_an_early_alarm_is_set_anew(name: str) -> None:
    played = scene(name)
    assert played.send(TimerFired(played.run.visit, TIMEOUT), minutes=59) is Outcome.STAYED
    (alarm,) = [one for one in played.last.effects if isinstance(one, WakeAt)]
    assert (played.run.step, alarm.at) == ("s1", START + timedelta(hours=1))


def test_who_answers_in_time_is_not_sent_on() -> None:
    played = scene("input", timeout_goto="s3")
    played.send(Replied("hello"), minutes=10)
    assert played.run.step == "s2"
    assert played.send(TimerFired(1, TIMEOUT), minutes=50) is Outcome.STALE
    assert played.run.step == "s2"


def test_who_has_chosen_a_wait_is_not_sent_on() -> None:
    played = scene("message with options", timeout_goto="s3")
    played.send(Pressed(1, "2"), minutes=10)
    assert played.send(TimerFired(1, TIMEOUT), minutes=50) in {Outcome.STALE, Outcome.IGNORED}
    assert played.run.step == "s1"


def test_a_pause_moves_the_end_of_the_time() -> None:
    played = scene("input")
    played.send(Held(HoldReason.PAUSED), minutes=30)
    played.run = shift(played.run, timedelta(hours=5))
    played.send(Released(), hours=5)
    assert played.send(TimerFired(1, TIMEOUT), minutes=29) is Outcome.STAYED
    assert played.send(TimerFired(1, TIMEOUT), minutes=1) is Outcome.MOVED


def test_without_a_timeout_there_is_no_way_for_it() -> None:
    with pytest.raises(FlowInvalid, match="`timeout_goto` needs `timeout`"):
        Scene({"type": "input", "text": "?", "timeout_goto": "s2"}, message())
