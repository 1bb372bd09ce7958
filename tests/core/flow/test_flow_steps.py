from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from flow_scene import FEEDBACK, START, Scene, assignment, lesson, message

from core.flow.effects import AskPayment, AskReview, Complete, Grant, Say, SayPriority, WakeAt
from core.flow.events import Hurried, Issued, Paid, Retimed, Reviewed, TimerFired, Verdict
from core.flow.history import Outcome
from core.flow.run import RunStatus, View
from core.rules.local_hour import LocalHour


class TestMessage:
    def test_without_a_button_goes_straight_on(self) -> None:
        scene = Scene(message("one"), message("two"))
        assert scene.said == ["one", "two"]
        assert scene.run.status is RunStatus.COMPLETED

    def test_with_a_button_waits_for_the_press(self) -> None:
        scene = Scene(message("one", button="Go"), message("two"))
        assert scene.said == ["one"]
        assert scene.last.effects[0].message.buttons[0][0].press == "1"
        assert scene.press("1") is Outcome.MOVED
        assert scene.said == ["two"]
        assert scene.answers == ["Go"]

    @pytest.mark.parametrize(
        ("option", "said"), [("1", ["next", "far"]), ("2", ["far"]), ("3", ["next", "far"])]
    )
    def test_options_lead_where_they_say_and_an_unknown_goto_goes_on_in_order(
        self, option: str, said: list[str]
    ) -> None:
        options = [{"text": "on"}, {"text": "jump", "goto": "s3"}, {"text": "lost", "goto": "nowhere"}]
        scene = Scene(message("choose", options=options), message("next"), message("far"))
        scene.press(option)
        assert scene.said == said

    def test_an_option_that_does_not_exist_means_nothing(self) -> None:
        scene = Scene(message("choose", options=[{"text": "on"}]))
        assert scene.press("7") is Outcome.STALE

    def test_options_stand_below_the_message_s_own_buttons(self) -> None:
        site = {"text": "Site", "url": "https://example.org/{{user.user_name}}"}
        scene = Scene(message("choose", buttons=[[site]], options=[{"text": "on"}]))
        rows = scene.last.effects[0].message.buttons
        assert [(row[0].url, row[0].press) for row in rows] == [(site["url"], None), (None, "1")]

    def test_the_answer_is_in_her_language(self) -> None:
        scene = Scene(message(button={"ru": "Дальше", "en": "Next"}), view=View(language="en"))
        scene.press("1")
        assert scene.answers == ["Next"]


