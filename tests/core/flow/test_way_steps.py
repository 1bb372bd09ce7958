"""audio, message and jump options, delay, end, section, set, tag, branch; open lessons; delayed stop-lessons."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from flow_scene import FEEDBACK, START, Scene, assignment, flow_of, lesson, message
from test_asking_steps import asking

from core.flow.checks import check_flow
from core.flow.definition import FlowInvalid, Problem, dump_flow, parse_flow
from core.flow.effects import AskCondition, Say, SetTag, SetVariable, WakeAt
from core.flow.events import ConditionAnswered, Hurried, Released, Retimed, Reviewed, Verdict
from core.flow.history import Outcome
from core.flow.run import RunStatus, View
from core.text.message import ParseMode
from core.text.refusal import words
from services.content.messages.rendering import calls_of

DAY = timedelta(days=1)
SOUND = {"kind": "audio", "ref": "a.mp3"}


class TestAudio:
    @pytest.mark.parametrize(
        ("fields", "calls"),
        [
            ({}, [("sendAudio", None)]),
            ({"text": "Listen"}, [("sendAudio", "Listen")]),
            ({"text": "Listen", "link_preview": False}, [("sendAudio", None), ("sendMessage", "Listen")]),
            ({"text": "x" * 4096, "link_preview": False}, [("sendAudio", None), ("sendMessage", "x" * 4096)]),
        ],
    )
    def test_plays_and_goes_on(self, fields: dict[str, Any], calls: list[tuple[str, str | None]]) -> None:
        scene = Scene({"type": "audio", "media": [SOUND], **fields}, message("next"))
        *said, following = scene.effects(Say)
        assert following.message.text == {"*": "next"}
        made = [call for one in said for call in calls_of(one.message, [])]
        words = [call.get("caption") or call.get("text") for _, call in made]
        assert [
            (method, word and word["c"]["*"]) for (method, _), word in zip(made, words, strict=True)
        ] == calls

    @pytest.mark.parametrize(
        ("fields", "problem"),
        [
            ({}, "is missing"),
            ({"media": []}, "too few entries"),
            ({"media": [SOUND], "text": "x" * 1025}, "Telegram allows 1024"),
        ],
    )
    def test_what_cannot_be_played_is_refused(self, fields: dict[str, Any], problem: str) -> None:
        with pytest.raises(FlowInvalid, match=problem):
            flow_of({"type": "audio", **fields})


class TestOptionsThatWait:
    OPTIONS: ClassVar = [
        {"text": "On"},
        {"text": "There", "goto": "s3"},
        {"text": "Tomorrow", "wait": "1d", "wait_text": "See you", "goto": "s3"},
        {"text": "Later", "wait": "2h"},
    ]

    def ask(self, kind: str) -> Scene:
        return Scene(
            {"type": kind, "text": "Where?", "options": self.OPTIONS}, message("next"), message("far")
        )

    @pytest.mark.parametrize("kind", ["message", "jump"])
    @pytest.mark.parametrize(
        ("option", "said", "wait", "then"),
        [
            ("1", ["next", "far"], None, None),
            ("2", ["far"], None, None),
            ("3", ["See you"], DAY, ["far"]),
            ("4", [], timedelta(hours=2), ["next", "far"]),
        ],
    )
    def test_the_ways(
        self, kind: str, option: str, said: list[str], wait: timedelta | None, then: list[str] | None
    ) -> None:
        scene = self.ask(kind)
        assert (scene.said, scene.presses) == (["Where?"], ["1", "2", "3", "4"])
        assert scene.flow.steps[0].expects(scene.run.data) == "button-expects"
        scene.press(option)
        assert scene.said == said
        assert [one.at - START for one in scene.effects(WakeAt)] == ([wait] if wait else [])
        if wait:
            assert scene.flow.steps[0].expects(scene.run.data) is None
            assert scene.ring("wait", hours=1) is Outcome.STAYED
            assert scene.effects(WakeAt)[0].at == START + wait
            assert scene.ring("wait", seconds=wait.total_seconds()) is Outcome.MOVED
            assert scene.said == then
        assert scene.answers == [self.OPTIONS[int(option) - 1]["text"]]

    def test_while_it_waits_other_buttons_mean_nothing_and_it_can_be_hurried(self) -> None:
        scene = self.ask("jump")
        scene.press("3")
        assert [scene.press("1"), scene.press("3"), scene.ring("other")] == [Outcome.STALE] * 3
        assert scene.send(Hurried(1)) is Outcome.MOVED
        assert scene.said == ["far"]
        assert scene.ring("wait", visit=1, days=2) is Outcome.STALE

    def test_before_a_choice_there_is_nothing_to_hurry(self) -> None:
        scene = self.ask("jump")
        assert [scene.send(Hurried(1)), scene.ring("wait", days=9)] == [Outcome.STALE] * 2

    @pytest.mark.parametrize(
        ("step", "problem"),
        [
            ({"type": "jump", "text": "?"}, "is missing"),
            ({"type": "jump", "text": "?", "options": []}, "too few entries"),
            ({"type": "jump", "text": "?", "options": [{"text": "a", "wait_text": "b"}]}, "needs `wait`"),
            ({"type": "jump", "text": "?", "options": [{"text": "a", "wait": "soon"}]}, "no interval"),
            ({"type": "jump", "options": [{"text": "a"}]}, "is missing"),
        ],
    )
    def test_what_is_no_jump_is_refused(self, step: dict[str, Any], problem: str) -> None:
        with pytest.raises(FlowInvalid, match=problem):
            flow_of(step)


class TestDelayThatAsks:
    DELAY: ClassVar = {"type": "delay", "text": "Rest", "continue": "Go on?", "goto": "s3"}

    def start(self, **fields: Any) -> Scene:
        return Scene({**self.DELAY, **fields}, message("no"), message("yes"))

    def test_it_waits_a_day_then_asks(self) -> None:
        scene = self.start()
        assert (scene.said, scene.effects(WakeAt)[0].at) == (["Rest"], START + DAY)
        assert scene.flow.steps[0].expects(scene.run.data) is None
        assert scene.press("yes") is Outcome.STALE
        assert scene.ring("delay", hours=1) is Outcome.STAYED
        scene.ring("delay", hours=23)
        assert scene.said == ["Go on?"]
        assert scene.flow.steps[0].expects(scene.run.data) == "button-expects"
        assert scene.press("yes") is Outcome.MOVED
        assert scene.said == ["yes"]

    def test_no_asks_again_a_day_later_any_number_of_times(self) -> None:
        scene = self.start(wait="2d")
        for _ in range(3):
            assert scene.ring("delay", days=2) is Outcome.STAYED
            assert scene.said == ["Go on?"]
            assert scene.ring("delay", days=2) is Outcome.STALE
            assert scene.press("no") is Outcome.STAYED
            assert scene.press("no") is Outcome.STALE
            assert scene.effects(WakeAt) == []
        assert scene.run.data["until"] == (scene.now + timedelta(days=2)).isoformat()

    @pytest.mark.parametrize(
        ("fields", "presses", "texts"),
        [
            ({}, ["yes", "no"], ["yes", "no"]),
            ({"yes_text": "Sure", "no_text": "Later"}, ["yes", "no"], ["Sure", "Later"]),
            ({"no_text": "Later"}, ["no", "yes"], ["Later", "yes"]),
        ],
    )
    def test_its_buttons(self, fields: dict[str, str], presses: list[str], texts: list[str]) -> None:
        scene = self.start(**fields)
        scene.send(Hurried(1))
        (said,) = scene.effects(Say)
        assert scene.presses == presses
        labels = [row[0].text["*"] for row in said.message.buttons]
        assert labels + [str(one.text_key) for one in said.key_buttons] == texts

    def test_it_is_written_as_it_is_read(self) -> None:
        flow = flow_of(self.DELAY)
        assert dump_flow(flow)["steps"][0] == {"key": "s1", **self.DELAY}
        assert parse_flow(dump_flow(flow)) == flow

    @pytest.mark.parametrize("kind", ["delay", "end"])
    def test_their_texts_have_markup_too(self, kind: str) -> None:
        wait = {"wait": "1d"} if kind == "delay" else {}
        scene = Scene({"type": kind, "text": "*x*", "parse_mode": "MARKDOWN", "media": [SOUND], **wait})
        (said,) = scene.effects(Say)
        assert said.message.parse_mode is ParseMode.MARKDOWN
        assert said.message.media[0].ref == "a.mp3"


class TestSection:
    STARTS = START + timedelta(days=3)

    def start(self, **view: Any) -> Scene:
        return Scene({"type": "section", "title": "Part"}, message("inside"), view=View(**view))

    def test_it_says_nothing(self) -> None:
        assert self.start().said == ["inside"]

    @pytest.mark.parametrize("sections", [{"s2": STARTS}, {"s1": START}, {"s1": START - DAY}])
    def test_without_a_time_to_come_it_goes_on(self, sections: dict[str, datetime]) -> None:
        assert self.start(sections=sections).said == ["inside"]

    def test_it_waits_for_its_cohort(self) -> None:
        scene = self.start(sections={"s1": self.STARTS})
        assert (scene.said, scene.effects(WakeAt)[0].at) == ([], self.STARTS)
        assert scene.ring("section", days=1) is Outcome.STAYED
        assert scene.effects(WakeAt)[0].at == self.STARTS
        assert scene.ring("other", days=9) is Outcome.STALE
        assert scene.ring("section") is Outcome.MOVED
        assert scene.said == ["inside"]

    def test_another_time_moves_it(self) -> None:
        scene = self.start(sections={"s1": self.STARTS})
        assert scene.send(Retimed()) is Outcome.STALE
        scene.view = View(sections={"s1": self.STARTS + DAY})
        assert scene.send(Retimed()) is Outcome.STAYED
        assert scene.effects(WakeAt)[0].at == self.STARTS + DAY
        assert scene.ring("section", days=3) is Outcome.STAYED
        scene.view = View()
        assert scene.send(Retimed()) is Outcome.MOVED

    def test_it_can_be_hurried_and_opened(self) -> None:
        assert self.start(sections={"s1": self.STARTS}).send(Hurried(1)) is Outcome.MOVED
        assert self.start(sections={"s1": self.STARTS}, open_all=True).said == ["inside"]


class TestOpenLessons:
    LESSONS = tuple(lesson(f"day {day}", drip={"day": day}) for day in (1, 5, 9))

    def test_no_lesson_waits_for_its_day(self) -> None:
        assert Scene(*self.LESSONS, view=View(open_all=True)).said == ["day 1", "day 5", "day 9"]

    def test_what_waits_is_opened(self) -> None:
        scene = Scene(*self.LESSONS)
        scene.view = View(open_all=True)
        assert scene.send(Retimed(), hours=1) is Outcome.MOVED
        assert scene.said == ["day 5", "day 9"]

    def test_a_lesson_of_a_weekday_and_of_a_date(self) -> None:
        monday = lesson("monday", drip={"weekday": "monday", "at": "19:00"})
        scene = Scene(monday, lesson("date", drip={"date": "2030-02-01"}), view=View(zone="Europe/Moscow"))
        wall = datetime.fromisoformat("2030-01-07T19:00")
        (wake,) = scene.effects(WakeAt)
        assert (wake.wall, wake.zone, wake.at.hour) == (wall, "Europe/Moscow", 16)
        scene.ring("due", days=7)
        assert scene.said == ["monday"]
        assert scene.effects(WakeAt)[0].wall == datetime.fromisoformat("2030-02-01T09:00")


class TestDelayedStopLesson:
    def start(self) -> Scene:
        scene = Scene(assignment(stop="delayed"), lesson("next", drip={"day": 2}), message(), view=FEEDBACK)
        assert scene.run.step == "s2"
        scene.write()
        return scene

    @pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.NEEDS_WORK])
    def test_the_course_goes_on_meanwhile(self, verdict: Verdict) -> None:
        scene = self.start()
        assert scene.send(Reviewed(1, verdict, 1)) is Outcome.STAYED
        assert scene.run.status is RunStatus.ACTIVE
        scene.ring("due", days=1)
        assert scene.run.status is RunStatus.COMPLETED

    def test_it_locks_when_the_work_is_rejected_until_it_is_released(self) -> None:
        scene = self.start()
        scene.send(Reviewed(1, Verdict.REJECTED, 1))
        assert (scene.run.status, scene.run.held_for) == (RunStatus.HELD, "rejected")
        assert scene.said == ["assignment-rejected"]
        scene.ring("due", days=1)
        assert scene.said == []
        scene.send(Released())
        assert scene.said == ["next", "hello"]

    @pytest.mark.parametrize(("stop", "waits"), [(True, True), ("yes", True), (False, False), ("no", False)])
    def test_the_other_two_do_not_lock(self, stop: Any, waits: bool) -> None:
        scene = Scene(assignment(stop=stop), lesson(drip={"day": 9}), view=FEEDBACK)
        assert (scene.run.step == "s1") is waits
        scene.write()
        scene.send(Reviewed(1, Verdict.REJECTED, 1))
        assert scene.run.status is RunStatus.ACTIVE

    def test_any_other_word_is_refused(self) -> None:
        with pytest.raises(FlowInvalid, match="delayed"):
            flow_of(assignment(stop="perhaps"))


class TestSetAndTag:
    def test_they_say_what_is_to_be_kept_and_go_on(self) -> None:
        sets = {"type": "set", "name": "goal", "value": "to read"}
        scene = Scene(sets, {"type": "tag", "add": "new", "remove": "old"}, message())
        assert scene.last.effects[:3] == (
            SetVariable(name="goal", value="to read", step="s1", visit=1),
            SetTag(name="old", present=False, step="s2", visit=2),
            SetTag(name="new", present=True, step="s2", visit=2),
        )
        assert scene.said == ["hello"]

    def test_a_variable_of_one_s_own_may_stand_in_texts(self) -> None:
        sets = {"type": "set", "name": "goal", "value": "x"}
        assert check_flow(flow_of(sets, message("{{user.goal}}"))) == []
        assert check_flow(flow_of(message("{{user.goal}}")))

    @pytest.mark.parametrize(
        "step",
        [
            {"type": "set", "name": "a b", "value": "x"},
            {"type": "set", "name": "a"},
            {"type": "tag"},
            {"type": "tag", "add": ""},
        ],
    )
    def test_what_changes_nothing_is_refused(self, step: dict[str, Any]) -> None:
        with pytest.raises(FlowInvalid):
            flow_of(step)


def case(when: str, goto: str | None = "s3", **params: Any) -> dict[str, Any]:
    return {"when": when, "params": params, "goto": goto}


def branch(*cases: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "branch", "cases": list(cases), **fields}


class TestBranch:
    VIEW = View(rights=frozenset({"feedback"}))

    def way(self, *cases: dict[str, Any], **fields: Any) -> str:
        scene = Scene(branch(*cases, **fields), message("else"), message("case"), view=self.VIEW)
        return scene.said[0]

    @pytest.mark.parametrize(
        ("one", "holds"),
        [
            (case("right", name="feedback"), True),
            (case("right", name="calls"), False),
            (case("score", percent=0), False),
        ],
    )
    def test_what_the_run_knows(self, one: dict[str, Any], holds: bool) -> None:
        assert self.way(one) == ("case" if holds else "else")

    @pytest.mark.parametrize(
        ("percent", "prefix", "holds"),
        [(50, "q_", True), (51, "q_", False), (100, "q_1", True), (33, "", True), (34, "", False)],
    )
    def test_scores_under_a_prefix(self, percent: float, prefix: str, holds: bool) -> None:
        quizzes = [asking("quiz") | {"key": key} for key in ("q_1", "q_2", "quality")]
        scores = branch(case("score", "there", percent=percent, prefix=prefix))
        scene = Scene(*quizzes, scores, message("else", key="m"), message("case", key="there"))
        for place in (0, 1, 1):
            scene.vote(place)
        assert scene.said[1] == ("case" if holds else "else")

    def test_the_first_case_that_holds_wins(self) -> None:
        yes, no = case("right", name="feedback"), case("right", name="calls")
        assert self.way({**yes, "goto": None}, yes) == "else"
        assert self.way(no, yes) == "case"

    def test_otherwise_else_or_in_order(self) -> None:
        no = case("right", goto="s1", name="calls")
        assert self.way(no, **{"else": "s3"}) == "case"
        assert self.way(no) == "else"
        assert self.way(no, **{"else": "nowhere"}) == "else"

    def test_what_only_the_database_knows_is_asked_one_by_one(self) -> None:
        cases = (
            case("paid"),
            case("right", name="calls"),
            case("tag", name="vip"),
            case("utm", source="vk"),
        )
        scene = Scene(branch(*cases), message("else"), message("case"))
        asked = [scene.effects(AskCondition)[0]]
        for _ in range(2):
            event = ConditionAnswered(1, holds=False, question=asked[-1].question)
            assert scene.send(event) is Outcome.STAYED
            asked += scene.effects(AskCondition)
            assert scene.send(event) is Outcome.STALE
        assert [(one.name, one.params, one.question) for one in asked] == [
            ("paid", {}, 0),
            ("tag", {"name": "vip"}, 2),
            ("utm", {"source": "vk"}, 3),
        ]
        assert scene.flow.steps[0].expects(scene.run.data) is None
        scene.send(ConditionAnswered(1, holds=True, question=3))
        assert scene.said == ["case"]

    def test_joined_conditions_are_asked_as_one(self) -> None:
        joined = {"any": [{"tag": "warm"}, {"not": "has_paid"}]}
        scene = Scene(branch({"when": joined, "goto": "s3"}), message("else"), message("case"))
        [asked] = scene.effects(AskCondition)
        assert (asked.name, asked.params) == ("all", {"of": [joined]})
        scene.send(ConditionAnswered(1, holds=True))
        assert scene.said == ["case"]

    def test_the_last_no_leads_on(self) -> None:
        scene = Scene(branch(case("paid")), message("else"), message("case"))
        scene.send(ConditionAnswered(1, holds=False))
        assert scene.said == ["else", "case"]

    def test_a_split_gives_each_way_its_share(self) -> None:
        ways = [{"share": 3, "goto": "s2"}, {"share": 1, "goto": "s3"}]
        seen: Counter[str] = Counter()
        for seed in range(1000):
            split = {"type": "branch", "split": ways}
            scene = Scene(split, message("a"), message("b"), view=View(seed=str(seed)))
            seen[scene.said[0]] += 1
        assert 700 < seen["a"] < 800
        assert seen.total() == 1000

    def test_the_lot_of_a_visit_is_drawn_once(self) -> None:
        split = {"type": "branch", "split": [{"goto": "s2"}, {"goto": "s3"}]}
        drawn = {Scene(split, message("a"), message("b"), view=View(seed="7")).said[0] for _ in range(5)}
        assert len(drawn) == 1

    def test_it_is_written_as_it_is_read(self) -> None:
        step = {**branch({"when": "paid", "goto": "s2"}), "else": "s3"}
        flow = flow_of(step, message(), message())
        assert dump_flow(flow)["steps"][0] == {"key": "s1", **step}
        assert check_flow(flow) == []

    def test_lost_ways_are_warnings(self) -> None:
        flow = flow_of(
            branch(case("paid", "x"), **{"else": "y"}), {"type": "branch", "split": [{"goto": "z"}]}
        )
        warned = [(one.path, one.text[9], one.warning) for one in check_flow(flow)]
        assert warned == [("steps.0", "x", True), ("steps.0", "y", True), ("steps.1", "z", True)]

    @pytest.mark.parametrize(
        ("step", "problem"),
        [
            ({"type": "branch"}, "`cases` or a `split`"),
            (branch(case("paid"), split=[{"share": 1}]), "`cases` or a `split`"),
            ({"type": "branch", "split": [{"share": 1}], "else": "a"}, "no `else`"),
            ({"type": "branch", "split": [{"share": 0}]}, "more than 0"),
            (branch(case("score", percent=101)), "100 or less"),
            (branch(case("right", name="calls", code="x")), "code: is not known here"),
            (branch(case("Not a name")), "small Latin letters"),
        ],
    )
    def test_what_is_no_branch_is_refused(self, step: dict[str, Any], problem: str) -> None:
        with pytest.raises(FlowInvalid, match=problem):
            flow_of(step)


def test_modules_are_the_beginnings_of_keys() -> None:
    keys = ("intro", "Vocab_1", "Vocab_2", "Ex8_1_a", "Vocab_3", "last")
    flow = flow_of(*(message(key=key) for key in keys))
    assert [flow.module_of(key) for key in keys] == ["", "Vocab", "Vocab", "Ex8", "Vocab", ""]
    assert flow.modules() == ("Vocab", "Ex8")
    assert (flow.next_module("Vocab"), flow.next_module("Ex8"), flow.next_module("x")) == ("Ex8", None, None)
    assert (flow.previous_module("Ex8"), flow.previous_module("Vocab")) == ("Vocab", None)


def test_lost_gotos_of_every_kind_are_warnings() -> None:
    steps = [
        {"type": "jump", "text": "?", "options": [{"text": "a", "goto": "lost"}]},
        {"type": "delay", "wait": "1d", "goto": "lost"},
    ]
    why = words("refused-goto", target="lost")
    assert check_flow(flow_of(*steps)) == [
        Problem(f"steps.{n}", why, warning=True, code="goto", detail="lost") for n in range(2)
    ]
