"""input, test and revision: what is scored, how it is summed up, what is repeated."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from flow_scene import START, Scene, flow_of, message
from test_asking_steps import asking

from core.flow.checks import check_flow
from core.flow.definition import FlowInvalid, dump_flow, parse_flow
from core.flow.effects import Say
from core.flow.events import Entered, Moved
from core.flow.history import Outcome
from core.flow.run import Detour, RunStatus, View
from core.flow.scoring import Score, latest_scores, total_score
from core.flow.steps.base import Here, Leave
from core.flow.steps.revision import RevisionStep
from core.flow.steps.test import ResultStep
from core.text.message import ParseMode


def asks(**fields: Any) -> dict[str, Any]:
    return {"type": "input", "text": "Say it", **fields}


class TestInput:
    @pytest.mark.parametrize(
        ("kind", "expected", "given", "points"),
        [
            ("text", "Paris", "Paris", 1),
            ("text", "Paris", "  pARIS \n", 1),
            ("text", " Paris ", "paris", 1),
            ("text", "Ёлка", "ёлка", 1),
            ("text", "й", "и\u0306", 1),
            ("text", "no", "NO", 1),
            ("text", "Paris", "in Paris", 0),
            ("text", "Paris", "x" * 10_000, 0),
            ("text", "1, 2, 3", "123", 0),
            ("text", {"ru": "Да", "en": "Yes"}, "yes", 1),
            ("sequence", "1,2,3", "1 2 3", 1),
            ("sequence", "123", "1,2,3", 1),
            ("sequence", "1 2 3", "it is 1, then 2 and 3!", 1),
            ("sequence", 123, "123", 1),
            ("sequence", "123", "321", 0),
            ("sequence", "123", "1234", 0),
            ("sequence", "123", "one", 0),
        ],
    )
    def test_a_right_answer_is_a_point(self, kind: str, expected: Any, given: str, points: int) -> None:
        step = asks(correct_answer=expected, feedback_correct="Yes", feedback_incorrect="No", input_type=kind)
        scene = Scene(step, message("next"))
        assert scene.said == ["Say it"]
        assert scene.write(given) is Outcome.MOVED
        assert scene.scored == [(points, 1)]
        assert scene.said == ["Yes" if points else "No", "next"]
        assert scene.answers == [given.strip()[:4096]]

    def test_it_needs_no_feedback_to_count(self) -> None:
        scene = Scene(asks(correct_answer="a"))
        scene.write("a")
        assert (scene.said, scene.scored) == ([], [(1, 1)])

    @pytest.mark.parametrize("given", ["anything", "y" * 10_000, "0"])
    def test_without_a_right_answer_any_is_taken_and_kept(self, given: str) -> None:
        scene = Scene(asks(feedback_correct="Thank you", feedback_incorrect="never"))
        scene.write(given)
        assert scene.said == ["Thank you"]
        assert scene.answers == [given[:4096]]
        assert scene.run.scores == {}

    @pytest.mark.parametrize(
        ("kind", "expects"), [("text", "input-expects"), ("sequence", "sequence-expects")]
    )
    @pytest.mark.parametrize(
        "reply",
        [{"text": ""}, {"text": " \n"}, {"text": "a caption", "media": "photo"}, {"media": "sticker"}],
    )
    def test_what_is_no_text_is_told_what_is_expected_and_waits_on(
        self, kind: str, expects: str, reply: dict[str, str]
    ) -> None:
        scene = Scene(asks(input_type=kind))
        assert scene.write(**{"text": "", **reply}) is Outcome.STAYED
        assert scene.said == [expects]
        assert scene.flow.steps[0].expects(scene.run.data) == expects
        scene.write("1 at last", number=2)
        assert scene.answers == ["1 at last"]

    def test_an_album_is_refused_once(self) -> None:
        scene = Scene(asks())
        scene.write("", media="photo", group="album", number=1)
        assert scene.write("", media="photo", group="album", number=2) is Outcome.STAYED
        assert scene.said == []

    def test_presses_and_votes_mean_nothing(self) -> None:
        scene = Scene(asks())
        assert [scene.press("1"), scene.vote(0)] == [Outcome.STALE] * 2

    @pytest.mark.parametrize(
        ("fields", "problem"),
        [
            ({"input_type": "sequence", "correct_answer": "one"}, "has digits"),
            ({"input_type": "number"}, "text"),
            ({"correct_answer": ""}, "blank"),
            ({"correct_answer": True}, "no map"),
        ],
    )
    def test_what_cannot_be_answered_is_refused(self, fields: dict[str, Any], problem: str) -> None:
        with pytest.raises(FlowInvalid, match=problem):
            flow_of(asks(**fields))


def sums_up(**fields: Any) -> dict[str, Any]:
    return {"type": "test", "text": "{score} of {maxscore}", "prefix": "q_", **fields}


def keyed(**steps: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**step, "key": key} for key, step in steps.items()]


def answered(*points: float, **fields: Any) -> Scene:
    """A test after as many inputs as there are points."""
    inputs = [{**asks(correct_answer="right"), "key": f"q_{n}"} for n in range(len(points))]
    scene = Scene(*inputs, {**sums_up(**fields), "key": "sum"})
    for number, one in enumerate(points):
        scene.write("right" if one else "wrong", number=number)
    return scene


class TestTest:
    @pytest.mark.parametrize(
        ("points", "said"),
        [((1, 1, 0), "2 of 3"), ((0, 0), "0 of 2"), ((1,), "1 of 1")],
    )
    def test_it_says_the_points(self, points: tuple[float, ...], said: str) -> None:
        assert answered(*points).said == [said]

    @pytest.mark.parametrize(("language", "said"), [("ru", "1,5 of 2"), ("en", "1.5 of 2")])
    def test_half_a_point_is_written_as_her_language_does(self, language: str, said: str) -> None:
        one, two = asking("multi_choice"), asking("quiz")
        scene = Scene(*keyed(q_1=one, q_2=two, sum=sums_up()), view=View(language=language))
        scene.vote(0, 1)
        scene.vote(0)
        assert scene.said[-1] == said

    def test_what_is_not_answered_does_not_count(self) -> None:
        skips = message("Skip?", options=[{"text": "yes", "goto": "sum"}])
        scene = Scene(*keyed(q_1=asking("quiz"), m=skips, q_2=asking("quiz"), sum=sums_up()))
        scene.vote(0)
        scene.press("1")
        assert scene.said == ["1 of 1"]

    def test_nothing_to_reach_is_no_mistake(self) -> None:
        scene = Scene(sums_up(score={"0": "Perfect", "100": "Oh"}))
        assert scene.said == ["0 of 0\n\nPerfect"]

    def test_a_text_in_a_language_has_the_band_of_that_language(self) -> None:
        text = {"ru": "{score} из {maxscore}", "en": "{score} of {maxscore}"}
        view = View(language="en")
        scene = Scene(sums_up(text=text, score={100: {"ru": "Хорошо", "en": "Good {score}"}}), view=view)
        assert scene.said == ["0 of 0\n\nGood 0"]

    def test_with_a_button_it_waits(self) -> None:
        scene = Scene(sums_up(button="On", parse_mode="MARKDOWN"), message("next"))
        assert (scene.said, scene.presses) == (["0 of 0"], ["next"])
        assert scene.effects(Say)[0].message.parse_mode is ParseMode.MARKDOWN
        assert scene.flow.steps[0].expects(scene.run.data) == "button-expects"
        assert scene.press("1") is Outcome.STALE
        scene.press("next")
        assert scene.said == ["next"]

    def test_the_bands_round_trip(self) -> None:
        flow = flow_of(sums_up(score={100: "c", "20": "a", "65.5": {"ru": "б", "en": "b"}}))
        document = dump_flow(flow)
        assert document["steps"][0]["score"] == {"20": "a", "65.5": {"ru": "б", "en": "b"}, "100": "c"}
        assert parse_flow(document) == flow

    @pytest.mark.parametrize(
        ("score", "problem"),
        [
            ({"a few": "x"}, "no share of mistakes"),
            ({101: "x"}, "no share of mistakes"),
            ({-1: "x"}, "no share of mistakes"),
            ({"nan": "x"}, "no share of mistakes"),
            ({20: "x", "20": "y"}, "stands twice"),
            ({20: " "}, "blank"),
            ({20: "x" * 4090}, "text and bands take"),
            (["x"], "no map"),
        ],
    )
    def test_what_are_no_bands_is_refused(self, score: Any, problem: str) -> None:
        with pytest.raises(FlowInvalid, match=problem):
            flow_of(sums_up(score=score))

    @pytest.mark.parametrize("kind", ["test", "revision"])
    def test_a_prefix_of_nothing_is_a_warning(self, kind: str) -> None:
        step = {"type": kind, "text": "x", "prefix": "z_"}
        flow = flow_of(step | ({"no_mistakes": "none"} if kind == "revision" else {}))
        (problem,) = check_flow(flow)
        assert problem.warning
        assert str(problem) == "steps.0.prefix: no step's key starts with “z_”"


class TestRule1:
    """Band keys are numbers, also when quoted: the first that is not below the share of mistakes is said."""

    BANDS: ClassVar = {"100": "bad", "20": "good", "65": "fair"}
    ROWS: ClassVar = [
        (0, "good"),
        (5, "good"),
        (20, "good"),
        (20.1, "fair"),
        (65, "fair"),
        (66, "bad"),
        (100, "bad"),
    ]

    @staticmethod
    def check(find: Callable[[float], Any], rows: list[tuple[float, str]]) -> list[float]:
        """The shares for which the wrong band is found."""
        return [mistakes for mistakes, band in rows if find(mistakes) != {"*": band}]

    @pytest.mark.parametrize(
        "bands", [BANDS, {20: "good", 65: "fair", 100: "bad"}, {"20%": "good", 65.0: "fair", "100 ": "bad"}]
    )
    def test_the_bands(self, bands: Mapping[Any, str]) -> None:
        step = ResultStep(key="t", text="x", prefix="", score=bands)
        assert self.check(step.find_band, self.ROWS) == []

    def test_planted_keys_are_compared_as_text(self) -> None:
        def find(mistakes: float) -> dict[str, str] | None:
            bands = sorted(self.BANDS.items())
            return next(({"*": text} for key, text in bands if key >= f"{mistakes:g}"), None)

        assert self.check(find, self.ROWS) == [0, 5, 66]

    def test_no_fitting_band_adds_nothing(self) -> None:
        assert answered(0, 0, score={"20": "good"}).said == ["0 of 2"]

    @pytest.mark.parametrize(
        ("points", "said"), [((1, 1, 1, 1, 1), "good"), ((1, 1, 0), "fair"), ((0, 0, 1), "bad")]
    )
    def test_they_are_said(self, points: tuple[float, ...], said: str) -> None:
        assert answered(*points, score=self.BANDS).said[0].split("\n\n")[1] == said


class TestRule4:
    """Totals count each element's latest attempt once, by an exact prefix, never the test itself."""

    SCORES: ClassVar = {
        "q_1": Score(1, 1),
        "q_2": Score(0, 1),
        "quality": Score(1, 1),
        "Q_3": Score(1, 1),
        "aq_1": Score(1, 1),
    }
    ROWS: ClassVar = [
        ("q_", Score(1, 2)),
        ("q", Score(2, 3)),
        ("q_1", Score(1, 1)),
        ("", Score(4, 5)),
        ("%", Score(0, 0)),
    ]

    def check(self, total: Callable[[Mapping[str, Score], str], Score]) -> list[str]:
        return [prefix for prefix, score in self.ROWS if total(self.SCORES, prefix) != score]

    def test_prefixes(self) -> None:
        assert self.check(total_score) == []

    def test_planted_prefixes_are_patterns_of_a_database(self) -> None:
        """`LIKE 'q_%'`: an underscore is any character, and upper case is lower case."""

        def total(scores: Mapping[str, Score], prefix: str) -> Score:
            like = re.compile(re.escape(prefix).replace("_", ".").replace("%", ".*"), re.IGNORECASE)
            found = [score for key, score in scores.items() if like.match(key)]
            return Score(sum(one.points for one in found), sum(one.maximum for one in found))

        assert self.check(total) == ["q_", "q", "%"]

    def test_the_latest_attempt_counts_once(self) -> None:
        again = {
            "type": "jump",
            "text": "Again?",
            "options": [{"text": "yes", "goto": "q_1"}, {"text": "no"}],
        }
        scene = Scene(*keyed(q_1=asking("quiz"), again=again, q_sum=sums_up(button="On"), q_sum2=sums_up()))
        for place, points in ((0, 1), (1, 0)):
            scene.vote(place)
            assert scene.run.scores == {"q_1": Score(points, 1)}
            scene.press("1")
        scene.vote(1)
        scene.press("2")
        assert scene.said == ["0 of 1"]
        scene.press("next")
        assert scene.said == ["0 of 1"]

    def test_planted_every_attempt_counts(self) -> None:
        """Two attempts at one element, summed instead of the latest taken."""
        attempts = [("q_1", Score(1, 1)), ("q_1", Score(0, 1))]

        def sum_all(given: Iterable[tuple[str, Score | None]]) -> dict[str, Score]:
            found: dict[str, Score] = {}
            for element, score in given:
                if score is not None:
                    before = found.get(element, Score(0, 0))
                    found[element] = Score(before.points + score.points, before.maximum + score.maximum)
            return found

        assert total_score(latest_scores(attempts)) == Score(0, 1)
        assert total_score(sum_all(attempts)) != Score(0, 1)

    def test_planted_the_test_counts_itself(self) -> None:
        """A test that left its own points would double them in the next one of the same prefix."""

        class Planted(ResultStep):
            def on(self, *args: Any) -> Any:
                return replace(super().on(*args), score=total_score(args[-1].scores, self.prefix))

        def points_left(step: type[ResultStep]) -> Score | None:
            here = Here(2, {}, START, START, scores={"q_1": Score(1, 1)})
            left = step(key="q_sum", text="x", prefix="q_").on(Entered(), View(), START, here)
            assert isinstance(left, Leave)
            return left.score

        assert points_left(ResultStep) is None
        assert points_left(Planted) is not None


