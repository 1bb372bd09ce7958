"""A reviewer takes back what went to a student: it is deleted there, and what it answered waits for the right answer."""

from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import CardKind, Side
from core.refs import RefKind, read_ref
from services.delivery import speech
from services.delivery.carried import taking_back
from services.delivery.schemas import Carried
from services.delivery.speech import Address, Keyboard, Words
from services.learning.review import assignments, questions
from services.learning.review.claim_buttons import ANEW, ANSWER_BACK, Subject, queue_button
from services.learning.store.review import cards

ANSWERS = "a:"  # how what answers something is marked, before what it answers
KINDS = {RefKind.SUBMISSION: CardKind.WORK, RefKind.QUESTION: CardKind.QUESTION}


@dataclass(frozen=True)
class TakenBack:
    """What the words answered, if anything; whether that waits again; whether a card says all this already."""

    subject: Subject | None
    waits_again: bool
    is_on_card: bool


async def take_back(uow: UnitOfWork, place: Address, number: str, reviewer_id: int) -> TakenBack:
    """Take back what a reviewer wrote in `place`, wherever it is shown. Raises ANSWER_GONE, ANSWER_TOO_OLD."""
    pieces = await taking_back.list_said(uow, place, number)
    pieces = [piece for piece in pieces if piece.side == Side.REVIEWER]
    if not pieces:
        raise DomainError(ErrorKind.CONFLICT, "ANSWER_GONE", number)
    if taking_back.is_late(uow, pieces):
        raise DomainError(ErrorKind.CONFLICT, "ANSWER_TOO_OLD", number)
    await taking_back.take_back(uow, pieces)
    on_card = await cards.note_taken_back(
        uow.conn, uow.account_id, place.chat_id, f"{place.chat_id}:{number}"
    )
    subject = _find_subject(pieces)
    waits_again = False
    if subject is not None and subject.kind is CardKind.WORK:
        await assignments.settle_anew(uow, subject.id, reviewer_id)
    elif subject is not None:
        waits_again = await questions.wait_again(uow, subject.id, reviewer_id)
    return TakenBack(subject, waits_again, on_card)


def _find_subject(pieces: list[Carried]) -> Subject | None:
    answers = (piece.about.removeprefix(ANSWERS) for piece in pieces if piece.about.startswith(ANSWERS))
    ref = read_ref(next(answers, None))
    return Subject(KINDS[ref.kind], ref.id) if ref is not None and ref.kind in KINDS else None


def tell(taken: TakenBack, to: Address) -> tuple[Words, Keyboard]:
    """What stands in place of the word that it went out, with the way to the right answer."""
    said = speech.words("answer-back-waits" if taken.waits_again else "answer-back")
    if taken.subject is None or to.chat_id < 0:
        return said, ()
    anew = speech.button(speech.words("button-answer-anew"), ANSWER_BACK, f"{ANEW}-{taken.subject}")
    return said, [[anew], [queue_button()]]
