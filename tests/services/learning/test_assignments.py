"""Work handed in: one submission, one card per reviewer, one decision, one answer."""

from dataclasses import replace

import pytest

from bots.runtime.sending.saying import show_words
from core.db.models.commerce import tariffs
from core.db.models.content import deployments
from core.db.models.learning import review_cards, reviews, submissions
from core.events import CallAnswered
from core.flow.events import Verdict
from core.lifecycle import CardKind
from services.content.deployments import change_settings, get_deployment, open_to_all
from services.content.flows import get_latest_version
from services.learning.review import assignments
from services.learning.review.review_cards import SHOWN
from services.learning.review.who_reviews import tell_reviewers
from tests.bots.admin.desk import ADMIN, Call
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.factories.rows import add_row
from tests.services.learning.room import PIECES, SECOND, Room, assignment, lesson

GROUP = -1009
WORK = "Here is my work"
RECEIVED = "The curator has your work. The answer will come here."
ACCEPT, REFUSE = "✅ Accept", "✏️ Needs work"


def copies(room: Room, who: int) -> list[Call]:
    """What came of the student's own messages."""
    return [one for one in room.seen(who) if one.method == "copyMessage" or one.text in {WORK, "Why so?"}]


def cards(room: Room, who: int) -> list[Call]:
    return [one for one in room.seen(who) if "📝" in one.text and one.method == "sendMessage"]


@pytest.mark.parametrize("kind", [*PIECES, "text"])
async def test_every_kind_of_work_reaches_every_reviewer(room: Room, kind: str) -> None:
    await room.open(lesson(1), assignment(stop=True))
    assert await (room.say(WORK) if kind == "text" else room.say(**PIECES[kind])) == [RECEIVED]
    for who in (ADMIN, SECOND):
        assert len(cards(room, who)) == len(copies(room, who)) == 1


async def test_an_album_is_one_work_with_all_its_pieces_in_order_and_one_answer(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    heard = [await room.say(**PIECES["photo"], media_group_id="a") for _ in range(4)]
    assert heard == [[RECEIVED], [], [], []]
    (row,) = await room.rows(submissions)
    pieces = [one["message_id"] for one in row.work["pieces"]]
    assert pieces == sorted(pieces)
    room.clock.advance(seconds=1)
    await room.desk.deliver()
    for who in (ADMIN, SECOND):
        assert len(cards(room, who)) == 1
        (album,) = room.seen(who, "sendMediaGroup")
        assert len(album.fields["media"]) == 4


async def test_without_feedback_an_album_has_one_automatic_answer_and_no_card(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True, answer="Well done"), lesson(2), rights=("questions",))
    heard = [await room.say(**PIECES["photo"], media_group_id="a") for _ in range(3)]
    assert heard == [["Well done"], [], []]
    assert cards(room, ADMIN) == []


async def test_the_verdict_takes_the_place_of_the_buttons_on_every_card(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), lesson(2, drip="immediately"))
    await room.say(WORK)
    heard = await room.press(ACCEPT, SECOND)
    assert "✅ Accepted by P1009" in heard[0]
    for who in (ADMIN, SECOND):
        edited = room.seen(who)[-1]
        assert (edited.method, list(edited.buttons)) == ("editMessageText", ["↩️ Undo"])
        assert edited.message_id == cards(room, who)[0].message_id
        assert "📝" in edited.text
    told = [one.text for one in room.seen(ANNA)][-3:]
    assert told[:2] == ["🎉 Your work is accepted. The course goes on by itself.", "Lesson 2"]


