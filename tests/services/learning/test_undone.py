"""What can be taken back: a verdict by the curator, work by the student, words that were no work."""

import pytest

from core.db.models.learning import questions, submissions
from core.db.session import Database
from core.text.catalog import say
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.fakes.clock import StillClock
from tests.services.learning.room import SECOND, Room, assignment, lesson

WORK = "Here is my work, one thought in each sentence."
ANSWER_BACK = "↩️ Take the answer back"  # its own message offers it
ACCEPT, REFUSE, UNDO, BACK = "✅ Accept", "✏️ Needs work", "↩️ Undo", "↩️ Take it back"
HAND_IN, ASK = "📝 Hand in", "❓ Ask"
RECEIVED = "The curator has your work. The answer will come here."
ASKED = "The curator has your question. The answer will come here."
GROUP = -1009


@pytest.fixture
def room(db: Database, clock: StillClock) -> Room:
    return Room(db, clock, Desk(db))


def cards(room: Room, who: int) -> list[Call]:
    """What somebody has of cards now: the newest state of each message."""
    shown = {
        one.message_id: one
        for one in room.seen(who)
        if "📝" in one.text or one.text.startswith("Your answer")
    }
    return list(shown.values())


def buttons(room: Room, who: int) -> list[list[str]]:
    """The buttons that somebody sees below cards."""
    shown: dict[int, list[str]] = {}
    for one in room.seen(who):
        if one.message_id in shown or {ACCEPT, UNDO} & set(one.buttons):
            others = [name for name in one.buttons if name != ANSWER_BACK]
            shown[one.message_id] = others[:2]  # what else can be done stands below
    return [names for names in shown.values() if names]


async def status(room: Room) -> list[str]:
    return [row.status for row in await room.rows(submissions)]


@pytest.mark.parametrize(("first", "then"), [(ACCEPT, REFUSE), (REFUSE, ACCEPT)])
@pytest.mark.parametrize("stop", [True, False])
async def test_a_verdict_is_taken_back_and_the_other_counts(
    room: Room, first: str, then: str, stop: bool
) -> None:
    await room.open(lesson(1), assignment(stop=stop), lesson(2))
    await room.say(WORK)
    await room.press(first, ADMIN)
    assert buttons(room, ADMIN) == buttons(room, SECOND) == [[UNDO]]
    await room.press(UNDO, SECOND)
    assert await status(room) == ["in_review"]
    assert room.seen(ANNA)[-1].text == say("assignment-undone", "en")
    assert buttons(room, ADMIN) == buttons(room, SECOND) == [[ACCEPT, REFUSE]]
    heard = await room.press(then, ADMIN)
    assert await status(room) == ["accepted" if then == ACCEPT else "needs_work"]
    assert heard != []
    assert say("assignment-accepted" if then == ACCEPT else "assignment-needs-work", "en") in [
        one.text for one in room.seen(ANNA)
    ]


async def test_after_an_undone_acceptance_new_work_is_taken(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), lesson(2), reviewers=1)
    await room.say(WORK)
    for button in (ACCEPT, UNDO, REFUSE):
        await room.press(button, ADMIN)
    assert await room.say("Better work than before") == [RECEIVED]
    await room.press(ACCEPT, ADMIN)
    assert await status(room) == ["needs_work", "accepted"]