def revises(**fields: Any) -> dict[str, Any]:
    return {"type": "revision", "text": "Once more", "prefix": "q_", "no_mistakes": "All fine", **fields}


class TestRevision:
    def draw(self, scores: dict[str, Score], seed: str = "1", visit: int = 9) -> tuple[str, ...]:
        step = RevisionStep.model_validate({"key": "again", **revises()})
        here = Here(visit, {}, START, START, scores=scores)
        left = step.on(Entered(), View(seed=seed), START, here)
        assert isinstance(left, Leave)
        return left.detour

    RIGHT: ClassVar = {f"q_{n}": Score(1, 1) for n in range(8)}

    def test_each_wrong_element_once_and_two_right_ones(self) -> None:
        wrong = {"q_a": Score(0, 1), "q_b": Score(0.5, 1), "quality": Score(0, 1), "other": Score(0, 1)}
        drawn = self.draw(wrong | self.RIGHT)
        assert drawn[:2] == ("q_a", "q_b")
        assert len(set(drawn)) == len(drawn) == 4
        assert set(drawn[2:]) <= self.RIGHT.keys()

    def test_the_lot_is_the_run_s_and_the_visit_s_own(self) -> None:
        scores = {"q_a": Score(0, 1)} | self.RIGHT
        assert self.draw(scores) == self.draw(scores)
        assert len({self.draw(scores, seed=str(seed)) for seed in range(20)}) > 5
        assert len({self.draw(scores, visit=visit) for visit in range(20)}) > 5
        drawn = {key for seed in range(60) for key in self.draw(scores, seed=str(seed))[1:]}
        assert drawn == self.RIGHT.keys()

    def test_with_fewer_right_ones_there_are_fewer(self) -> None:
        assert self.draw({"q_a": Score(0, 1), "q_b": Score(1, 1)}) == ("q_a", "q_b")

    def test_nothing_wrong_says_so_and_draws_none(self) -> None:
        scene = Scene(*keyed(q_1=asking("quiz"), again=revises(), end=message("next")))
        scene.vote(0)
        assert scene.said == ["First", "All fine", "next"]
        assert scene.run.status is RunStatus.COMPLETED

    def course(self, **fields: Any) -> Scene:
        lost = message("lost", options=[{"text": "x", "goto": "q_1"}])
        return Scene(
            *keyed(
                q_1=asking("quiz", "1?"),
                q_2=asks(text="2?", correct_answer="right"),
                lost=lost,
                again=revises(**fields),
                sum=sums_up(),
            )
        )

    def test_they_come_in_a_chain_and_the_latest_attempt_counts(self) -> None:
        scene = self.course()
        scene.vote(1)
        scene.write("wrong")
        scene.send(Moved("again"))
        assert scene.said == ["Once more", "1?"]
        assert scene.vote(0) is Outcome.MOVED
        assert scene.said == ["First", "2?"]
        scene.write("right", number=2)
        assert scene.said == ["2 of 2"]
        assert scene.run.detour is None

    def test_with_a_button_it_begins_at_the_press(self) -> None:
        scene = self.course(button="Go")
        scene.vote(1)
        scene.write("wrong")
        scene.send(Moved("again"))
        assert (scene.said, scene.presses) == (["Once more"], ["next"])
        assert scene.flow.steps[3].expects(scene.run.data) == "button-expects"
        scene.press("next")
        assert scene.said == ["1?"]

    def test_with_a_button_and_no_mistakes_it_goes_on_at_the_press(self) -> None:
        scene = Scene(revises(button="Go"), message("next"))
        assert (scene.said, scene.presses) == (["All fine"], ["next"])
        scene.press("next")
        assert scene.said == ["next"]

    def test_gotos_of_what_is_repeated_are_ignored(self) -> None:
        """A step that scores has no goto yet; the engine ignores any while a detour lasts."""
        scene = self.course()
        scene.run = replace(scene.run, detour=Detour("again", ("lost", "q_2")))
        scene.vote(0)
        assert scene.run.step == "lost"
        scene.press("1")
        assert scene.run.step == "q_2"
        scene.write("right")
        assert scene.said == ["2 of 2"]