async def test_a_late_second_verdict_is_told_who_was_first(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.say(WORK)
    mine, hers = cards(room, ADMIN)[0], cards(room, SECOND)[0]
    await room.press(REFUSE, ADMIN, mine)
    assert await room.press(ACCEPT, SECOND, hers) == []
    assert room.desk.alerts[-1] == "This work has been decided already by P1001."
    assert [row.status for row in await room.rows(submissions)] == ["needs_work"]


async def test_work_sent_again_has_a_card_of_its_own_that_names_the_attempt(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say(WORK)
    await room.press(REFUSE, ADMIN)
    assert await room.say("Better work than before") == [RECEIVED]
    first, second = cards(room, ADMIN)
    assert "attempt" not in first.text
    assert "attempt 2" in second.text
    assert [row.attempt for row in await room.rows(submissions)] == [1, 2]
    await room.press(ACCEPT, ADMIN)
    assert [row.status for row in await room.rows(submissions)] == ["needs_work", "accepted"]


async def test_a_reviewer_s_words_come_once_and_the_verdict_is_offered(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.say(WORK)
    assert await room.reply(room.seen(ADMIN)[-1], "Shorter", ADMIN) == [
        "Your answer went to the student. And the work itself?",
        "editMessageReplyMarkup",
    ]
    told = [one for one in room.seen(ANNA) if "Shorter" in one.text]
    assert len(told) == 1
    (row,) = await room.rows(submissions)
    assert told[0].fields["reply_parameters"]["message_id"] == row.work["pieces"][0]["message_id"]
    offered = room.seen(ADMIN)[-2]
    assert list(offered.buttons)[:2] == [ACCEPT, REFUSE]
    await room.press(ACCEPT, ADMIN, offered)
    assert room.seen(ADMIN)[-1].text == "Your answer went to the student.\n\n✅ Accepted by P1001"
    assert [one.verdict for one in await room.rows(reviews)] == ["note", "accepted"]


async def test_words_after_the_verdict_offer_only_to_take_them_back(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say(WORK)
    await room.press(ACCEPT, ADMIN)
    answer = await room.reply(cards(room, ADMIN)[0], "Well done", ADMIN)
    assert answer == ["Your answer went to the student."]
    assert list(room.seen(ADMIN)[-1].buttons) == ["↩️ Take the answer back"]


async def test_a_reviewer_s_album_has_one_heading_and_all_its_pieces(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say(WORK)
    card = cards(room, ADMIN)[0]
    said = [await room.reply(card, who=ADMIN, media_group_id="a", **PIECES["photo"]) for _ in range(3)]
    assert [len(one) for one in said] == [2, 0, 0]
    heard = [one.text or one.method for one in room.seen(ANNA)]
    assert heard[-1] == "💬 P1001, your curator, about your work:"
    room.clock.advance(seconds=1)
    (album,) = await room.desk.deliver()
    assert (album.chat, album.method, len(album.fields["media"])) == (ANNA, "sendMediaGroup", 3)


async def test_a_card_that_arrives_after_the_decision_says_so_too(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.say(WORK)
    (row,) = await room.rows(submissions)
    async with room.db.unit(1) as uow:
        late = {"kind": CardKind.WORK, "subject_id": row.id, "bot_id": COURSE_BOT, "chat_id": 1010}
        card_id = await add_row(uow, review_cards, {**late, "made_for": ""}, {})
        await assignments.decide(uow, row.id, ADMIN, Verdict.ACCEPTED)
    async with room.db.unit(1) as uow:
        uow.publish(CallAnswered(SHOWN, card_id, COURSE_BOT, ok=True, result={"message_id": 77}, outbox_id=1))
    await room.desk.deliver()
    edited = room.seen(1010)[-1]
    assert edited.fields["message_id"] == 77
    assert "Принято: P1001" in edited.text


async def test_reviewers_are_reminded_after_a_day_of_silence_three_times_at_most(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.say(WORK)
    await room.say("/ask Why so?")
    reminded = []
    for _ in range(6):
        await room.pass_time(days=1)
        reminded.append(sum("⏰" in one.text for one in room.seen(SECOND)))
    assert reminded == [1, 2, 3, 3, 3, 3]
    text = room.last(ADMIN, "⏰").text
    assert text.split("\n") == [
        "⏰ 2 wait for an answer",
        "📝 P500001: Task 1 (3 days)",
        "❓ P500001: Why so? (3 days)",
    ]


async def test_who_has_been_answered_is_not_listed(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.say(WORK)
    await room.say("/ask Why so?")
    await room.press(ACCEPT, ADMIN)
    await room.reply(room.last(ADMIN, "❓"), "So", ADMIN)
    await room.pass_time(days=2)
    assert not any("⏰" in one.text for one in room.seen(ADMIN))


async def test_what_is_newer_than_a_day_waits_for_its_own_reminder(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.say(WORK)
    await room.pass_time(hours=20)
    await room.press(ACCEPT, ADMIN)
    await room.say("/ask Why so?")
    await room.pass_time(hours=5)
    assert not any("⏰" in one.text for one in room.seen(ADMIN))
    await room.pass_time(hours=20)
    assert "❓ P500001: Why so? (1 day)" in room.last(ADMIN, "⏰").text


async def test_with_a_review_group_the_card_goes_there(room: Room) -> None:
    room.db.env = replace(room.db.env, review_chat_id=GROUP)
    await room.open(lesson(1), assignment(stop=True))
    await room.say(WORK)
    assert cards(room, ADMIN) == []
    assert len(cards(room, GROUP)) == len(copies(room, GROUP)) == 1


async def test_an_admin_who_starts_the_bot_late_is_shown_what_waits_once(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=0)
    await room.say(WORK)
    assert cards(room, ADMIN) == []
    await room.say("/start", ADMIN)
    await room.say("/start", ADMIN)
    assert len(cards(room, ADMIN)) == len(copies(room, ADMIN)) == 1


async def deployed_with(room: Room, **settings: object) -> None:
    """What the deployment of the room's course says."""
    async with room.db.unit(1) as uow:
        (row,) = await room.rows(deployments)
        await change_settings(uow, row.id, settings)


async def test_all_of_a_run_goes_to_its_deployments_group_and_nothing_elsewhere(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await deployed_with(room, review_chat_id=-1009)
    known = len(room.seen(ADMIN))
    await room.say(media_group_id="album", **PIECES["photo"])
    await room.say(media_group_id="album", **PIECES["photo"])
    await room.say("/ask Why so?")
    await room.say("/ask", media_group_id="other", **PIECES["photo"])
    await room.pass_time(days=1, minutes=1)
    await room.say("/start", SECOND)
    (album,) = room.seen(-1009, "sendMediaGroup")
    assert len(album.fields["media"]) == 2
    assert [one.text for one in room.seen(-1009)].count("Why so?") == 1
    assert sum("❓" in one.text and "⏰" not in one.text for one in room.seen(-1009)) == 1
    assert sum("⏰" in one.text for one in room.seen(-1009)) == 1
    assert room.seen(ADMIN)[known:] == []
    assert not any("Task 1" in one.text for one in room.seen(SECOND))


async def test_a_reviewer_who_comes_late_is_shown_questions_too(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=0)
    await room.say("/ask Why so?")
    await room.say("/start", ADMIN)
    await room.say("/start", ADMIN)
    assert sum("❓" in one.text for one in room.seen(ADMIN)) == len(copies(room, ADMIN)) == 1


async def free_course(room: Room, *, sold: bool = False, **settings: object) -> None:
    """Somebody without a tariff stands before the stop-lesson of a course."""
    await room.open(lesson(1), assignment(stop=True), rights=None)
    async with room.db.unit(1) as uow:
        if not sold:
            await uow.conn.execute(tariffs.delete().where(tariffs.c.account_id == 1))
        place = await get_deployment(uow, flow_id=(await room.rows(deployments))[0].flow_id)
        if settings:
            await change_settings(uow, place.id, settings)
        payload = await open_to_all(uow, place)
    await room.say(f"/start {payload}")


@pytest.mark.parametrize(
    ("sold", "settings", "reviewed"),
    [
        (False, {}, True),
        (True, {}, False),
        (False, {"review": False}, False),
        (True, {"review": True}, True),
    ],
)
async def test_the_stop_lesson_of_a_course_that_nobody_sells_stops(
    room: Room, sold: bool, settings: dict[str, object], reviewed: bool
) -> None:
    await free_course(room, sold=sold, **settings)
    said = await room.say("My work")
    assert (said == ["The curator has your work. The answer will come here."]) is reviewed
    assert len(cards(room, ADMIN)) == int(reviewed)


async def test_where_nobody_reviews_a_free_course_goes_on(room: Room) -> None:
    room.db.env = replace(room.db.env, admin_ids=())
    await free_course(room)
    assert (await room.say("My work"))[0] == "Your work is in. On we go!"


@pytest.mark.parametrize(
    ("unsold", "settings", "admins", "said"),
    [
        (True, {}, (1, 2), "Everybody's work goes to the admins in the course bot."),
        (
            False,
            {},
            (1,),
            "The work of those whose tariff includes feedback goes to the admin in the course bot.",
        ),
        (True, {"review_chat_id": -1009}, (), "Everybody's work goes to the group “Group -1009”."),
        (
            True,
            {"review": False},
            (1,),
            "Nobody reviews the work of this course: its settings say review=no.",
        ),
        (
            True,
            {},
            (),
            "Nobody reviews work: there is no admin and no review group. Set ADMIN_IDS or REVIEW_CHAT_ID.",
        ),
    ],
)
async def test_who_will_review_is_said_to_whoever_publishes(
    room: Room, unsold: bool, settings: dict[str, object], admins: tuple[int, ...], said: str
) -> None:
    await free_course(room, sold=not unsold, **settings)
    room.db.env = replace(room.db.env, admin_ids=admins)
    async with room.db.unit(1) as uow:
        flow = (await get_latest_version(uow, (await room.rows(deployments))[0].flow_id)).flow
        words = await tell_reviewers(uow, flow.slug)
    assert words is not None
    assert show_words(words, "en") == said


@pytest.mark.parametrize(
    ("given", "shown"), [("\N{HANGUL FILLER}", f"id {ANNA}"), ("ab\N{RIGHT-TO-LEFT OVERRIDE}cd", "abcd")]
)
async def test_a_card_and_the_lists_show_every_name_and_stay_as_they_are(
    room: Room, given: str, shown: str
) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    work = "Here is my work, one thought in each sentence."
    await room.say(work, **{"from": {"id": ANNA, "is_bot": False, "first_name": given}})
    lists = [
        room.last(ADMIN, "📝").text,
        *await room.say("/who", ADMIN),
        *await room.say(f"/who {ANNA}", ADMIN),
    ]
    assert len(lists) == 3
    for text in lists:
        assert shown in text
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
