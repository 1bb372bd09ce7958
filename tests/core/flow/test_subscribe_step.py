"""What the element `subscribe` says and where it goes."""

import pytest
from flow_scene import Scene, message
from pydantic import ValidationError

from core.flow.effects import AskMember, Say, Text
from core.flow.events import MemberTold, TimerFired
from core.flow.history import Outcome
from core.flow.steps.subscribe import SubscribeStep

GATE = {
    "type": "subscribe",
    "text": "Join us",
    "chat": -100500,
    "url": "https://t.me/+abc",
    "button": "Open the channel",
}


def asked(scene: Scene) -> AskMember:
    (ask,) = [effect for effect in scene.last.effects if isinstance(effect, AskMember)]
    return ask


def told(scene: Scene, inside: bool | None, question: int | None = None) -> Outcome:
    number = asked(scene).question if question is None else question
    return scene.send(MemberTold(scene.run.visit, inside, number))


def texts(scene: Scene) -> list[Text | None]:
    return [effect.text_key for effect in scene.last.effects if isinstance(effect, Say)]


def test_who_is_in_already_hears_nothing() -> None:
    scene = Scene(GATE, message("After"))
    assert (scene.said, asked(scene).chat) == ([], -100500)
    told(scene, inside=True)
    assert scene.said == ["After"]


def test_it_asks_and_goes_on_once_they_are_in() -> None:
    scene = Scene(GATE, message("After"))
    told(scene, inside=False)
    (said,) = [effect for effect in scene.last.effects if isinstance(effect, Say)]
    assert said.message
    assert [button.url for row in said.message.buttons for button in row] == ["https://t.me/+abc"]
    assert [button.press for button in said.key_buttons] == ["in"]
    scene.press("in")
    told(scene, inside=False)
    assert texts(scene) == [Text.GATE_NOT_YET]
    scene.press("in")
    told(scene, inside=True)
    assert scene.said[-1] == "After"


def test_an_update_about_the_group_lets_them_on_without_a_press() -> None:
    scene = Scene(GATE, message("After"))
    told(scene, inside=False)
    scene.send(MemberTold(scene.run.visit, inside=True))
    assert scene.said[-1] == "After"


def test_where_telegram_cannot_be_asked_they_are_told_so() -> None:
    scene = Scene(GATE, message("After"))
    told(scene, inside=None)
    assert scene.said == ["Join us"]
    scene.press("in")
    told(scene, inside=None)
    assert texts(scene) == [Text.GATE_UNSEEN]


def test_the_answer_to_an_older_press_says_nothing() -> None:
    scene = Scene(GATE, message("After"))
    told(scene, inside=False)
    scene.press("in")
    scene.press("in")
    assert told(scene, inside=False, question=1) is Outcome.IGNORED or not texts(scene)
    told_last = scene.send(MemberTold(scene.run.visit, inside=False, question=2))
    assert told_last is Outcome.STAYED
    assert texts(scene) == [Text.GATE_NOT_YET]


def test_the_time_out_has_its_own_way_and_asks_again_before() -> None:
    gate = {**GATE, "timeout": "1d", "retries": 1, "timeout_goto": "late"}
    scene = Scene(gate, message("After"), {**message("Late"), "key": "late"})
    told(scene, inside=False)
    scene.send(TimerFired(scene.run.visit, "timeout"), days=1)
    told(scene, inside=False)
    assert scene.said[-1] == "Join us"
    scene.send(TimerFired(scene.run.visit, "timeout"), days=1)
    assert scene.said[-1] == "Late"


@pytest.mark.parametrize(
    "wrong", [{"chat": 5}, {"chat": -(2**60)}, {"url": "https://evil.example/x"}, {"url": "t.me/x"}]
)
def test_what_is_no_group_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SubscribeStep.model_validate({"key": "g", **GATE, **wrong})
