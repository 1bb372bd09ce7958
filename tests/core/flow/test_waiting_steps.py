"""Whatever comes to a step that waits, the run stays whole and the step can say what it waits for."""

from typing import Any

import pytest
from flow_scene import FEEDBACK, Scene, assignment, lesson, message
from test_asking_steps import LONG, asking

from core.flow.effects import AskTranscript, Say
from core.flow.events import Event, Hurried, MiniAppAnswered, PollAnswered, Pressed, Replied, TimerFired
from core.flow.history import Outcome
from core.flow.run import View

OPTIONS = [{"text": "a"}, {"text": "b", "wait": "1d"}]
WAITING: dict[str, tuple[dict[str, Any], View, str | None]] = {
    "message with a button": (message(button="Go"), View(), "button-expects"),
    "message with options": (message(options=OPTIONS), View(), "button-expects"),
    "jump": ({"type": "jump", "text": "?", "options": OPTIONS}, View(), "button-expects"),
    "question": (asking("question"), View(), "poll-expects"),
    "quiz": (asking("quiz"), View(), "poll-expects"),
    "quiz with buttons": (asking("quiz", LONG), View(), "button-expects"),
    "multi_choice": (asking("multi_choice"), View(), "poll-expects"),
    "multi_choice with buttons": (asking("multi_choice", LONG), View(), "choice-expects"),
    "input": ({"type": "input", "text": "?"}, View(), "input-expects"),
    "input of digits": ({"type": "input", "text": "?", "input_type": "sequence"}, View(), "sequence-expects"),
    "test": ({"type": "test", "text": "?", "prefix": "", "button": "Go"}, View(), "button-expects"),
    "revision": (
        {"type": "revision", "text": "?", "prefix": "", "no_mistakes": "!", "button": "Go"},
        View(),
        "button-expects",
    ),
    "miniapp": (
        {
            "type": "miniapp",
            "text": "?",
            "button": "Open",
            "question": {"text": "Which?", "options": ["a", "b"]},
        },
        View(),
        "app-expects",
    ),
    "dialog": ({"type": "dialog", "text": "?", "prompt": "p"}, View(), "dialog-expects"),
    "handoff": ({"type": "handoff"}, View(), None),
    "certificate": ({"type": "certificate", "button": "Go"}, View(), None),
    "assignment": (assignment(stop=True, accepts=["photo"]), FEEDBACK, "work-expects"),
    "offer": ({"type": "offer", "text": "?"}, View(), "payment-expects"),
    "delay": ({"type": "delay", "wait": "1d"}, View(), None),
    "lesson": (lesson(drip={"day": 2}), View(), None),
    "branch": ({"type": "branch", "cases": [{"when": "paid"}]}, View(), None),
}
STRANGE: list[Event] = [
    Replied("", message_ref={"message": 1}),
    Replied("", media="sticker", message_ref={"message": 2}),
    Replied("caption", media="video_note", message_ref={"message": 3}),
    Replied("y" * 10_000, media="voice", message_ref={"message": 4}),
    Pressed(0, "1"),
    Pressed(1, ""),
    Pressed(1, "99"),
    Pressed(1, "nonsense"),
    Pressed(7, "1"),
    PollAnswered(0, (0,)),
    PollAnswered(1, ()),
    PollAnswered(1, (99,)),
    TimerFired(1, "nonsense"),
    TimerFired(7, "delay"),
    MiniAppAnswered(1, "hello"),
    Hurried(7),
]


def start(name: str) -> Scene:
    step, view, _ = WAITING[name]
    return Scene(step, lesson("never", drip={"day": 9}), view=view)


@pytest.mark.parametrize("name", WAITING)
@pytest.mark.parametrize("event", STRANGE, ids=repr)
def test_what_does_not_belong_leaves_the_run_where_it_is(name: str, event: Event) -> None:
    scene = start(name)
    before = scene.run
    outcome = scene.send(event)
    assert scene.run.step == "s1"
    if outcome is Outcome.STAYED and not scene.effects(AskTranscript):  # to a dialog voices are words
        assert [one.text_key is not None for one in scene.effects(Say)] == [True]
    elif outcome is not Outcome.STAYED:
        assert scene.run == before
        assert scene.last.effects == ()


@pytest.mark.parametrize(("name", "expects"), [(name, row[2]) for name, row in WAITING.items()])
def test_it_says_what_it_waits_for(name: str, expects: str | None) -> None:
    scene = start(name)
    found = scene.flow.steps[0].expects(scene.run.data)
    assert (str(found) if found else None) == expects


def test_work_that_is_looked_at_or_refused_for_good_is_not_waited_for() -> None:
    scene = start("assignment")
    scene.write("", media="photo")
    assert scene.flow.steps[0].expects(scene.run.data) is None
