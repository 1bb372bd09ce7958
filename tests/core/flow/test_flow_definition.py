from typing import Any

import pytest
from flow_scene import flow_of, lesson, message

from core.flow.checks import check_flow
from core.flow.definition import FlowInvalid, FlowKind, Problem, dump_flow, parse_flow
from core.flow.scoring import Score, latest_scores, total_score
from core.text.refusal import words

DOCUMENT = {
    "kind": "course",
    "slug": "first_course",
    "name": {"ru": "Первый курс", "en": "First course"},
    "steps": [
        {
            "key": "hello",
            "type": "message",
            "text": "Hi {{user.user_name}}",
            "media": [{"kind": "photo", "ref": "images/hello.png"}],
            "options": [{"text": "Start"}, {"text": "Pay", "goto": "buy"}],
        },
        {
            "key": "day_1",
            "type": "lesson",
            "title": "Day one",
            "drip": {"after": "1d:2h"},
            "messages": [
                {"text": {"ru": "Раз", "en": "One"}},
                {"media": [{"kind": "voice", "ref": "a.ogg"}]},
            ],
        },
        {"key": "task", "type": "assignment", "text": "Do it", "accepts": ["text", "photo"], "stop": True},
        {"key": "night", "type": "delay", "wait": "8h"},
        {"key": "buy", "type": "offer", "text": "Buy", "tariffs": ["basic"], "timeout": "2d"},
        {"key": "groups", "type": "invite"},
        {"key": "bye", "type": "end", "text": "Bye"},
    ],
}


def problems_of(*steps: object, **fields: object) -> dict[str, str]:
    with pytest.raises(FlowInvalid) as caught:
        parse_flow({"kind": "course", "slug": "flow", "name": "A flow", "steps": list(steps), **fields})
    assert caught.value.code == "FLOW_INVALID"
    return {problem.path: problem.text for problem in caught.value.problems}


def test_a_document_comes_back_as_it_was() -> None:
    assert dump_flow(parse_flow(DOCUMENT)) == DOCUMENT


def test_steps_are_found_by_key_and_in_order() -> None:
    flow = parse_flow(DOCUMENT)
    assert flow.kind is FlowKind.COURSE
    assert flow.first is flow.steps[0]
    assert flow.step("night") is flow.steps[3]
    assert flow.after("night") is flow.step("buy")
    assert flow.after("bye") is None
    assert flow.step("nowhere") is None
    assert flow_of().first is None


def test_a_valid_flow_has_no_problems() -> None:
    assert check_flow(parse_flow(DOCUMENT)) == []


@pytest.mark.parametrize(
    ("step", "path", "text"),
    [
        ({"key": "a", "type": "delay", "wait": "soon"}, "steps.0.wait", "“soon” is no interval"),
        ({"key": "a", "type": "delay"}, "steps.0", "a delay needs `wait`"),
        ({"key": "a", "type": "dance"}, "steps.0", "dance"),
        ({"key": "a"}, "steps.0", "has no type"),
        ({"type": "end"}, "steps.0.key", "is missing"),
        ({"key": "a b", "type": "end"}, "steps.0.key", "as it must"),
        ({"key": "a", "type": "end", "txt": "x"}, "steps.0.txt", "not known here"),
        ({"key": "a", "type": "message"}, "steps.0", "text or media"),
        ({"key": "a", "type": "message", "text": " "}, "steps.0.text", "blank"),
        ({**message(), "key": "a", "button": "b", "options": [{"text": "c"}]}, "steps.0", "not both"),
        (
            {**message(), "key": "a", "buttons": [[{"text": "b", "press": "1"}]]},
            "steps.0",
            "options for presses",
        ),
        ({**lesson(), "key": "a", "messages": []}, "steps.0.messages", "too few entries"),
        ({**lesson(), "key": "a", "drip": {"day": 0}}, "steps.0.drip", "from 1 to"),
        ({**lesson(), "key": "a", "drip": "later"}, "steps.0.drip", "a drip rule is"),
        ({"key": "a", "type": "offer", "text": "b", "tariffs": []}, "steps.0.tariffs", "lists tariffs"),
        ({"key": "a", "type": "offer", "text": "b", "timeout_goto": "a"}, "steps.0", "needs `timeout`"),
    ],
)
def test_problems_say_where_and_what(step: dict[str, Any], path: str, text: str) -> None:
    assert text in problems_of(step)[path]


def test_all_problems_are_reported_at_once() -> None:
    assert set(problems_of({"key": "a"}, slug="a b", kind="quest")) == {"steps.0", "slug", "kind"}


def test_keys_are_unique() -> None:
    assert "a" in problems_of({"key": "a", "type": "end"}, {"key": "a", "type": "end"})[""]


def test_a_press_inside_a_lesson_is_refused() -> None:
    messages = [{"text": "a", "buttons": [[{"text": "b", "press": "1"}]]}]
    assert problems_of({**lesson(), "key": "a", "messages": messages})


def test_an_empty_flow_is_read_but_not_published() -> None:
    assert check_flow(flow_of()) == [Problem("steps", words("refused-no-steps"))]


def test_an_unknown_goto_is_a_warning() -> None:
    flow = flow_of(message(options=[{"text": "go", "goto": "nowhere"}]), {"type": "delay", "wait": "1s"})
    assert check_flow(flow) == [
        Problem(
            "steps.0", words("refused-goto", target="nowhere"), warning=True, code="goto", detail="nowhere"
        )
    ]


@pytest.mark.parametrize(
    ("step", "path"),
    [
        (message("{{user.shoe_size}}"), "steps.0.text"),
        (message("{{oops}}"), "steps.0.text"),
        (message({"ru": "да", "en": "{{oops}}"}), "steps.0.text.en"),
        (message(buttons=[[{"text": "b", "url": "{{bot.nothing}}"}]]), "steps.0.buttons.0.0.url"),
        ({**lesson(), "messages": [{"text": "ok"}, {"text": "{{open"}]}, "steps.0.messages.1.text"),
    ],
)
def test_wrong_variables_are_problems(step: dict[str, Any], path: str) -> None:
    assert [problem.path for problem in check_flow(flow_of(step))] == [path]


def test_own_variables_may_be_allowed() -> None:
    assert check_flow(flow_of(message("{{user.goal}}")), {"user.goal"}) == []


class TestScores:
    def test_prefixes_are_exact(self) -> None:
        scores = {"q_1": Score(1, 1), "quality": Score(0, 5), "q_test": Score(9, 9)}
        assert total_score(scores, "q_", leaving_out="q_test") == Score(1, 1)

    def test_only_the_latest_attempt_counts(self) -> None:
        tries = [("q", Score(0, 1)), ("q", Score(1, 1)), ("q", None)]
        assert total_score(latest_scores(tries)) == Score(1, 1)

    @pytest.mark.parametrize(
        ("points", "maximum", "mistakes"), [(0, 0, 0), (1, 4, 75), (4, 4, 0), (0.5, 1, 50)]
    )
    def test_mistakes_in_per_cent(self, points: float, maximum: float, mistakes: float) -> None:
        assert Score(points, maximum).mistakes == mistakes
