"""miniapp: a button that opens a page, the first fitting answer, points and feedback."""

from typing import Any

import pytest
from flow_scene import Scene, flow_of, message

from core.flow.checks import check_flow
from core.flow.definition import FlowInvalid
from core.flow.effects import AppButton, Say
from core.flow.events import MiniAppAnswered
from core.flow.history import Outcome
from core.flow.steps.miniapp import AnswerBy

OPTIONS = ["Paris", {"ru": "Рим", "en": "Rome"}, 1.5]
FEEDBACK = {"correct_feedback": "Yes", "incorrect_feedback": "No"}


def miniapp(**fields: Any) -> dict[str, Any]:
    given = {"type": "miniapp", "text": "A task", "button": "Open", **fields}
    if not {"app_url", "question"} & fields.keys():
        given["question"] = {"text": "Capital?", "options": OPTIONS}
    return given


def answer(scene: Scene, text: str, visit: int | None = None) -> Outcome:
    return scene.send(MiniAppAnswered(scene.run.visit if visit is None else visit, text))


@pytest.mark.parametrize("url", [None, "https://e.com/app"])
def test_it_says_its_text_with_a_button_that_opens_a_page(url: str | None) -> None:
    scene = Scene(miniapp(app_url=url) if url else miniapp())
    (said,) = scene.effects(Say)
    assert scene.said == ["A task"]
    assert said.app_button == AppButton({"*": "Open"}, url)
    assert scene.run.step == "s1"


@pytest.mark.parametrize(
    ("actual", "given", "points", "said"),
    [
        ("Paris", "Paris", 1, ["Yes"]),
        ("Paris", " paris ", 1, ["Yes"]),
        ("Paris", "Рим", 0, ["No"]),
        ("Rome", "Рим", 1, ["Yes"]),
        ({"ru": "Рим", "en": "Rome"}, "rome", 1, ["Yes"]),
        (1.5, "1.5", 1, ["Yes"]),
        (None, "Rome", None, ["Yes"]),
    ],
)
def test_an_option_is_judged(actual: Any, given: str, points: int | None, said: list[str]) -> None:
    scene = Scene(miniapp(answer={"actual": actual, **FEEDBACK}), message("after"))
    assert answer(scene, given) is Outcome.MOVED
    assert scene.said == [*said, "after"]
    assert scene.scored == ([] if points is None else [(points, 1)])
    assert scene.answers == [given.strip()]


@pytest.mark.parametrize("given", ["", "  ", "London", "Paris, Rome"])
def test_what_is_no_option_is_no_answer(given: str) -> None:
    scene = Scene(miniapp())
    assert answer(scene, given) is Outcome.STALE
    assert scene.run.step == "s1"


def test_free_words_are_taken_and_judged() -> None:
    question = {"type": "text", "text": "Why?"}
    scene = Scene(miniapp(question=question, answer={"actual": "Because", **FEEDBACK}))
    assert answer(scene, " ") is Outcome.STALE
    answer(scene, "BECAUSE")
    assert (scene.said, scene.scored) == (["Yes"], [(1, 1)])


def test_points_are_kept_without_any_feedback() -> None:
    scene = Scene(miniapp(answer={"actual": "Paris"}))
    answer(scene, "Рим")
    assert (scene.said, scene.scored) == ([], [(0, 1)])


def test_a_foreign_page_answers_in_its_own_words() -> None:
    scene = Scene(miniapp(app_url="https://e.com/app"))
    assert answer(scene, "x" * 5000) is Outcome.MOVED
    assert scene.answers == ["x" * 4096]


def test_the_first_answer_counts() -> None:
    scene = Scene(miniapp(), message(button="Go"))
    answer(scene, "Paris", visit=1)
    assert answer(scene, "Рим", visit=1) is Outcome.STALE


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("options", "options"),
        ("radio", "options"),
        ("Choice", "options"),
        ("multiple_choice", "options"),
        ("typein", "text"),
        ("text", "text"),
        ("input", "text"),
    ],
)
def test_spellings_of_how_it_is_answered(written: str, meant: str) -> None:
    options = {"options": ["a"]} if meant == "options" else {}
    (step,) = flow_of(miniapp(question={"type": written, "text": "?", **options})).steps
    assert step.question.type == AnswerBy(meant)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"question": None, "app_url": None}, "an `app_url` whose page asks one"),
        ({"app_url": "http://e.com"}, "https address"),
        ({"app_url": "javascript:alert(1)"}, "https address"),
        ({"app_url": "https://["}, "https address"),
        ({"question": {"text": "?", "type": "options"}}, "has `options`"),
        ({"question": {"text": "?", "type": "text", "options": ["a"]}}, "no `options`"),
        ({"question": {"text": "?", "type": "slider"}}, "type “slider” needs an `app_url`"),
        ({"answer": {"actual": "London"}}, "one of the question's options"),
        ({"button": None}, "button"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(FlowInvalid, match=says):
        flow_of(miniapp(**fields))


def test_braces_of_a_question_are_no_variables() -> None:
    flow = flow_of(miniapp(question={"text": "What is {{x}} in a template?"}))
    assert check_flow(flow) == []
