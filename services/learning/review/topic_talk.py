"""What is said in a student's topic: an answer to what waits, else a message to them; and all that waits, shown there."""

from core.db.session import UnitOfWork
from core.lifecycle import CardKind, Priority, Side
from core.refs import RefKind, write_ref
from services.delivery import speech
from services.delivery.carried import carrying
from services.delivery.schemas import Passage, PersonMessage
from services.delivery.speech import Address
from services.learning.review import assignments, questions, review_cards, topics, waiting
from services.learning.review.claim_buttons import Subject, back_rows
from services.learning.schemas import Topic, Waiting
from services.learning.store.review import cards
from services.people import contacts


async def find_waiting(uow: UnitOfWork, topic: Topic) -> Subject | None:
    """What a message in the topic answers: the oldest question that waits, else the oldest work."""
    rows = await _list_waiting(uow, topic)
    rows.sort(key=lambda row: row.kind is not CardKind.QUESTION)
    return Subject(rows[0].kind, rows[0].subject_id) if rows else None


async def _list_waiting(uow: UnitOfWork, topic: Topic) -> list[Waiting]:
    """What waits of a student where the topic is, the oldest first."""
    rows = []
    for row, run in await waiting.list_waiting(uow, topic.bot_id):
        if run.contact_id == topic.contact_id and topic.chat_id in await review_cards.list_reviewers(
            uow, run
        ):
            rows.append(row)
    return rows


async def show_waiting(uow: UnitOfWork, topic: Topic) -> None:
    """All that waits of a student, and all that was to stand in the topic before, in their new one.

    What is about something whose card had not been shown yet is on its way, and is not said twice.
    """
    place, anew = topic.address, set()
    for row in await _list_waiting(uow, topic):
        made_for = ""
        if topic.lost is not None:
            if not await cards.forget_cards_about(
                uow.conn, uow.account_id, topic.chat_id, row.kind, row.subject_id
            ):
                continue
            made_for = f"topic:{topic.lost}:{topic.thread}"
        is_question = row.kind is CardKind.QUESTION
        anew.add((questions if is_question else assignments).ref_of(row.subject_id))
        show = questions.show_to if is_question else assignments.show_to
        await show(uow, place, row.subject_id, made_for)
    if topic.lost is not None:
        await topics.say_instead(uow, place, topic.lost, anew)


async def write_student(uow: UnitOfWork, topic: Topic, reviewer_id: int, said: PersonMessage) -> None:
    """Bring a reviewer's message, which answers nothing that waits, to the student; a reply to it is a question."""
    student = await contacts.get_contact(uow, topic.contact_id)
    reviewer = await review_cards.name_reviewer(uow, reviewer_id)
    ref = write_ref(RefKind.TOPIC, topic.id)
    heading = speech.words("topic-message", reviewer=reviewer)
    passage = Passage(topic.bot_id, ref, Side.REVIEWER, ref, heading)
    await carrying.carry(uow, said, Address(topic.bot_id, student.telegram_id), passage)
    words, key = speech.words("topic-sent", student=student.full_name), f"sent:{ref}:{said.key}"
    back = back_rows(topic.address, said.number)
    speech.say(uow, topic.address, words, key, buttons=back, priority=Priority.INTERACTIVE)