class TestLesson:
    @pytest.mark.parametrize(
        ("drip", "wait"),
        [
            ({"day": 2}, timedelta(days=1)),
            ({"day": 8}, timedelta(days=7)),
            ({"after": "1d:2h"}, timedelta(days=1, hours=2)),
            ({"after": "30s"}, timedelta(seconds=30)),
        ],
    )
    def test_waits_until_it_is_due(self, drip: object, wait: timedelta) -> None:
        scene = Scene(lesson(drip=drip))
        assert scene.said == []
        (wake,) = scene.effects(WakeAt)
        assert (wake.at, wake.name, wake.step, wake.visit) == (START + wait, "due", "s1", 1)
        scene.ring("due", seconds=wait.total_seconds())
        assert scene.said == ["a lesson"]

    @pytest.mark.parametrize("drip", ["immediately", {"day": 1}])
    def test_what_is_due_is_given_at_once(self, drip: object) -> None:
        assert Scene(lesson(drip=drip)).said == ["a lesson"]

    def test_a_course_day_is_an_argument(self) -> None:
        scene = Scene(lesson(drip={"day": 3}), view=View(day=timedelta(seconds=10)))
        assert scene.effects(WakeAt)[0].at == START + timedelta(seconds=20)

    def test_a_timer_that_rings_early_is_set_again(self) -> None:
        scene = Scene(lesson(drip={"day": 2}))
        assert scene.ring("due", hours=1) is Outcome.STAYED
        assert scene.effects(WakeAt)[0].at == START + timedelta(days=1)
        assert scene.said == []

    def test_each_lesson_counts_its_days_from_the_start(self) -> None:
        scene = Scene(*(lesson(f"day {day}", drip={"day": day}) for day in (1, 2, 3)))
        assert scene.said == ["day 1"]
        scene.ring("due", days=1)
        assert scene.said == ["day 2"]
        assert scene.effects(WakeAt)[0].at == START + timedelta(days=2)

    def test_an_hour_of_her_clock_is_kept_beside_the_moment(self) -> None:
        scene = Scene(lesson(drip={"day": 2, "at": "09:00"}), view=View(zone="Europe/Moscow"))
        moment = datetime(2030, 1, 2, 6, tzinfo=UTC)
        wall = datetime.fromisoformat("2030-01-02T09:00")
        assert scene.effects(WakeAt) == [
            WakeAt(at=moment, name="due", wall=wall, zone="Europe/Moscow", step="s1", visit=1)
        ]

    def test_another_hour_or_zone_moves_what_waits(self) -> None:
        scene = Scene(lesson(drip={"day": 2, "at": "09:00"}), view=View(zone="Europe/Moscow"))
        assert scene.send(Retimed()) is Outcome.STALE
        scene.view = View(zone="Asia/Tokyo", hour=LocalHour(21))
        assert scene.send(Retimed()) is Outcome.STAYED
        assert scene.effects(WakeAt)[0].at == datetime(2030, 1, 2, 12, tzinfo=UTC)
        assert scene.ring("due", hours=21) is Outcome.STAYED
        assert scene.ring("due", hours=6) is Outcome.MOVED

    def test_an_hour_that_has_passed_gives_the_lesson_at_once(self) -> None:
        scene = Scene(lesson(drip={"day": 2, "at": "21:00"}))
        scene.view = View(hour=LocalHour(6))
        assert scene.send(Retimed(), hours=24) is Outcome.MOVED
        assert scene.said == ["a lesson"]

    def test_a_hurried_lesson_comes_now_and_the_next_one_keeps_its_day(self) -> None:
        scene = Scene(*(lesson(f"day {day}", drip={"day": day}) for day in (1, 2, 3)))
        assert scene.send(Hurried(2), hours=1) is Outcome.MOVED
        assert scene.said == ["day 2"]
        assert scene.effects(WakeAt)[0].at == START + timedelta(days=2)
        assert scene.send(Hurried(2)) is Outcome.STALE
        assert scene.send(TimerFired(2, "due"), hours=23) is Outcome.STALE

    def test_nothing_that_waits_for_a_person_can_be_hurried(self) -> None:
        assert Scene(assignment(stop=True), lesson()).send(Hurried(1)) is Outcome.STALE

    def test_a_changed_clock_does_not_move_what_counts_from_the_start(self) -> None:
        scene = Scene(lesson(drip={"after": "1d"}))
        scene.view = View(zone="Asia/Tokyo", hour=LocalHour(6))
        assert scene.send(Retimed()) is Outcome.STALE

    def test_after_a_stop_lesson_the_next_comes_at_once_and_the_one_after_it_a_day_later(self) -> None:
        days = (lesson(f"day {day}", drip={"day": day}) for day in (2, 3))
        scene = Scene(lesson("day 1"), assignment(stop=True), *days, view=FEEDBACK)
        scene.write()
        scene.send(Reviewed(2, Verdict.ACCEPTED, 1), days=6)
        assert scene.said == ["assignment-accepted", "day 2"]
        assert scene.effects(WakeAt)[0].at == START + timedelta(days=7)

    def test_only_the_last_message_has_the_done_button(self) -> None:
        scene = Scene({**lesson(), "messages": [{"text": "a"}, {"text": "b"}]})
        assert [[button.press for button in one.key_buttons] for one in scene.effects(Say)] == [[], ["done"]]
        assert [one.part for one in scene.effects(Say)] == [0, 1]

    def test_yesterday_s_done_button_works_once_and_moves_nobody(self) -> None:
        scene = Scene(lesson("one"), lesson("two", drip={"day": 2}))
        assert scene.history == [("s1", "entered"), ("s1", "listening"), ("s2", "entered")]
        assert scene.press("done", visit=1) is Outcome.STAYED
        assert scene.history == [("s1", "closed")]
        assert scene.answers == ["done"]
        assert scene.run.step == "s2"
        assert scene.press("done", visit=1) is Outcome.STALE

    def test_the_done_button_of_the_last_lesson_works_after_the_course(self) -> None:
        scene = Scene(lesson())
        assert scene.run.status is RunStatus.COMPLETED
        assert scene.press("done", visit=1) is Outcome.STAYED
        assert scene.effects(Complete) == []

    def test_done_before_the_lesson_is_given_means_nothing(self) -> None:
        scene = Scene(lesson(drip={"day": 2}))
        assert scene.press("done") is Outcome.STALE

    def test_automatic_completion_needs_no_button(self) -> None:
        scene = Scene(lesson(complete="auto"))
        assert scene.effects(Say)[0].key_buttons == ()
        assert scene.answers == ["done"]
        assert scene.run.open == ()

    def test_a_lesson_that_came_by_timer_can_wait_and_one_asked_for_cannot(self) -> None:
        scene = Scene(lesson(), lesson(drip={"day": 2}))
        assert [one.priority for one in scene.effects(Say)] == [SayPriority.DIALOG]
        scene.ring("due", days=1)
        assert [one.priority for one in scene.effects(Say)] == [SayPriority.LESSON]


