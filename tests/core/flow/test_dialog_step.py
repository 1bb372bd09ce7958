"""A talk with a model: who speaks when, what waits, what ends it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flow_scene import START, Scene, message

from core.flow.effects import AskModel, AskTranscript, Say, Text
from core.flow.events import Event, ModelAnswered, ModelFailed, Replied, Transcribed
from core.flow.history import Outcome
from core.flow.run import View
from core.flow.steps.base import Here, Leave, Stay
from core.flow.steps.dialog import DialogStep
from core.text.message import ParseMode

AFTER = message("After")
VOICE = {"chat_id": 1, "message_id": 2, "file_id": "abc"}


def talk(view: View | None = None, **fields: Any) -> Scene:
    return Scene({"type": "dialog", "text": "Talk to me", "prompt": "Be kind", **fields}, AFTER, view=view)


def asked(scene: Scene) -> list[tuple[int, str]]:
    return [(one.turn, one.text) for one in scene.effects(AskModel)]


def answer(scene: Scene, text: str, turn: int = 1, voice: str | None = None) -> Outcome:
    return scene.send(ModelAnswered(1, turn, text, voice))


def test_her_words_then_the_models() -> None:
    scene = talk()
    assert (scene.said, asked(scene)) == (["Talk to me"], [])
    scene.write("  Hello  ")
    assert (scene.said, asked(scene)) == ([], [(1, "Hello")])
    answer(scene, "Hi {{user.user_name}} *you*")
    (said,) = scene.effects(Say)
    assert said.message.text["*"] == "Hi {{user.user_name}} *you*"
    assert said.literal, "what a model wrote is no template"
    assert said.message.parse_mode is ParseMode.MARKDOWN
    scene.write("And more", number=2)
    assert asked(scene) == [(2, "And more")]


@pytest.mark.parametrize("blank", ["", "   ", "\u200b\n\u3164"])
def test_an_answer_of_which_nothing_is_seen_is_none(blank: str) -> None:
    scene = talk()
    scene.write("Hello")
    answer(scene, blank)
    (said,) = scene.effects(Say)
    assert said.text_key is Text.DIALOG_FAILED


def test_the_model_may_begin() -> None:
    scene = talk(auto_start=True)
    assert asked(scene) == [(1, "")]
    answer(scene, "Shall we?")
    assert scene.said == ["Shall we?"]
    scene.write("Yes")
    assert asked(scene) == [(2, "Yes")]


@pytest.mark.parametrize("end", ["{STOP}", "{stop}", "#конецдиалога", "#КонецДиалога"])
@pytest.mark.parametrize("before", ["Goodbye", ""])
def test_the_model_ends_it(before: str, end: str) -> None:
    scene = talk()
    scene.write("Bye")
    assert answer(scene, f"{before} {end}") is Outcome.MOVED
    assert scene.said == [one for one in (before, "After") if one]


def test_with_a_button_it_waits_for_the_press() -> None:
    scene = talk(button="Go on")
    scene.write("Bye")
    answer(scene, "Goodbye {STOP}")
    assert (scene.said, scene.presses) == (["Goodbye"], ["next"])
    assert scene.write("Hello?", number=2) is Outcome.IGNORED
    assert scene.press("next") is Outcome.MOVED


def test_what_she_writes_meanwhile_waits_its_turn() -> None:
    scene = talk()
    scene.write("One")
    scene.write("Two", number=2)
    scene.write("Three", number=3)
    assert asked(scene) == []
    answer(scene, "1")
    assert (scene.said, asked(scene)) == (["1"], [(2, "Two")])
    answer(scene, "2", turn=2)
    assert asked(scene) == [(3, "Three")]
    assert answer(scene, "again", turn=2) is Outcome.STALE


def test_a_voice_is_put_into_words_and_echoed() -> None:
    scene = talk(transcription_language="ru")
    scene.send(Replied("", "voice", VOICE))
    (wanted,) = scene.effects(AskTranscript)
    assert (wanted.turn, wanted.voice, wanted.language) == (1, VOICE, "ru")
    scene.send(Transcribed(1, 1, "Hello"))
    (said,) = scene.effects(Say)
    assert (said.text_key, said.values, asked(scene)) == ("dialog-heard", {"text": "Hello"}, [(1, "Hello")])


@pytest.mark.parametrize("failure", [Transcribed(1, 1, " "), ModelFailed(1, 1)])
def test_what_was_not_understood_does_not_count(failure: Transcribed | ModelFailed) -> None:
    scene = talk(max_messages=1)
    scene.send(Replied("", "voice", VOICE))
    scene.send(failure)
    assert scene.said in (["dialog-unheard"], ["dialog-failed"])
    scene.write("In words", number=9)
    assert asked(scene) == [(2, "In words")]


def test_an_answer_is_spoken_with_its_words_below_or_behind() -> None:
    scene = talk(voice_response=True)
    scene.write("Hi")
    answer(scene, "short", voice="kept/a.ogg")
    (said,) = scene.effects(Say)
    assert (said.message.media[0].ref, said.message.text) == ("kept/a.ogg", {"*": "short"})
    scene.write("More", number=2)
    answer(scene, "long " * 1000, turn=2, voice="kept/b.ogg")
    first, *rest = scene.effects(Say)
    assert (first.message.media[0].ref, first.message.text) == ("kept/b.ogg", None)
    assert " ".join(one.message.text["*"] for one in rest) == ("long " * 1000).strip()
    assert all(len(one.message.text["*"]) <= 3500 for one in rest)


def test_after_the_answer_to_her_last_message_it_ends() -> None:
    scene = talk(max_messages=2, auto_start=True)
    answer(scene, "Ask me")
    scene.write("One")
    assert answer(scene, "1", turn=2) is Outcome.STAYED
    scene.write("Two", number=2)
    scene.write("Three", number=3)
    assert scene.said == ["dialog-last"]
    assert answer(scene, "2", turn=3) is Outcome.MOVED
    assert scene.said == ["2", "After"]


@pytest.mark.parametrize(("ban_text", "said"), [(None, "dialog-banned"), ({"*": "Enough"}, "Enough")])
def test_where_nothing_is_left_the_course_goes_on(ban_text: dict[str, str] | None, said: str) -> None:
    view = View(ai_left=0, ban_text=ban_text)
    assert talk(view).said == [said, "After"]
    scene = talk()
    scene.view = view
    scene.write("Hello")
    assert (scene.said, asked(scene)) == ([said, "After"], [])


def test_the_rest_of_the_allowance_counts_what_waits() -> None:
    scene = talk()
    scene.write("One")
    scene.view = View(ai_left=1)
    scene.write("Two", number=2)
    assert scene.last.outcome is Outcome.STAYED
    scene.write("Three", number=3)
    assert scene.said == ["dialog-banned", "After"]


class TestRules5And7:
    """The budget ends dialogs and really takes effect; `max_messages` is obeyed. Both checks fail on a planted copy."""

    class Planted(DialogStep):
        """Knows of no budget, and forgets to count."""

        def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
            return super().on(
                event, replace(view, ai_left=None), now, replace(here, data={**here.data, "count": 0})
            )

    def messages_taken(self, step: DialogStep, view: View) -> int:
        """How many of five messages the model hears."""
        data: Any = {"turn": 0, "count": 0}
        taken = 0
        for number in range(1, 6):
            said = step.on(Replied(f"{number}"), view, START, Here(1, data, START, START))
            if not isinstance(said, Stay) or not any(isinstance(one, AskModel) for one in said.effects):
                return taken
            taken, data = taken + 1, said.data
            heard = step.on(ModelAnswered(1, number, "…"), view, START, Here(1, data, START, START))
            if not isinstance(heard, Stay):
                return taken
            data = heard.data
        return taken

    def test_they_hold(self) -> None:
        step = DialogStep(key="d", text="t", prompt="p", max_messages=3)
        assert self.messages_taken(step, View()) == 3
        assert self.messages_taken(step, View(ai_left=0)) == 0

    def test_planted(self) -> None:
        step = self.Planted(key="d", text="t", prompt="p", max_messages=3)
        assert self.messages_taken(step, View()) > 3
        assert self.messages_taken(step, View(ai_left=0)) > 0
