"""A review group that is a forum: a topic per student, made anew when it is lost; other groups work as ever."""

from dataclasses import replace

from core.db.models.learning import review_topics
from core.db.models.tenancy import group_seats
from tests.bots.admin.desk import ADMIN, Call
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, assignment, lesson

FORUM = -1009


async def opened(room: Room, *, right: bool = True) -> None:
    """A course whose work goes to a forum, and a student before their task."""
    room.db.env = replace(room.db.env, review_chat_id=FORUM)
    room.desk.forums.add(FORUM)
    await room.open(lesson(1), assignment(stop=True), lesson(2))
    await room.desk.rank(COURSE_BOT, FORUM, "administrator", can_manage_topics=right)
    room.clock.advance(minutes=1)  # what is asked again is a question of its own


def made(room: Room) -> list[Call]:
    return room.seen(FORUM, "createForumTopic")


def inside(room: Room, thread: int) -> list[str]:
    """What stands in a topic."""
    shown = [one for one in room.seen(FORUM) if one.fields.get("message_thread_id") == thread]
    return [one.text or one.method for one in shown if not one.method.startswith("edit")]


async def thread_of(room: Room) -> int:
    (topic,) = await room.rows(review_topics)
    return int(topic.thread)


async def say(room: Room, thread: int, text: str, who: int = ADMIN) -> list[str]:
    """Somebody writes in a topic; gives what the student hears."""
    calls = await room.desk.write_in_group(FORUM, who, COURSE_BOT, text=text, thread=thread)
    return [one.text or one.method for one in calls if one.chat == ANNA]


async def test_all_of_a_student_stands_in_a_topic(room: Room) -> None:
    await opened(room)
    await room.say("Here is my work")
    await room.say("/ask Why?")
    (topic,) = made(room)
    assert topic.fields["name"] == f"P{ANNA}"
    head, work, piece, question, words = inside(room, thread := await thread_of(room))
    assert f"P{ANNA}" in head
    assert "Title 1" in head
    assert "📝" in work
    assert "❓" in question
    assert (piece, words) == ("Here is my work", "Why?")
    # What is written there answers the question first, then the work; then it is a message.
    (answer,) = await say(room, thread, "Because")
    assert "about your question" in answer
    (answer,) = await say(room, thread, "Well done")
    assert "about your work" in answer
    assert await say(room, thread, "// Shall we accept it?") == []
    card = [one for one in room.seen(FORUM) if "✅ Accept" in one.buttons][-1]
    assert card.fields["message_thread_id"] == thread
    await room.desk.press_in_group("✅ Accept", ADMIN, card)
    assert "Lesson 2" in "".join(await room.pass_time(days=1))
    assert "Title 2" in inside(room, thread)[-1]
    (message,) = await say(room, thread, "How are you?")
    assert message == "💬 P1001, your curator:\n\nHow are you?"
    assert "went to P" in inside(room, thread)[-1]
    # Their reply, and words nobody else takes, come there as questions.
    await room.reply(room.last(ANNA, "How are you?"), "Fine")
    assert inside(room, thread)[-1] == "Fine"
    await room.say("One thing more")
    assert inside(room, thread)[-1] == "One thing more"
    assert len(made(room)) == 1


async def test_a_lost_topic_is_made_anew_and_nothing_is_lost(room: Room) -> None:
    await opened(room)
    await room.say("Here is my work")
    room.desk.lost_threads.add(old := await thread_of(room))
    await room.say("More of it")
    await room.say("/ask Why?")
    thread = await thread_of(room)
    assert thread != old
    assert len(made(room)) == 2
    await room.pass_time(seconds=5)
    shown = inside(room, thread)
    assert [text for text in shown if "work" in text or text == "Why?"][-2:] == [
        "Here is my work\nMore of it",
        "Why?",
    ]
    assert len([text for text in shown if "📝" in text]) == 1
    (answer,) = await say(room, thread, "Because")
    assert "about your question" in answer
    assert not [text for text in room.seen(ADMIN) if "⚠️" in text.text]


async def test_without_the_right_the_group_works_and_the_admins_are_told_once(room: Room) -> None:
    await opened(room, right=False)
    await room.say("Here is my work")
    await room.say("/ask Why?")
    shown = [one for one in room.seen(FORUM, "sendMessage") if "message_thread_id" not in one.fields]
    assert ["📝" in shown[0].text, shown[1].text] == [True, "Here is my work"]
    (warning,) = [one.text for one in room.seen(ADMIN) if "⚠️" in one.text]
    assert "right to manage topics" in warning
    assert made(room) == []
    await room.desk.rank(COURSE_BOT, FORUM, "administrator", can_manage_topics=True)
    (seat,) = [one for one in await room.rows(group_seats) if one.bot_id == COURSE_BOT]
    assert seat.trouble is None
    await room.say("/ask And now?")
    assert "And now?" in inside(room, await thread_of(room))


async def test_a_right_that_is_lost_unseen_keeps_nothing_back(room: Room) -> None:
    await opened(room)
    room.desk.ranks[FORUM] = {"status": "administrator"}
    await room.say("Here is my work")
    shown = [one.text for one in room.seen(FORUM, "sendMessage")]
    assert ["📝" in shown[0], shown[1]] == [True, "Here is my work"]
    assert len([one for one in room.seen(ADMIN) if "right to manage topics" in one.text]) == 1
    assert await room.rows(review_topics) == []


async def test_a_group_without_topics_works_as_ever(room: Room) -> None:
    room.db.env = replace(room.db.env, review_chat_id=FORUM)
    await room.open(lesson(1), assignment(stop=True))
    await room.say("Here is my work")
    assert made(room) == []
    assert [one.text for one in room.seen(FORUM)][1] == "Here is my work"