async def test_it_is_too_late_when_new_work_has_come(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say(WORK)
    await room.press(REFUSE, ADMIN)
    undo = [one for one in room.seen(ADMIN) if UNDO in one.buttons][-1]
    await room.say("Better work than before")
    assert await room.press(UNDO, ADMIN, undo) == []
    assert room.desk.alerts[-1] == say("error-too-late-to-undo", "en")
    assert await status(room) == ["needs_work", "in_review"]


async def test_a_second_press_finds_nothing_to_undo(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say(WORK)
    await room.press(ACCEPT, ADMIN)
    undo = [one for one in room.seen(ADMIN) if UNDO in one.buttons][-1]
    await room.press(UNDO, ADMIN, undo)
    await room.press(UNDO, ADMIN, undo)
    assert room.desk.alerts[-1] == say("error-nothing-to-undo", "en")


@pytest.mark.parametrize("aside", ["access", "pause"])
@pytest.mark.parametrize("accepted", ["before", "meanwhile"])
async def test_a_verdict_taken_back_while_the_course_stands_still_does_not_count_later(
    room: Room, aside: str, accepted: str
) -> None:
    await room.open(lesson(1), assignment(stop=True), lesson(2), reviewers=1)
    await room.say(WORK)
    if accepted == "before":
        await room.press(ACCEPT, ADMIN)
    if aside == "access":
        await room.revoke()
        await room.say("Is anybody here?")
    else:
        await room.say("/pause")
        await room.press(next(iter(room.seen(ANNA)[-1].buttons)))
    if accepted == "meanwhile":
        for button in (ACCEPT, UNDO):
            await room.press(button, ADMIN)
        await room.press(ACCEPT, ADMIN)
    for button in (UNDO, REFUSE):
        await room.press(button, ADMIN)
    heard = await (room.grant() if aside == "access" else room.press("Go on now"))
    assert await status(room) == ["needs_work"]
    assert say("assignment-needs-work", "en") in heard
    assert say("assignment-accepted", "en") not in heard
    assert await room.say("Better work than before") == [RECEIVED]


async def test_where_the_course_has_moved_on_a_verdict_stays_also_in_a_pause(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say(WORK)
    await room.press(REFUSE, ADMIN)
    undo = [one for one in room.seen(ADMIN) if UNDO in one.buttons][-1]
    await room.say("Better work than before")
    await room.say("/pause")
    await room.press(next(iter(room.seen(ANNA)[-1].buttons)))
    await room.press(UNDO, ADMIN, undo)
    assert room.desk.alerts[-1] == say("error-too-late-to-undo", "en")
    assert await status(room) == ["needs_work", "in_review"]


async def test_after_a_reply_there_is_one_pair_of_buttons(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.say(WORK)
    for text in ("Shorter, please", "And warmer"):
        await room.reply(cards(room, ADMIN)[0], text, ADMIN)
        assert buttons(room, ADMIN) == [[ACCEPT, REFUSE]]
    assert buttons(room, SECOND) == [[ACCEPT, REFUSE]]
    await room.press(ACCEPT, ADMIN)
    assert buttons(room, ADMIN) == [[UNDO]]


async def test_a_curators_words_to_nobody_are_told_so(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.say(WORK)
    assert await room.say("Great work!", ADMIN) == [say("review-unaddressed", "en")]


async def test_work_is_taken_back_before_anybody_looked(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    assert await room.say(WORK) == [RECEIVED]
    assert await room.press(BACK) == [say("assignment-withdrawn", "en")]
    assert await status(room) == ["withdrawn"]
    assert buttons(room, ADMIN) == []
    assert say("review-settled-withdrawn", "en") in cards(room, ADMIN)[0].text
    assert await room.say("Better work than before") == [RECEIVED]
    await room.press(ACCEPT, ADMIN)
    assert await status(room) == ["withdrawn", "accepted"]


@pytest.mark.parametrize("begun", ["decided", "answered"])
async def test_work_somebody_looks_at_stays(room: Room, begun: str) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say(WORK)
    back = room.last(ANNA, RECEIVED)
    if begun == "decided":
        await room.press(ACCEPT, ADMIN)
    else:
        await room.reply(cards(room, ADMIN)[0], "I am reading", ADMIN)
    before = await status(room)
    await room.press(BACK, ANNA, back)
    assert await status(room) == before
    assert room.desk.alerts


@pytest.mark.parametrize("words", ["Why one thought?", "ok thanks"])
@pytest.mark.parametrize("rights", [("questions",), ("questions", "feedback")])
async def test_words_that_may_be_no_work_are_asked_about(
    room: Room, words: str, rights: tuple[str, ...]
) -> None:
    await room.open(lesson(1), assignment(stop=True), lesson(2), rights=rights, reviewers=1)
    assert await room.say(words) == [say("work-or-question", "en")]
    assert await room.rows(submissions) == []
    assert list(room.seen(ANNA)[-1].buttons) == [HAND_IN, ASK]
    assert await room.press(ASK) == [ASKED]
    (row,) = await room.rows(questions)
    assert (row.status, row.text) == ("asked", words)
    assert await room.rows(submissions) == []
    assert (await room.say(WORK))[0] != say("work-or-question", "en"), (
        "the exercise waits for her work as before"
    )


async def test_short_work_is_handed_in_by_the_button_once(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say("Freedom")
    asked = room.seen(ANNA)[-1]
    assert await room.press(HAND_IN, ANNA, asked) == [RECEIVED]
    assert await room.press(HAND_IN, ANNA, asked) == []
    (row,) = await room.rows(submissions)
    assert (row.status, row.text) == ("in_review", "Freedom")
    assert room.seen(ADMIN)[-1].text == "Freedom"


async def test_whose_tariff_has_no_questions_is_told_and_can_still_hand_in(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), rights=("feedback",), reviewers=1)
    await room.say("Why one thought?")
    asked = room.seen(ANNA)[-1]
    assert await room.press(ASK, ANNA, asked) == []
    assert room.desk.alerts[-1] == say("question-not-included", "en")
    assert await room.press(HAND_IN, ANNA, asked) == [RECEIVED]


async def test_a_reply_to_the_lesson_is_a_question(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    for words in ("Why one thought?", "I wonder about the second part here"):
        assert await room.reply(room.last(ANNA, "Lesson 1"), words) == [ASKED]
    assert await room.rows(submissions) == []
    assert await room.reply(room.last(ANNA, "Task 1"), WORK) == [RECEIVED]


async def test_in_a_group_only_words_right_below_a_card_are_taken_for_an_answer(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say(WORK)
    card = cards(room, ADMIN)[0]
    async with room.db.unit(1) as uow:
        from core.db.models.delivery import outbox as calls

        moved = calls.update().where(calls.c.telegram_message_id == card.message_id).values(chat_id=GROUP)
        await uow.conn.execute(moved)
    person = {"id": ADMIN, "is_bot": False, "first_name": "P", "language_code": "en"}
    body = {
        "date": 1,
        "from": person,
        "chat": {"id": GROUP, "type": "supergroup", "title": "R"},
        "text": "Great work!",
    }
    for number, told in ((card.message_id + 1, 1), (card.message_id + 2, 1)):
        await room.desk.send(COURSE_BOT, {"message": {**body, "message_id": number}})
        assert [one.text for one in room.seen(GROUP)] == [say("review-unaddressed", "ru")] * told
