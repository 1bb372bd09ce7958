"""Where reviewers see what is a student's: in a forum in a topic of theirs, made when first needed and anew when it is lost."""

from collections.abc import Collection
from datetime import timedelta

from core.db.session import UnitOfWork
from core.events import CallAnswered, GroupRefused, LessonGiven
from core.flow.steps.lesson import LessonStep
from core.groups import GroupTrouble
from core.lifecycle import Priority
from services.content.settings import load_course_settings
from services.delivery import speech
from services.delivery.carried import carrying
from services.delivery.outbox import enqueue, topic_of
from services.delivery.schemas import Outgoing, Passage, PersonMessage
from services.delivery.sending import threads
from services.delivery.speech import Address
from services.learning import run_lookup
from services.learning.review import review_cards
from services.learning.schemas import LoadedRun, StoredRun, Topic
from services.learning.store import lessons as lesson_store
from services.learning.store.review import topics as store
from services.people import contacts
from services.tenancy import groups
from utils.telegram_html import shorten

MADE = "review_topic"  # name under which Telegram's answer comes back
METHOD = "createForumTopic"
MOST_NAME = 100
PATIENCE = timedelta(minutes=10)  # after which an answer is expected no more


async def list_places(uow: UnitOfWork, run: StoredRun) -> list[Address]:
    """Where all of a run is shown now; a topic that is being made is left out, all that waits is shown in it once it is there."""
    places = [await place_in(uow, run, chat_id) for chat_id in await review_cards.list_reviewers(uow, run)]
    return [place for place in places if place is not None]


async def place_in(uow: UnitOfWork, run: StoredRun, chat_id: int) -> Address | None:
    """Where in a reviewers' chat what is a run's belongs; None while its topic is being made."""
    chat = Address(run.bot_id, chat_id)
    if chat_id > 0 or not await _has_topics(uow, run, chat_id):
        return chat
    topic = await store.find_topic_of(uow.conn, uow.account_id, run.bot_id, chat_id, run.contact_id)
    if topic is None:
        await _begin(uow, run, chat_id)
        return None
    if topic.thread is not None:
        return topic.address
    if await store.ask_again(uow.conn, uow.account_id, topic.id, uow.now - PATIENCE, uow.now):
        await _ask(uow, topic)
    return None


async def _has_topics(uow: UnitOfWork, run: StoredRun, chat_id: int) -> bool:
    seat = await groups.find_seat(uow, run.bot_id, chat_id)
    if seat is not None and seat.trouble is GroupTrouble.NO_TOPICS:
        return False
    wanted = (await load_course_settings(uow, run.deployment_id)).review_topics
    return wanted if wanted is not None else seat is not None and seat.group.is_forum


async def _begin(uow: UnitOfWork, run: StoredRun, chat_id: int) -> None:
    row = {"contact_id": run.contact_id, "bot_id": run.bot_id, "chat_id": chat_id, "asked_at": uow.now}
    topic_id = await store.add_topic(uow.conn, uow.account_id, row)
    if topic_id is not None:
        await _ask(uow, Topic(topic_id, run.contact_id, run.bot_id, chat_id, None, None))


async def _ask(uow: UnitOfWork, topic: Topic) -> None:
    student = await contacts.get_contact(uow, topic.contact_id)
    fields = {"chat_id": topic.chat_id, "name": shorten(student.full_name, MOST_NAME)}
    key, told = f"topic:{topic.id}:{topic.lost or 0}:{uow.now.isoformat()}", {"name": MADE, "ref": topic.id}
    call = Outgoing(topic.bot_id, topic.chat_id, METHOD, fields, key, Priority.INTERACTIVE, on_result=told)
    enqueue(uow, call)


async def note_made(uow: UnitOfWork, answer: CallAnswered) -> Topic | None:
    """Telegram has made a topic: who it is about is said in it.

    Could it not be made, the group itself takes its place (a topic without `thread`). None if nobody waits for it any more.
    """
    if not answer.ok:
        topic = await store.drop_topic(uow.conn, uow.account_id, answer.ref)
    else:
        thread = answer.result["message_thread_id"]
        topic = await store.keep_thread(uow.conn, uow.account_id, answer.ref, thread)
    if topic is not None and topic.thread is not None:
        await _say_whose(uow, topic)
    return topic


