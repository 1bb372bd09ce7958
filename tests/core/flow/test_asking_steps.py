"""question, quiz and multi_choice: natively where Telegram's limits allow, otherwise with buttons."""

from dataclasses import replace
from typing import Annotated, Any, ClassVar

import pytest
from flow_scene import START, Scene, flow_of, message
from pydantic import BeforeValidator, ValidationError

from core.flow.definition import FlowInvalid
from core.flow.effects import Poll, Redraw, Say
from core.flow.events import PollAnswered
from core.flow.history import Outcome
from core.flow.run import RunStatus, View
from core.flow.scoring import Score
from core.flow.steps.asking import JudgedAnswer
from core.flow.steps.base import Here, Leave
from core.flow.steps.multi_choice import MultiChoiceStep
from core.flow.steps.quiz import QuizStep
from core.text.message import ParseMode

TYPES = ("question", "quiz", "multi_choice")
LONG = "x" * 301


def asking(kind: str, text: Any = "Which?", *answers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    if not answers:
        answers = ({"text": "one", "feedback": "First"}, {"text": "two", "feedback": "Second"})
        if kind != "question":
            answers = ({**answers[0], "correct": True}, answers[1])
    return {"type": kind, "text": text, "answers": list(answers), **fields}


def options(*texts: Any) -> tuple[dict[str, Any], ...]:
    return tuple({"text": text} for text in texts)


class TestNatively:
    @pytest.mark.parametrize(
        ("kind", "correct", "multiple"),
        [("question", None, False), ("quiz", 0, False), ("multi_choice", None, True)],
    )
    def test_what_fits_is_a_poll(self, kind: str, correct: int | None, multiple: bool) -> None:
        scene = Scene(asking(kind))
        (said,) = scene.effects(Say)
        texts = ({"*": "one"}, {"*": "two"})
        assert said.poll == Poll({"*": "Which?"}, texts, correct=correct, multiple=multiple)
        assert said.message is None

    @pytest.mark.parametrize("kind", ["question", "multi_choice"])
    @pytest.mark.parametrize(
        ("text", "answers", "native"),
        [
            ("q" * 300, options("a", "b"), True),
            ("q" * 301, options("a", "b"), False),
            ("\N{PARTY POPPER}" * 150, options("a", "b"), True),
            ("\N{PARTY POPPER}" * 151, options("a", "b"), False),
            ({"ru": "короткий", "en": LONG}, options("a", "b"), False),
            ("q", options("a" * 100, "b"), True),
            ("q", options("a" * 101, "b"), False),
            ("q", options({"ru": "а", "en": "a" * 101}, "b"), False),
            ("q", options(*"abcdefghijkl"), True),
            ("q", options(*"abcdefghijklm"), False),
            ("q", options("a"), False),
            ("q", options("a", "a"), False),
            ("q", options({"ru": "а", "en": "x"}, {"ru": "б", "en": "x "}), False),
            ("Hi {{user.user_name}}", options("a", "b"), False),
            ("q", options("{{user.user_name}}", "b"), False),
            ("&#123;&#123;user.user_name}}", options("a", "b"), False),
        ],
    )
    def test_the_limits_of_a_poll(
        self, kind: str, text: Any, answers: tuple[dict[str, Any], ...], native: bool
    ) -> None:
        (said,) = Scene(asking(kind, text, *answers)).effects(Say)
        assert (said.poll is not None) is native
        assert (said.message is None) is native

    @pytest.mark.parametrize(
        ("mode", "text", "shown"),
        [
            ("HTML", "<b>What</b> &lt; 2?", "What < 2?"),
            ("MARKDOWN", "*What* is _it_?", "What is it?"),
            ("MARKDOWN", "I ___ home", "I ___ home"),
            ("HTML", "*What*?", "*What*?"),
        ],
    )
    def test_a_poll_takes_no_markup(self, mode: str, text: str, shown: str) -> None:
        assert Scene(asking("question", text, parse_mode=mode)).said == [shown]

    @pytest.mark.parametrize("kind", TYPES)
    @pytest.mark.parametrize("text", ["Which?", LONG])
    def test_media_are_said_before_it(self, kind: str, text: str) -> None:
        media = [{"kind": "photo", "ref": "a.png"}]
        scene = Scene(asking(kind, text, media=media))
        assert scene.said == ["a.png", text]
        assert [one.part for one in scene.effects(Say)] == [0, 1]

    @pytest.mark.parametrize("kind", TYPES)
    def test_the_person_is_told_to_vote_or_to_press(self, kind: str) -> None:
        native, buttons = flow_of(asking(kind), asking(kind, LONG)).steps
        marks = "choice-expects" if kind == "multi_choice" else "button-expects"
        assert (native.expects({}), buttons.expects({})) == ("poll-expects", marks)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("text", ["Which?", LONG])
class TestAnswers:
    """Each row holds for the poll and for the buttons."""

    def answer(self, scene: Scene, *places: int) -> Outcome:
        if scene.effects(Say)[0].poll:
            return scene.vote(*places)
        if scene.flow.first and scene.flow.first.type == "multi_choice":
            for place in places:
                scene.press(f"on{place}")
            return scene.press("done")
        return scene.press(str(places[0] + 1))

    @pytest.mark.parametrize(("place", "answer", "feedback"), [(0, "one", "First"), (1, "two", "Second")])
    def test_the_chosen_answer_is_kept_and_gets_its_feedback(
        self, kind: str, text: str, place: int, answer: str, feedback: str
    ) -> None:
        scene = Scene(asking(kind, text), message("next"))
        assert self.answer(scene, place) is Outcome.MOVED
        assert scene.said == [feedback, "next"]
        assert scene.answers == [answer]

    def test_a_second_answer_is_stale(self, kind: str, text: str) -> None:
        scene = Scene(asking(kind, text), asking(kind, text))
        self.answer(scene, 0)
        assert scene.vote(1, visit=1) is Outcome.STALE
        for press in ("1", "2", "on1", "off0", "done"):
            assert scene.press(press, visit=1) is Outcome.STALE
        assert scene.run.step == "s2"

    @pytest.mark.parametrize("places", [(), (2,), (-1,), (0, 7)])
    def test_a_vote_taken_back_or_for_nothing_there_is_means_nothing(
        self, kind: str, text: str, places: tuple[int, ...]
    ) -> None:
        scene = Scene(asking(kind, text))
        assert scene.vote(*places) is Outcome.STALE
        assert scene.run.step == "s1"

    @pytest.mark.parametrize("press", ["0", "3", "on2", "off0", "on", "done", "next", "x" * 100])
    def test_a_button_there_is_none_of_means_nothing(self, kind: str, text: str, press: str) -> None:
        assert Scene(asking(kind, text)).press(press) is Outcome.STALE

    def test_words_are_not_taken(self, kind: str, text: str) -> None:
        scene = Scene(asking(kind, text))
        for words in ("one", "", "y" * 10_000):
            assert scene.write(words) is Outcome.IGNORED
        assert scene.write("", media="photo") is Outcome.IGNORED
        assert scene.run.step == "s1"

    def test_the_answer_is_kept_in_her_language(self, kind: str, text: str) -> None:
        answers = [{"text": {"ru": "да", "en": "yes"}, "correct": True}, {"text": "no"}]
        if kind == "question":
            del answers[0]["correct"]
        scene = Scene(asking(kind, text, *answers), view=View(language="en"))
        self.answer(scene, 0)
        assert scene.answers == ["yes"]

    def test_feedback_has_the_markup_of_its_step(self, kind: str, text: str) -> None:
        scene = Scene(asking(kind, text, parse_mode="MARKDOWN", link_preview=False))
        self.answer(scene, 0)
        (said,) = scene.effects(Say)
        assert (said.message.parse_mode, said.message.link_preview) == (ParseMode.MARKDOWN, False)


class TestButtons:
    def test_one_answer_is_a_row_each(self) -> None:
        scene = Scene(asking("quiz", LONG))
        rows = scene.effects(Say)[0].message.buttons
        assert [(one.press, one.text["*"]) for (one,) in rows] == [("1", "one"), ("2", "two")]

    def test_an_answer_too_long_for_a_button_stands_in_the_text(self) -> None:
        long = "<long> " * 20
        answers = [{"text": long, "correct": True}, {"text": "short"}]
        scene = Scene(asking("quiz", "*Which?*", *answers, parse_mode="MARKDOWN"))
        (said,) = scene.effects(Say)
        assert said.message.parse_mode is ParseMode.HTML
        escaped = long.replace("<", "&lt;").replace(">", "&gt;")
        assert scene.said == [f"<b>Which?</b>\n\n1. {escaped}\n2. short"]
        assert [row[0].text["*"] for row in said.message.buttons] == ["1", "2"]
        scene.press("1")
        assert scene.answers == [long]

    def test_together_they_have_to_fit_into_a_message(self) -> None:
        answers = [{"text": "a" * 900, "correct": True}, *options("b" * 900, "c" * 900, "d" * 900, "e" * 900)]
        with pytest.raises(FlowInvalid, match="question and answers take"):
            flow_of(asking("quiz", "Which?", *answers))

    def test_marks_are_put_on_and_taken_off(self) -> None:
        scene = Scene(asking("multi_choice", LONG, media=[{"kind": "photo", "ref": "a.png"}]))
        assert scene.presses == ["on0", "on1"]
        seen = []
        for press in ("on1", "on0", "off1", "off0"):
            assert scene.press(press) is Outcome.STAYED
            (drawn,) = scene.effects(Redraw)
            seen.append([row[0].text["*"] for row in drawn.message.buttons])
            assert drawn.part == 1
            assert [one.press for one in drawn.key_buttons] == (["done"] if press != "off0" else [])
        assert seen == [["☐ one", "☑ two"], ["☑ one", "☑ two"], ["☑ one", "☐ two"], ["☐ one", "☐ two"]]
        assert scene.said == []

    def test_a_mark_pressed_twice_stays(self) -> None:
        scene = Scene(asking("multi_choice", LONG))
        assert [scene.press("on1"), scene.press("on1")] == [Outcome.STAYED, Outcome.STALE]
        assert scene.run.data == {"chosen": [1]}

    def test_nothing_marked_is_no_answer(self) -> None:
        scene = Scene(asking("multi_choice", LONG))
        scene.press("on1")
        scene.press("off1")
        assert scene.press("done") is Outcome.STALE


class TestScores:
    def test_a_question_has_none(self) -> None:
        scene = Scene(asking("question"))
        scene.vote(0)
        assert scene.run.scores == {}

    @pytest.mark.parametrize(("place", "points"), [(0, 1), (1, 0)])
    def test_a_quiz_is_right_or_wrong(self, place: int, points: int) -> None:
        scene = Scene(asking("quiz"))
        scene.vote(place)
        assert scene.scored == [(points, 1)]

    @pytest.mark.parametrize(
        ("right", "chosen", "points"),
        [
            ([0, 2], (0, 2), 1),
            ([0, 2], (0,), 0.5),
            ([0, 2], (0, 1), 0.5),
            ([0, 2], (0, 1, 2), 0.5),
            ([0, 2], (1,), 0),
            ([0], (0,), 1),
            ([0], (1, 2), 0),
            ([0, 1, 2], (0, 1, 2), 1),
            ([], (0, 1, 2), 0),
            ([], (1,), 0.5),
        ],
    )
    def test_multiple_choice(self, right: list[int], chosen: tuple[int, ...], points: float) -> None:
        answers = [{"text": text, "correct": place in right} for place, text in enumerate("abc")]
        scene = Scene(asking("multi_choice", "Which?", *answers))
        scene.vote(*chosen)
        assert scene.scored == [(points, 1)]
        assert scene.answers == ["; ".join("abc"[place] for place in chosen)]


class TestMultipleChoiceFeedback:
    SUMMARIES: ClassVar = {
        "feedback_correct": "All right",
        "feedback_partial": "Almost",
        "feedback_incorrect": "No",
    }

    @pytest.mark.parametrize(
        ("chosen", "said"),
        [
            ((0,), ["First", "All right"]),
            ((0, 1), ["First", "Second", "Almost"]),
            ((1,), ["Second", "No"]),
        ],
    )
    def test_each_chosen_answer_s_then_one_summary(self, chosen: tuple[int, ...], said: list[str]) -> None:
        scene = Scene(asking("multi_choice", **self.SUMMARIES))
        scene.vote(*chosen)
        assert scene.said == said

    def test_the_order_of_the_votes_is_not_that_of_the_feedback(self) -> None:
        scene = Scene(asking("multi_choice"))
        scene.vote(1, 0)
        assert scene.said == ["First", "Second"]

    @pytest.mark.parametrize("text", ["Which?", LONG])
    def test_its_button_comes_when_it_is_over_and_waits(self, text: str) -> None:
        scene = Scene(asking("multi_choice", text, **self.SUMMARIES, button="On"), message("next"))
        if text == LONG:
            scene.press("on0")
            scene.press("done")
        else:
            scene.vote(0)
        assert scene.said == ["First", "All right"]
        assert scene.presses == ["next"]
        assert scene.flow.steps[0].expects(scene.run.data) == "button-expects"
        assert scene.vote(1) is Outcome.STALE
        assert scene.press("on1") is Outcome.STALE
        assert scene.press("next") is Outcome.MOVED
        assert scene.said == ["next"]
        assert (scene.answers, scene.scored) == (["one"], [(1, 1)])

    def test_without_feedback_the_button_stands_below_a_text_of_ours(self) -> None:
        answers = [{"text": "a", "correct": True}, {"text": "b"}]
        scene = Scene(asking("multi_choice", "Which?", *answers, button="On"))
        scene.vote(0)
        assert scene.said == ["step-over"]
        assert scene.presses == ["next"]
        scene.press("next")
        assert scene.run.status is RunStatus.COMPLETED


class TestRule2:
    """`correct: no`, `correct: "no"`, missing: all mean wrong; exactly one answer of a quiz is right."""

    ROWS: ClassVar = [
        ({"correct": False}, False),
        ({"correct": "no"}, False),
        ({"correct": "No"}, False),
        ({"correct": "false"}, False),
        ({"correct": None}, False),
        ({}, False),
        ({"correct": True}, True),
        ({"correct": "yes"}, True),
        ({"correct": "true"}, True),
    ]

    @staticmethod
    def read(fields: dict[str, Any], quiz: type[QuizStep] = QuizStep) -> bool:
        """Beside an answer that is right, one more right one is refused."""
        other = {"text": "b", "correct": True}
        try:
            quiz(key="q", text="?", answers=[{"text": "a", **fields}, other])
        except ValidationError:
            return True
        return False

    @pytest.mark.parametrize(("fields", "correct"), ROWS)
    def test_it_is_read(self, fields: dict[str, Any], correct: bool) -> None:
        assert self.read(fields) is correct

    def test_planted_any_text_that_is_not_empty_is_right(self) -> None:
        class Truthy(JudgedAnswer):
            correct: Annotated[bool, BeforeValidator(bool)] = False

        class Planted(QuizStep):
            answers: tuple[Truthy, ...]

        wrongly = [fields for fields, correct in self.ROWS if self.read(fields, Planted) is not correct]
        assert wrongly == [{"correct": "no"}, {"correct": "No"}, {"correct": "false"}]

    @pytest.mark.parametrize(("right", "count"), [([], 0), ([0, 1], 2)])
    def test_no_or_two_right_answers_are_an_error_with_its_place(self, right: list[int], count: int) -> None:
        answers = [{"text": text, "correct": place in right} for place, text in enumerate("ab")]
        with pytest.raises(FlowInvalid) as caught:
            flow_of(message(), asking("quiz", "?", *answers))
        (problem,) = caught.value.problems
        assert problem.path == "steps.1"
        assert problem.text == f"exactly one answer of a quiz is `correct`, here {count} are"


class TestRule3:
    """The score is stored whether or not there is feedback."""

    FEEDBACK = ({}, {"feedback": "Well"})

    @staticmethod
    def score(feedback: dict[str, str], step: type[QuizStep | MultiChoiceStep]) -> Score | None:
        answers = [{"text": "a", "correct": True, **feedback}, {"text": "b"}]
        asked = step(key="q", text="?", answers=answers)
        result = asked.on(PollAnswered(1, (0,)), View(), START, Here(1, {}, START, START))
        assert isinstance(result, Leave)
        return result.score

    @pytest.mark.parametrize("kind", [QuizStep, MultiChoiceStep])
    @pytest.mark.parametrize("feedback", FEEDBACK)
    def test_with_and_without(self, kind: type[QuizStep], feedback: dict[str, str]) -> None:
        assert self.score(feedback, kind) == Score(1, 1)

    def test_planted_the_score_comes_with_the_feedback(self) -> None:
        class Planted(QuizStep):
            def on(self, *args: Any) -> Any:
                result = super().on(*args)
                return result if result.effects else replace(result, score=None)

        assert [self.score(one, Planted) == Score(1, 1) for one in self.FEEDBACK] == [False, True]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ({"type": "question", "text": "?"}, "is missing"),
        ({"type": "question", "answers": [{"text": "a"}]}, "is missing"),
        ({"type": "question", "text": "?", "answers": []}, "too few entries"),
        ({"type": "question", "text": "?", "answers": [{"text": "a", "correct": True}]}, "not known here"),
        (
            {"type": "question", "text": "?", "answers": [{"text": "a", "feedback": "x" * 4097}]},
            "allows 4096",
        ),
        (
            {"type": "quiz", "text": "?", "answers": [{"text": "a", "correct": "perhaps"}]},
            "neither yes nor no",
        ),
    ],
)
def test_what_is_no_question_is_refused(step: dict[str, Any], problem: str) -> None:
    with pytest.raises(FlowInvalid, match=problem):
        flow_of(step)
