"""A student's question to the curator: the next thing they write, shown to reviewers, answered by reply."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import WordsChanged
from core.flow.definition import FlowKind
from core.lifecycle import QUESTION_MOVES, AwaitedKind, CardKind, Priority, QuestionStatus, Side
from core.presses import PressKind
from core.refs import RefKind, read_ref, write_ref
from services.delivery import speech
from services.delivery.carried import carrying
from services.delivery.schemas import Passage, PersonMessage
from services.delivery.speech import Address, Keyboard, Words
from services.learning import run_lookup
from services.learning.review import claims, review_cards, topics
from services.learning.review.claim_buttons import Subject, back_rows, own_rows, take_button
from services.learning.review.review_cards import NewCard, piece_of
from services.learning.run_context import load_rights
from services.learning.schemas import Claim, Decision, LoadedRun, Question, ReviewCard, StoredRun
from services.learning.store.review import questions as store
from services.people import awaited, contacts
from services.people.schemas import Contact
from utils.telegram_html import shorten

DROP = PressKind.QUESTION_DROP  # kind of the button that thinks better of it
SAME_FOR = timedelta(days=1)  # what they add before an answer belongs to their question
MOST_SHORT = 60
OPEN_FOR = timedelta(hours=1)  # what they write later is no question any more


class Turn(StrEnum):
    """What became of words written to the shop."""

    PUT = "put"
    ADDED = "added"  # to what waits for an answer already
    NOBODY = "nobody"  # there is no admin to hear them


def ref_of(question_id: int) -> str:
    """What a reviewer's reply to a card or to the copied question is about."""
    return write_ref(RefKind.QUESTION, question_id)


def answer_ref(question_id: int) -> str:
    """What a student's reply to an answer is about: one more question."""
    return write_ref(RefKind.ANSWER, question_id)


async def open_question(uow: UnitOfWork, contact: Contact, to: Address, dedupe_key: str) -> None:
    """Ask them for the question; raises QUESTIONS_NOT_INCLUDED, PAYMENT_REQUIRED."""
    await _open(uow, contact, to)
    await awaited.expect(uow, to, AwaitedKind.QUESTION, OPEN_FOR)
    drop = speech.button(speech.words("question-drop"), DROP, 1)
    speech.say(uow, to, speech.words("question-ask"), dedupe_key, buttons=[[drop]])


async def _open(uow: UnitOfWork, contact: Contact, to: Address, *, is_asked: bool = False) -> int:
    run = await _find_asking_run(uow, contact, to.bot_id, is_asked=is_asked)
    return await store.open_question(uow.conn, uow.account_id, _row(uow, run.stored, contact, to))


def _row(uow: UnitOfWork, run: StoredRun, contact: Contact, to: Address) -> dict[str, Any]:
    return {
        "contact_id": contact.id,
        "bot_id": to.bot_id,
        "chat_id": to.chat_id,
        "run_id": run.id,
        "step": run.value.step,
        "text": "",
        "pieces": [],
        "opened_at": uow.now,
    }


async def _find_asking_run(
    uow: UnitOfWork, contact: Contact, bot_id: int, *, is_asked: bool = False
) -> LoadedRun:
    current = await run_lookup.find_current(uow, contact, bot_id)
    if current is None:
        raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
    run = await run_lookup.load_run(uow, current.id)
    rights = await load_rights(uow, run.stored)
    if rights is None:
        raise DomainError(ErrorKind.FORBIDDEN, "ACCESS_CLOSED")
    if not is_asked and not run_lookup.may_ask(run, rights):
        raise DomainError(ErrorKind.FORBIDDEN, "QUESTIONS_NOT_INCLUDED")
    return run


async def drop_question(uow: UnitOfWork, contact: Contact, to: Address) -> bool:
    """The person does not want to ask any more; False if nothing was open."""
    await awaited.settle(uow, to, AwaitedKind.QUESTION)
    question = await _find_open(uow, contact, to.bot_id)
    return question is not None and await _move(uow, question, QuestionStatus.DROPPED, {})


