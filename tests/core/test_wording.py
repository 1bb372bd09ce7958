"""One comparison of what people type: in answers, on pages and in triggers."""

from typing import Any

import pytest

from core.flow.steps.input import InputStep
from core.flow.steps.miniapp import MiniAppStep
from core.text.wording import fold, fold_strictly
from core.triggers import Matcher, TriggerKind

ALIKE = [
    ("Ёжик", "ежик."),
    ("0.5", "0,5"),
    ("«Да»", '"да"'),
    ("don't", "don’t"),
    ("нью-йорк", "Нью–Йорк"),
    ("as well", "  as \N{NO-BREAK SPACE} well "),
    ("Paris", "PARIS ."),
    ("кофе\u0301", "кофе\u0301".upper()),
    ("йод", "и\u0306од"),
    ("co\u00adoperate", "cooperate"),
]
OTHER = [
    ("ежик", "ёж"),
    ("0.5", "5"),
    ("a-b", "ab"),
    ("well", "we ll"),
    ("1,2", "12"),
    ("yes", "yes!"),
    (".", ""),
]


@pytest.mark.parametrize(("right", "given"), ALIKE)
def test_what_a_keyboard_changes_does_not_count(right: str, given: str) -> None:
    assert fold(right) == fold(given)


@pytest.mark.parametrize(("right", "given"), OTHER)
def test_other_words_are_other_words(right: str, given: str) -> None:
    assert fold(right) != fold(given)


def step(exact: bool, right: str) -> InputStep:
    fields: dict[str, Any] = {"key": "a", "text": "?", "correct_answer": right, "exact": exact}
    return InputStep.model_validate(fields)


@pytest.mark.parametrize(("right", "given"), ALIKE)
def test_an_input_and_a_page_take_it_and_strict_ones_do_not(right: str, given: str) -> None:
    def points(exact: bool) -> float | None:
        taken = step(exact, right)._take(given)
        return taken.score and taken.score.points

    def page(exact: bool) -> float | None:
        answer = {"actual": right, "exact": exact}
        made = MiniAppStep.model_validate(
            {"key": "a", "text": "?", "button": "b", "question": "?", "answer": answer}
        )
        taken = made._take(given)
        return taken.score and taken.score.points

    is_strictly_so = float(fold_strictly(right) == fold_strictly(given))
    assert (points(exact=False), page(exact=False)) == (1.0, 1.0)
    assert (points(exact=True), page(exact=True)) == (is_strictly_so, is_strictly_so)


def test_strict_keeps_signs_and_forgives_case_alone() -> None:
    assert fold_strictly(" Paris ") == fold_strictly("PARIS")
    for right, given in (("Ёжик", "ежик"), ("0.5", "0,5"), ("a", "a."), ('"a"', "«a»"), ("a b", "a  b")):
        assert fold_strictly(right) != fold_strictly(given)


def test_options_of_a_page_that_differ_in_a_sign_stay_apart() -> None:
    question = {"text": "?", "options": ["0,5", "0.5"]}
    made = MiniAppStep.model_validate(
        {"key": "a", "text": "?", "button": "b", "question": question, "answer": {"actual": "0.5"}}
    )
    scores = [made._take(given).score for given in ("0,5", "0.5")]
    assert [one and one.points for one in scores] == [0.0, 1.0]


@pytest.mark.parametrize(("pattern", "said"), [("ёлка", "Где ЕЛКА."), ("don't know", "I don’t know"), ("нью-йорк", "в Нью–Йорке? нет, Нью—Йорк")])  # fmt: skip
def test_triggers_compare_in_the_same_way(pattern: str, said: str) -> None:
    matcher = Matcher.of([(1, TriggerKind.PHRASE, [pattern])])
    assert matcher.find(said) == {1}
    assert matcher.find("something else") == set()