class TestAssignment:
    def test_without_feedback_it_answers_at_once_and_counts_as_accepted(self) -> None:
        scene = Scene(assignment(stop=True), message("next"))
        assert scene.said == ["a task"]
        assert scene.write() is Outcome.MOVED
        assert scene.said == ["assignment-answered", "next"]
        assert scene.answers == ["my work"]

    def test_its_own_answer_is_said_instead(self) -> None:
        scene = Scene(assignment(stop=True, answer="Well done"))
        scene.write()
        assert scene.said == ["Well done"]

    def test_with_feedback_it_waits_for_the_reviewer(self) -> None:
        scene = Scene(assignment(stop=True), message("next"), view=FEEDBACK)
        assert scene.write() is Outcome.STAYED
        assert scene.said == ["assignment-received"]
        (review,) = scene.effects(AskReview)
        assert (review.step, review.visit, review.submission) == ("s1", 1, 1)
        work = {"message": 1, "content": {}, "album": None}
        assert (review.work, review.text) == (work, "my work")
        assert review.task.text == {"*": "a task"}
        assert scene.send(Reviewed(1, Verdict.ACCEPTED, 1)) is Outcome.MOVED
        assert scene.said == ["assignment-accepted", "next"]
        assert scene.answers == ["accepted"]

    def test_needs_work_any_number_of_times(self) -> None:
        scene = Scene(assignment(stop=True), view=FEEDBACK)
        for number in range(1, 5):
            scene.write(number=number)
            assert scene.effects(AskReview)[0].submission == number
            assert scene.send(Reviewed(1, Verdict.NEEDS_WORK, number)) is Outcome.STAYED
            assert scene.said == ["assignment-needs-work"]
        scene.write(number=9)
        scene.send(Reviewed(1, Verdict.ACCEPTED, 5))
        assert scene.run.status is RunStatus.COMPLETED

    def test_a_verdict_on_an_old_submission_or_on_none_is_stale(self) -> None:
        scene = Scene(assignment(stop=True), view=FEEDBACK)
        assert scene.send(Reviewed(1, Verdict.ACCEPTED, 0)) is Outcome.STALE
        scene.write()
        scene.send(Reviewed(1, Verdict.NEEDS_WORK, 1))
        assert scene.send(Reviewed(1, Verdict.ACCEPTED, 1)) is Outcome.STALE
        scene.write(number=2)
        assert scene.send(Reviewed(1, Verdict.ACCEPTED, 1)) is Outcome.STALE

    def test_what_is_sent_while_in_review_belongs_to_the_same_submission(self) -> None:
        scene = Scene(assignment(stop=True), view=FEEDBACK)
        scene.write(media="photo", group="album", number=1)
        scene.write(media="photo", group="album", number=2)
        assert [one.submission for one in scene.effects(AskReview)] == [1]
        assert scene.said == []
        scene.write("one thing more", number=3)
        assert [one.submission for one in scene.effects(AskReview)] == [1]
        assert scene.said == ["assignment-added"]

    def test_of_a_paste_line_by_line_not_each_line_is_confirmed(self) -> None:
        scene = Scene(assignment(stop=True), view=FEEDBACK)
        said = []
        for number in range(400):
            scene.now += timedelta(milliseconds=50)
            scene.write(f"one more line of a long letter, {number}", number=number)
            assert [one.submission for one in scene.effects(AskReview)] == [1]
            said += scene.said
        assert said == ["assignment-received", *["assignment-added"] * 2]
        scene.now -= timedelta(hours=1)
        scene.write("a line after the clock was set back", number=400)
        assert scene.said == ["assignment-added"]

    def test_a_part_of_an_album_that_comes_after_the_verdict_opens_no_new_work(self) -> None:
        scene = Scene(assignment(stop=True), view=FEEDBACK)
        scene.write(media="photo", group="album", number=1)
        scene.send(Reviewed(1, Verdict.NEEDS_WORK, 1))
        scene.write(media="photo", group="album", number=2)
        assert [one.submission for one in scene.effects(AskReview)] == [1]
        scene.write(number=3)
        assert [one.submission for one in scene.effects(AskReview)] == [2]

    def test_rejected_work_stops_a_stop_lesson_for_good(self) -> None:
        scene = Scene(assignment(stop=True), message("next"), view=FEEDBACK)
        scene.write()
        assert scene.send(Reviewed(1, Verdict.REJECTED, 1)) is Outcome.STAYED
        assert scene.said == ["assignment-rejected"]
        assert scene.write(number=2) is Outcome.IGNORED
        assert scene.run.step == "s1"

    @pytest.mark.parametrize("view", [View(), FEEDBACK])
    @pytest.mark.parametrize(
        ("accepts", "media", "taken"),
        [
            (["text"], None, True),
            (["text"], "photo", False),
            (["photo", "voice"], "voice", True),
            (["photo", "voice"], None, False),
            (["document"], "sticker", False),
            (["video_note"], "video_note", True),
            (["video"], "video_note", False),
        ],
    )
    def test_only_what_is_asked_for_is_taken(
        self, accepts: list[str], media: str | None, taken: bool, view: View
    ) -> None:
        scene = Scene(assignment(stop=True, accepts=accepts), view=view)
        scene.write(media=media)
        assert (scene.said != ["assignment-expects"]) is taken
        if not taken:
            assert scene.effects(Say)[0].values == {"kinds": ", ".join(accepts)}
            assert scene.run.step == "s1"

    def test_an_album_of_the_wrong_kind_is_refused_once(self) -> None:
        scene = Scene(assignment(stop=True, accepts=["text"]))
        scene.write(media="photo", group="album", number=1)
        assert scene.said == ["assignment-expects"]
        assert scene.write(media="photo", group="album", number=2) is Outcome.STAYED
        assert scene.said == []

    def test_without_stop_the_course_goes_on_and_the_work_comes_later(self) -> None:
        scene = Scene(assignment(), lesson("next", drip={"day": 2}), view=FEEDBACK)
        assert scene.run.step == "s2"
        assert scene.write() is Outcome.STAYED
        assert scene.effects(AskReview)[0].visit == 1
        scene.ring("due", days=1)
        assert scene.send(Reviewed(1, Verdict.ACCEPTED, 1)) is Outcome.STAYED
        assert scene.said == ["assignment-accepted"]
        assert scene.history == [("s1", "closed")]

    def test_what_a_visit_says_is_numbered_through(self) -> None:
        scene = Scene(assignment(stop=True, accepts=["text"]), view=FEEDBACK)
        parts = [one.part for one in scene.effects(Say)]
        for number, media in enumerate(("photo", "voice", None), start=1):
            scene.write(media=media, number=number)
            parts += [one.part for one in scene.effects(Say)]
        assert parts == [0, 1, 2, 3]