async def is_rest_of_one(uow: UnitOfWork, contact: Contact, bot_id: int, album: str | None) -> bool:
    """Whether a message belongs to the album with which a question began."""
    return album is not None and await _find_begun(uow, contact, bot_id, album) is not None


async def _find_open(uow: UnitOfWork, contact: Contact, bot_id: int) -> Question | None:
    since = uow.now - OPEN_FOR
    return await store.find_open(uow.conn, uow.account_id, bot_id, contact.id, since)


async def _find_begun(uow: UnitOfWork, contact: Contact, bot_id: int, album: str) -> Question | None:
    return await store.find_by_album(uow.conn, uow.account_id, bot_id, contact.id, album)


async def ask_question(
    uow: UnitOfWork, contact: Contact, to: Address, said: PersonMessage, *, is_asked: bool = False
) -> None:
    """Put what they wrote before the reviewers, who may have `asked` them; raises QUESTIONS_NOT_INCLUDED, PAYMENT_REQUIRED, ACCESS_CLOSED."""
    begun = await _find_begun(uow, contact, to.bot_id, said.album) if said.album else None
    if begun is not None:
        await _add_piece(uow, begun, piece_of(said))
        return
    question_id = await _open(uow, contact, to, is_asked=is_asked)
    await _put(uow, question_id, said)
    await awaited.settle(uow, to, AwaitedKind.QUESTION)
    speech.say(uow, to, speech.words("question-asked"), f"question:{question_id}:asked")


async def say_in_topic(uow: UnitOfWork, contact: Contact, to: Address, said: PersonMessage) -> bool:
    """Words that nobody else takes of who has a topic and may ask: a question, or more of one; False where that is not so."""
    if not await topics.list_topics(uow, to.bot_id, contact.id):
        return False
    since = uow.now - SAME_FOR
    waits = await store.find_asked(uow.conn, uow.account_id, to.bot_id, contact.id, since)
    if waits is not None:
        await _add_piece(uow, waits, piece_of(said))
        return True
    try:
        await ask_question(uow, contact, to, said)
    except DomainError:
        return False
    return True


async def ask_shop(uow: UnitOfWork, contact: Contact, to: Address, said: PersonMessage) -> Turn:
    """Put what somebody wrote to the shop before the admins; what follows before an answer belongs to it.

    Only who is in a scenario, and only while an admin can be reached.
    """
    since = uow.now - SAME_FOR
    waits = await store.find_asked(uow.conn, uow.account_id, to.bot_id, contact.id, since)
    if waits is not None:
        await _add_piece(uow, waits, piece_of(said))
        return Turn.ADDED
    current = await run_lookup.find_current(uow, contact, to.bot_id)
    if current is None or not await review_cards.list_reviewers(uow, current):
        return Turn.NOBODY
    await _put(
        uow, await store.open_question(uow.conn, uow.account_id, _row(uow, current, contact, to)), said
    )
    return Turn.PUT


async def _put(uow: UnitOfWork, question_id: int, said: PersonMessage) -> None:
    """Show an open question to the reviewers."""
    question = await get_question(uow, question_id)
    values = {
        "text": said.words,
        "pieces": [piece_of(said)],
        "album": said.album,
        "asked_at": uow.now,
    }
    await _move(uow, question, QuestionStatus.ASKED, values)
    run = (await run_lookup.load_run(uow, question.run_id)).stored
    for place in await topics.list_places(uow, run):
        await show_to(uow, place, question.id)
    await review_cards.expect_answer(uow, run)


