"""A course that goes round in circles or rushes: stopped by the guard, the student and the admins are told, once."""

from typing import Any

import pytest

from core.text.catalog import LANGUAGES, say
from tests.bots.admin.desk import ADMIN
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, texts

GO = {"key": "go", "type": "message", "text": "Shall we?", "button": "Go"}
END = {"key": "end", "type": "end"}
CIRCLES: dict[str, list[dict[str, Any]]] = {
    "a delay of nothing": [GO, {"key": "a", "type": "message", "text": "Round"}, {"key": "d", "type": "delay", "wait": "0s", "goto": "a"}],
    "a rush": [GO, *({"key": f"m{n}", "type": "message", "text": f"Message {n}"} for n in range(3_000)), END],
}  # fmt: skip
STUDENT = say("run-stuck", "en")


@pytest.mark.parametrize("case", CIRCLES)
async def test_both_are_told_once_and_nothing_is_queued(room: Room, case: str) -> None:
    await room.open(*CIRCLES[case])
    before = len(room.desk.calls)
    await room.press("Go")
    calls = room.desk.calls[before:]
    assert texts(calls, ANNA) == [STUDENT]
    told = texts(calls, ADMIN)
    assert [(f"after “{GO['text']}”" in one, "tandem publish" in one) for one in told] == [(True, True)]
    assert "Round" not in str(calls)
    before = len(room.desk.calls)
    await room.pass_time(hours=1)
    await room.press("Go")
    again = room.desk.calls[before:]
    assert STUDENT not in texts(again, ANNA)
    assert [one for one in texts(again, ADMIN) if "tandem publish" in one] == []


def test_the_words_are_there_in_every_language() -> None:
    values = {"course": "Words", "step": "go", "slug": "words"}
    for language in LANGUAGES:
        assert say("run-stuck", language) != "run-stuck"
        assert "tandem publish words --move" in say("run-stuck-admin", language, values)