class TestDelay:
    def test_says_its_text_then_waits_then_goes_on(self) -> None:
        scene = Scene({"type": "delay", "wait": "1d:2h", "text": "see you"}, message("later"))
        assert scene.said == ["see you"]
        assert scene.effects(WakeAt)[0].at == START + timedelta(days=1, hours=2)
        assert scene.ring("delay", hours=1) is Outcome.STAYED
        assert scene.ring("delay", hours=25) is Outcome.MOVED
        assert scene.said == ["later"]

    def test_goes_where_it_says(self) -> None:
        scene = Scene({"type": "delay", "wait": "1s", "goto": "s3"}, message("no"), message("yes"))
        scene.ring("delay", seconds=1)
        assert scene.said == ["yes"]

    def test_another_timer_means_nothing(self) -> None:
        assert Scene({"type": "delay", "wait": "1s"}).ring("due", seconds=5) is Outcome.STALE


OFFER = {"type": "offer", "text": "buy", "tariffs": ["basic", "pro"]}


class TestOffer:
    def test_asks_and_goes_on_when_paid(self) -> None:
        scene = Scene(OFFER, message("welcome"))
        (ask,) = scene.effects(AskPayment)
        assert (ask.tariffs, ask.visit, ask.part) == (("basic", "pro"), 1, 0)
        assert scene.send(Paid("order 1", "pro")) is Outcome.MOVED
        assert scene.said == ["welcome"]
        assert scene.answers == ["pro"]

    def test_all_tariffs_is_an_empty_list(self) -> None:
        scene = Scene({"type": "offer", "text": "buy"}, message("welcome"))
        assert scene.effects(AskPayment)[0].tariffs == ()
        assert scene.send(Paid("order 1", "anything")) is Outcome.MOVED

    def test_another_tariff_is_noted_and_waits_for_its_offer(self) -> None:
        other = {**OFFER, "tariffs": ["extra"]}
        scene = Scene(OFFER, other, message("welcome"))
        assert scene.send(Paid("order 1", "extra")) is Outcome.STAYED
        scene.send(Paid("order 2", "basic"))
        assert scene.said == ["welcome"]

    def test_one_payment_settles_one_offer(self) -> None:
        scene = Scene({"type": "offer", "text": "one"}, {"type": "offer", "text": "two"})
        scene.send(Paid("order 1", "basic"))
        assert scene.run.step == "s2"
        assert scene.send(Paid("order 1", "basic")) is Outcome.STALE
        assert scene.run.step == "s2"

    def test_time_out_goes_where_it_says(self) -> None:
        scene = Scene({**OFFER, "timeout": "2h", "timeout_goto": "s3"}, message("no"), message("discount"))
        assert scene.ring("timeout", hours=1) is Outcome.STAYED
        scene.ring("timeout", hours=1)
        assert scene.said == ["discount"]

    def test_who_paid_by_the_old_button_is_not_asked_again(self) -> None:
        first = {**OFFER, "timeout": "2h"}
        scene = Scene(first, {"type": "delay", "wait": "1d"}, OFFER, message("welcome"))
        scene.ring("timeout", hours=2)
        assert scene.send(Paid("order 1", "basic")) is Outcome.STAYED
        scene.ring("delay", days=1)
        assert scene.said == ["welcome"]
        assert scene.answers == ["basic"]


