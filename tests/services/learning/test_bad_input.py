"""Whatever they send to a step that waits, the run stays where it is and they are told what is awaited."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from core.db.models.learning import runs
from core.environment import Environment
from tests.factories.persons import ANNA
from tests.services.learning.room import Room

BEN = ANNA + 7
FILE = {"file_id": "f", "file_unique_id": "u"}
STICKER = {
    "sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
}
LOCATION = {"location": {"latitude": 1.0, "longitude": 1.0}}
LONG = {"text": "y" * 10_000}
ANSWERS = [{"text": "a", "correct": True}, {"text": "b"}]
WORDY = [{"text": "a" * 120, "correct": True}, {"text": "b" * 120}]
PRESS = "Please press one of the buttons under the message above."
POLL = "Please answer in the poll above."
WAITING: Mapping[str, tuple[dict[str, Any], tuple[dict[str, Any], ...], str]] = {
    "message": ({"text": "?", "button": "Go"}, (STICKER, LOCATION, LONG), PRESS),
    "jump": ({"text": "?", "options": [{"text": "on"}]}, (STICKER, LOCATION, LONG), PRESS),
    "question": ({"text": "?", "answers": [{"text": "a"}, {"text": "b"}]}, (STICKER, LOCATION, LONG), POLL),
    "quiz": ({"text": "?", "answers": WORDY}, (STICKER, LOCATION, LONG), PRESS),
    "multi_choice": ({"text": "?", "answers": ANSWERS}, (STICKER, LOCATION, LONG), POLL),
    "test": ({"text": "?", "prefix": "x", "button": "Go"}, (STICKER, LOCATION, LONG), PRESS),
    "revision": (
        {"text": "?", "prefix": "x", "no_mistakes": "!", "button": "Go"},
        (STICKER, LOCATION, LONG),
        PRESS,
    ),
    "input": ({"text": "?"}, (STICKER, LOCATION), "I expect an answer in text here, in one message."),
    "dialog": (
        {"text": "?", "prompt": "p"},
        (STICKER, LOCATION),
        "I am waiting for your words: write or send a voice message.",
    ),
    "miniapp": (
        {"text": "?", "button": "Open", "question": {"text": "?"}},
        (STICKER, LOCATION, LONG),
        "I am waiting for your answer on the task's page: press the button below it.",
    ),
    "assignment": (
        {"text": "?", "accepts": ["photo"], "stop": True},
        (STICKER, LOCATION, LONG),
        "I expect something else here: a photo.",
    ),
    "delay": (
        {"wait": "1d"},
        (STICKER, LONG),
        "I am not expecting anything now. The course goes on by itself.",
    ),
    "lesson": (
        {"title": "t", "messages": [{"text": "m"}], "drip": {"day": 9}},
        (STICKER, LONG),
        "I am not expecting anything now. The next lesson: 15 January, 12:00",
    ),
    "certificate": ({}, (STICKER, LONG), "I am not expecting anything now. The course goes on by itself."),
}


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, public_url="https://school.example.com")


async def place(room: Room) -> tuple[Any, ...]:
    (row,) = await room.rows(runs)
    return row.status, row.state["here"]["step"], row.state["visit"]


@pytest.mark.parametrize("kind", WAITING)
async def test_what_is_awaited_is_said(room: Room, kind: str) -> None:
    fields, strange, told = WAITING[kind]
    await room.open(
        {"key": "waits", "type": kind, **fields}, {"key": "after", "type": "message", "text": "After"}
    )
    before = await place(room)
    for sent in strange:
        assert await room.say(**sent) == [told]
        assert await place(room) == before


async def test_an_old_button_and_anothers_do_nothing(room: Room) -> None:
    asks = [{"key": f"ask{n}", "type": "message", "text": f"Question {n}", "button": "Go"} for n in (1, 2)]
    await room.open(*asks)
    old = room.last(ANNA, "Question 1")
    await room.press("Go", holder=old)
    before = await place(room)
    assert await room.press("Go", holder=old) == []
    assert await room.press("Go", who=BEN, holder=room.last(ANNA, "Question 2")) == []
    assert len(room.desk.alerts) == 2
    assert await place(room) == before


async def test_a_poll_is_answered_once(room: Room) -> None:
    await room.open(
        {"key": "q", "type": "quiz", "text": "?", "answers": ANSWERS},
        {"key": "after", "type": "message", "text": "After", "button": "Go"},
    )
    poll = room.seen(ANNA, "sendPoll")[-1]
    await room.desk.vote(poll, 1, who=ANNA)
    before = await place(room)
    for again in ((0,), ()):
        assert await room.desk.vote(poll, *again, who=ANNA) == []
    assert await room.desk.vote(poll, 0, who=BEN) == []
    assert await place(room) == before