async def _say_whose(uow: UnitOfWork, topic: Topic) -> None:
    student = await contacts.get_contact(uow, topic.contact_id)
    current = await run_lookup.find_current(uow, student, topic.bot_id)
    values = {"student": student.full_name, "find": f"/find {student.telegram_id}"}
    parts = [speech.words("topic-head", **values)]
    if current is not None:
        run = await run_lookup.load_flow(uow, current)
        parts.append(speech.words("topic-course", course=speech.named(run.flow.name)))
        if (step := await _find_last_lesson(uow, run)) is not None:
            parts.append(speech.words("topic-lesson", lesson=speech.named(step.title)))
    parts.append(speech.words("topic-how"))
    speech.say(uow, topic.address, speech.lines(*parts, gap="\n"), f"topic:{topic.id}:{topic.thread}:head")


async def note_lost(uow: UnitOfWork, refused: GroupRefused) -> None:
    """A message was refused because its topic is closed or deleted: a new one is made, in which it will stand."""
    thread, place = refused.thread or 0, (refused.bot_id, refused.chat_id)
    topic = await store.lose_thread(uow.conn, uow.account_id, *place, thread, uow.now)
    if topic is not None:
        await _ask(uow, topic)
        return
    known = await store.find_lost_topic(uow.conn, uow.account_id, *place, thread)
    if known is None:  # nobody's topic: it is said in the group itself
        await say_instead(uow, Address(*place), thread)
    elif known.thread is not None:
        await say_instead(uow, known.address, thread)


async def say_instead(uow: UnitOfWork, to: Address, lost: int, but: Collection[str] = ()) -> None:
    """What was to stand in a lost topic is said in another place; what is about the refs of `but` has been."""
    await threads.say_instead(uow, to.bot_id, to.fields, lost, but)
    uow.wake(topic_of(to.bot_id))


async def find_topic(uow: UnitOfWork, place: Address) -> Topic | None:
    """The topic at a place in a forum, if it is a student's."""
    if place.thread is None:
        return None
    return await store.find_topic(uow.conn, uow.account_id, place.bot_id, place.chat_id, place.thread)


async def list_topics(
    uow: UnitOfWork, bot_id: int, contact_id: int, but: Address | None = None
) -> list[Address]:
    """Where a student's topics are; not the one in the chat of `but`."""
    topics = await store.list_topics_of(uow.conn, uow.account_id, bot_id, contact_id)
    here = but.chat_id if but else 0
    return [topic.address for topic in topics if topic.thread is not None and topic.chat_id != here]


async def repeat_answer(
    uow: UnitOfWork, run: StoredRun, said: PersonMessage, reply_to: Address, passage: Passage
) -> None:
    """What a reviewer answered elsewhere stands in the student's topic, too."""
    for place in await list_topics(uow, run.bot_id, run.contact_id, reply_to):
        shown = Passage(run.bot_id, f"t{passage.about}", passage.side, heading=passage.heading)
        await carrying.carry(uow, said, place, shown)


async def say_lesson(uow: UnitOfWork, lesson: LessonGiven) -> None:
    """A line in the topics of who has got a lesson."""
    run = await run_lookup.load_run(uow, lesson.run_id)
    step = run.flow.step(lesson.step)
    if not isinstance(step, LessonStep):
        return
    for place in await list_topics(uow, run.stored.bot_id, run.stored.contact_id):
        words = speech.words("topic-lesson", lesson=speech.named(step.title))
        speech.say(uow, place, words, f"topic:{place.chat_id}:{place.thread}:{lesson.run_id}:{lesson.visit}")


async def _find_last_lesson(uow: UnitOfWork, run: LoadedRun) -> LessonStep | None:
    """The one sent last; at which somebody waits has not been sent."""
    here = run.stored.value.here
    for key, visit in await lesson_store.list_visits(uow.conn, uow.account_id, run.stored.id):
        step = run.flow.step(key)
        if isinstance(step, LessonStep) and (here is None or here.visit != visit):
            return step
    return None
