"""certificate: asked for with all points, waited for, said with its number, and the press after it."""

from typing import Any

import pytest
from flow_scene import Scene, flow_of, message
from pydantic import ValidationError

from core.flow.checks import check_flow
from core.flow.definition import FlowInvalid
from core.flow.effects import Issue, Say
from core.flow.events import Issued
from core.flow.history import Outcome
from core.flow.run import RunStatus

NUMBER = "K7QF-2MXN-88TP-VW3C"
VALUES = {"number": NUMBER, "url": f"https://e.com/c/{NUMBER}"}
QUIZ = {"type": "quiz", "text": "?", "answers": [{"text": "a", "correct": True}, {"text": "b"}]}


def certificate(**fields: Any) -> dict[str, Any]:
    return {"type": "certificate", **fields}


def issued(scene: Scene, **more: Any) -> Outcome:
    return scene.send(Issued(scene.run.visit, VALUES, **more))


def test_it_asks_with_the_points_of_all_elements_and_waits() -> None:
    scene = Scene(QUIZ, QUIZ, certificate())
    scene.vote(0)
    scene.vote(1)
    (asked,) = scene.effects(Issue)
    assert (asked.score, asked.max_score, asked.step, asked.visit) == (1, 2, "s3", 3)
    assert scene.run.step == "s3"
    assert scene.effects(Say) == []


def test_without_a_text_it_goes_straight_on_and_keeps_the_number() -> None:
    scene = Scene(certificate(), message("after"))
    assert issued(scene) is Outcome.MOVED
    assert scene.said == ["after"]
    assert scene.answers == [NUMBER]
    assert scene.run.status is RunStatus.COMPLETED


def test_its_text_names_the_number_and_the_page() -> None:
    scene = Scene(certificate(text="No. {number}: {url}"))
    issued(scene)
    assert scene.said == [f"No. {NUMBER}: {VALUES['url']}"]


@pytest.mark.parametrize(("fields", "said"), [({}, "step-over"), ({"text": "Well done"}, "Well done")])
def test_with_a_button_it_waits_for_the_press(fields: dict[str, Any], said: str) -> None:
    scene = Scene(certificate(button="Go on", **fields), message("after"))
    assert issued(scene) is Outcome.STAYED
    assert scene.said == [said]
    assert scene.presses == ["next"]
    assert scene.press("next") is Outcome.MOVED
    assert scene.said == ["after"]
    assert scene.answers == [NUMBER]


def test_a_press_before_it_is_there_means_nothing() -> None:
    scene = Scene(certificate(button="Go on"))
    assert scene.press("next") is Outcome.STALE


def test_told_twice_it_says_it_once() -> None:
    scene = Scene(certificate(button="Go on", text="Well done"))
    issued(scene)
    assert issued(scene) is Outcome.STALE
    assert scene.said == []


def test_where_its_file_cannot_be_made_the_number_is_said_and_the_course_goes_on() -> None:
    scene = Scene(certificate(text="Here it is"), message("after"))
    issued(scene, failed=True)
    assert scene.said == ["certificate-failed", "after"]
    assert scene.effects(Say)[0].values == VALUES
    assert scene.answers == [NUMBER]


def test_it_has_no_points_of_its_own() -> None:
    scene = Scene(certificate())
    issued(scene)
    assert scene.scored == []


@pytest.mark.parametrize("template", ["a.typ", "certificates/of-spring.typ"])
def test_a_template_is_a_typst_file_of_the_content_folder(template: str) -> None:
    assert flow_of(certificate(template=template)).steps[0].template == template


@pytest.mark.parametrize("template", ["a.pdf", "../a.typ", "/etc/a.typ", "a/../b.typ", "", "a b.typ", ".typ"])
def test_other_templates_are_refused(template: str) -> None:
    with pytest.raises((FlowInvalid, ValidationError)):
        flow_of(certificate(template=template))


def test_the_name_she_writes_is_a_variable_that_texts_may_use() -> None:
    ask = {"type": "input", "text": "Your name?", "variable": "certificate_name"}
    flow = flow_of(ask, message("Is it {{user.certificate_name}}?"), certificate())
    assert check_flow(flow) == []
    scene = Scene(ask, certificate())
    scene.write("  Anna von Petrowa ")
    assert [(one.name, one.value) for one in scene.last.effects if hasattr(one, "value")] == [
        ("certificate_name", "Anna von Petrowa")
    ]