async def show_to(uow: UnitOfWork, to: Address, question_id: int, made_for: str = "") -> None:
    """Show a reviewer a question that waits, once, and once more for each thing it is `made_for`. Raises QUESTION_NOT_FOUND."""
    question, ref = await get_question(uow, question_id), ref_of(question_id)
    claim = await claims.find_claim(uow, CardKind.QUESTION, question_id)
    words = await review_cards.with_claim(uow, await _describe(uow, question), claim)
    buttons = _buttons_of(to, question_id, claim)
    await review_cards.show_card(
        uow, to, NewCard(CardKind.QUESTION, question_id, words, ref, buttons, made_for)
    )
    for piece in question.pieces:
        await review_cards.show_piece(uow, to, ref, piece, made_for)


def _buttons_of(to: Address, question_id: int, claim: Claim | None) -> Keyboard:
    subject = Subject(CardKind.QUESTION, question_id)
    is_own = claim is not None and claim.curator_id == to.chat_id
    return own_rows(subject) if is_own else [[take_button(to, subject)]]


async def draw_waiting(uow: UnitOfWork, question_id: int) -> None:
    """Every card of a question that waits says who has it before them now."""
    question = await get_question(uow, question_id)
    if question.status is not QuestionStatus.ASKED:
        return
    claim = await claims.find_claim(uow, CardKind.QUESTION, question_id)
    words = await review_cards.with_claim(uow, await _describe(uow, question), claim)
    for card in await review_cards.list_shown(uow, question_id, CardKind.QUESTION):
        buttons = _buttons_of(card.address, question_id, claim)
        review_cards.settle_card(uow, card, words, review_cards.mark_of(uow, claim), buttons)


async def describe_shortly(uow: UnitOfWork, question_id: int) -> tuple[int, Words]:
    """In which bot a question waits, and whose it is, in a line."""
    question = await get_question(uow, question_id)
    student = await contacts.get_contact(uow, question.contact_id)
    about = shorten(question.text, MOST_SHORT)
    return question.bot_id, speech.words("queue-question", student=student.full_name, about=about)


async def _add_piece(uow: UnitOfWork, question: Question, piece: Mapping[str, Any]) -> None:
    await store.add_piece(uow.conn, uow.account_id, question.id, [*question.pieces, dict(piece)])
    claims.note_change(uow, CardKind.QUESTION, question.id)
    run = (await run_lookup.load_run(uow, question.run_id)).stored
    for place in await topics.list_places(uow, run):
        await review_cards.show_piece(uow, place, ref_of(question.id), piece)


async def _describe(uow: UnitOfWork, question: Question) -> Words:
    student = await contacts.get_contact(uow, question.contact_id)
    flow = (await run_lookup.load_run(uow, question.run_id)).flow
    if flow.kind is not FlowKind.COURSE:
        return speech.words("shop-question-card", person=student.full_name)
    return speech.words("question-card", student=student.full_name, course=speech.named(flow.name))


async def answer_question(
    uow: UnitOfWork, question_id: int, reviewer_id: int, said: PersonMessage, reply_to: Address | None = None
) -> Decision:
    """Pass a reviewer's answer on, quoting the question, once; who answered first may add to it, others may not.

    `reply_to` None: they did not write it in Telegram, so nothing is said to them there.
    """
    question = await get_question(uow, question_id)
    values = {"answered_by": reviewer_id, "answered_at": uow.now}
    by = Claim(reviewer_id, uow.now)
    first = await _move(uow, question, QuestionStatus.ANSWERED, values, by)
    other = None if first else await claims.find_other(uow, CardKind.QUESTION, question_id, reviewer_id)
    if other is not None:
        name = await review_cards.name_reviewer(uow, other.curator_id)
        return Decision(counts=False, reviewer=name, held_until=other.until)
    if not first and question.answered_by != reviewer_id:
        reviewer = await review_cards.name_reviewer(uow, question.answered_by)
        return Decision(counts=False, reviewer=reviewer)
    reviewer = await review_cards.name_reviewer(uow, reviewer_id)
    await _pass_on(uow, question, reviewer, said, reply_to or Address(0, said.chat_id))
    for card in await review_cards.list_shown(uow, question_id, CardKind.QUESTION) if first else ():
        await _settle(uow, card, question, reviewer)
    if reply_to is not None:
        key, back = f"answered:{ref_of(question_id)}:{said.key}", back_rows(reply_to, said.number)
        answered = speech.words("review-answered")
        speech.say(uow, reply_to, answered, key, buttons=back, priority=Priority.INTERACTIVE)
    return Decision(counts=True, reviewer=reviewer)