class TestInvite:
    LINKS: ClassVar = {"Students": "https://t.me/+one", "News": "https://t.me/+two"}

    def test_asks_for_links(self) -> None:
        scene = Scene({"type": "invite"})
        assert scene.effects(Grant) == [Grant(what="communities", step="s1", visit=1)]

    def test_says_a_button_per_link(self) -> None:
        scene = Scene({"type": "invite", "text": "come in"}, message("next"))
        assert scene.send(Issued(1, self.LINKS)) is Outcome.MOVED
        assert scene.said == ["come in", "next"]
        rows = scene.last.effects[0].message.buttons
        assert {row[0].text["*"]: row[0].url for row in rows} == self.LINKS

    def test_without_a_text_of_its_own_the_product_says_one(self) -> None:
        scene = Scene({"type": "invite"})
        scene.send(Issued(1, self.LINKS))
        assert scene.said == ["invite-links"]
        assert [button.url for button in scene.effects(Say)[0].url_buttons] == list(self.LINKS.values())

    def test_a_group_s_title_is_no_template(self) -> None:
        scene = Scene({"type": "invite", "text": "come in"})
        scene.send(Issued(1, {"{{user.x}}": "https://t.me/+one"}))
        assert "{{" not in scene.last.effects[0].message.buttons[0][0].text["*"]

    def test_nothing_to_join_goes_straight_on(self) -> None:
        scene = Scene({"type": "invite", "text": "come in"}, message("next"))
        scene.send(Issued(1))
        assert scene.said == ["next"]

    def test_a_failure_is_said_and_the_run_goes_on(self) -> None:
        scene = Scene({"type": "invite", "text": "come in"}, message("next"))
        scene.send(Issued(1, failed=True))
        assert scene.said == ["invite-by-hand", "next"]


class TestEnd:
    def test_completes_and_nothing_more_is_said(self) -> None:
        scene = Scene({"type": "end", "text": "bye"}, message("never"))
        assert scene.said == ["bye"]
        assert scene.run.status is RunStatus.COMPLETED
        assert scene.effects(Complete) == [Complete(visit=1)]

    def test_says_nothing_without_a_text(self) -> None:
        assert Scene({"type": "end"}).said == []