async def _pass_on(
    uow: UnitOfWork, question: Question, reviewer: str, said: PersonMessage, said_in: Address
) -> None:
    run = await run_lookup.load_run(uow, question.run_id)
    passage = Passage(
        question.bot_id,
        _answers_to(question.id),
        Side.REVIEWER,
        answer_ref(question.id),
        speech.words("question-answer", reviewer=reviewer)
        if run.flow.kind is FlowKind.COURSE
        else speech.words("shop-answer"),
        question.pieces[0]["message_id"],
    )
    await carrying.carry(uow, said, question.address, passage)
    await topics.repeat_answer(uow, run.stored, said, said_in, passage)


async def settle_late_card(uow: UnitOfWork, card: ReviewCard) -> None:
    """A card that reached its reviewer after the answer says so too."""
    question = await get_question(uow, card.subject_id)
    if question.status is QuestionStatus.ANSWERED:
        reviewer = await review_cards.name_reviewer(uow, question.answered_by)
        await _settle(uow, card, question, reviewer)


async def _settle(uow: UnitOfWork, card: ReviewCard, question: Question, reviewer: str) -> None:
    settled = speech.words("question-settled", reviewer=reviewer)
    words = speech.lines(await _describe(uow, question), settled)
    review_cards.settle_card(uow, card, words, f"{QuestionStatus.ANSWERED}:{uow.now.isoformat()}")


async def wait_again(uow: UnitOfWork, question_id: int, reviewer_id: int) -> bool:
    """All that was answered was taken back: the question waits, with this reviewer; False if some of it stands."""
    if await carrying.list_carried(uow, _answers_to(question_id)):
        return False
    question = await get_question(uow, question_id)
    values = {"answered_by": None, "answered_at": None}
    if not await _move(uow, question, QuestionStatus.ASKED, values):
        return False
    await claims.take(uow, CardKind.QUESTION, question_id, reviewer_id)
    await draw_waiting(uow, question_id)
    await review_cards.expect_answer(uow, (await run_lookup.load_run(uow, question.run_id)).stored)
    return True


def _answers_to(question_id: int) -> str:
    """Under which all answers to a question are carried."""
    return f"a:{ref_of(question_id)}"


async def note_change(uow: UnitOfWork, changed: WordsChanged) -> None:
    """The student changed a message of their question: what is kept of it says so."""
    ref = read_ref(changed.about)
    if ref is None or ref.kind is not RefKind.QUESTION:
        return
    question = await get_question(uow, ref.id)
    pieces = review_cards.change_piece(question.pieces, changed)
    await store.add_piece(uow.conn, uow.account_id, question.id, pieces)
    claims.note_change(uow, CardKind.QUESTION, question.id)


async def get_question(uow: UnitOfWork, question_id: int) -> Question:
    """A question by its id; raises QUESTION_NOT_FOUND."""
    question = await store.find_question(uow.conn, uow.account_id, question_id)
    if question is None:
        raise DomainError(ErrorKind.NOT_FOUND, "QUESTION_NOT_FOUND", str(question_id))
    return question


async def _move(
    uow: UnitOfWork, question: Question, to: QuestionStatus, more: Mapping[str, Any], by: Claim | None = None
) -> bool:
    allowed = QUESTION_MOVES[to]
    claims.note_change(uow, CardKind.QUESTION, question.id)
    return await store.move_question(uow.conn, uow.account_id, question.id, to, allowed, more, by)
