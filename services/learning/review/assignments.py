"""Work handed in: shown to reviewers as a card, decided once, answered to the student."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import SubmissionReviewed, VerdictUndone, WordsChanged, WorkUnwanted
from core.flow.definition import Flow
from core.flow.effects import AskReview
from core.flow.events import Verdict
from core.flow.steps.assignment import AssignmentStep
from core.lifecycle import SUBMISSION_MOVES, CardKind, Priority, Side, SubmissionStatus
from core.presses import PressKind
from core.refs import RefKind, read_ref, write_ref
from core.text.message import localize
from services.delivery import carrying, speech
from services.delivery.schemas import Passage, PersonMessage
from services.delivery.speech import Address, Keyboard, Words
from services.learning.review import claims, review_cards
from services.learning.review.claim_buttons import QUEUE, Subject, own_rows, take_button
from services.learning.review.review_cards import NewCard
from services.learning.run_context import know
from services.learning.schemas import Claim, Decision, LoadedRun, ReviewCard, Submission
from services.learning.store.review import submissions as store
from services.people import contacts
from utils.telegram_html import shorten, strip_tags

REVIEW = PressKind.REVIEW  # kind of the card's buttons: submission-verdict
UNDO = PressKind.REVIEW_UNDO  # kind of the button that takes a verdict back: submission
UNDONE = "undone"  # kept among the reviews
MOST_TITLE = 200
MOST_SHORT = 60
ADMINS = "role:admin"  # a card in a group is for every admin


def ref_of(submission_id: int) -> str:
    """What a reply to a card or to the copied work is about."""
    return write_ref(RefKind.SUBMISSION, submission_id)


async def submit_work(uow: UnitOfWork, run: LoadedRun, effect: AskReview) -> None:
    """Store one piece of work and show it to the reviewers; the first piece comes with the card."""
    stored = run.stored
    task = localize(effect.task.in_html(effect.task.text) or {"*": effect.step}, uow.env.default_language)
    submission_id = await store.add_submission(
        uow.conn,
        uow.account_id,
        {
            "run_id": stored.id,
            "step": effect.step,
            "visit": effect.visit,
            "attempt": effect.submission,
            "title": shorten(strip_tags(task), MOST_TITLE),
            "text": effect.text,
            "work": {"pieces": [dict(effect.work)]},
            "status": SubmissionStatus.IN_REVIEW,
            "handed_in_at": uow.now,
        },
    )
    if submission_id is None:
        await _add_piece(uow, run, effect)
        return
    submission = await get_submission(uow, submission_id)
    for chat_id in await review_cards.list_reviewers(uow, stored):
        await _show(uow, Address(stored.bot_id, chat_id), submission)
    await review_cards.expect_answer(uow, stored)


async def show_to(uow: UnitOfWork, to: Address, submission_id: int, made_for: str = "") -> None:
    """Show a reviewer work that waits, once, and once more for each thing it is `made_for`. Raises SUBMISSION_NOT_FOUND."""
    if made_for:
        for card in await _cards_of(uow, submission_id):
            if card.chat_id == to.chat_id:
                review_cards.take_buttons(uow, card, made_for)
    await _show(uow, to, await get_submission(uow, submission_id), made_for)


async def _show(uow: UnitOfWork, to: Address, submission: Submission, made_for: str = "") -> None:
    claim = await claims.find_claim(uow, CardKind.WORK, submission.id)
    words, ref = await _describe(uow, submission), ref_of(submission.id)
    words = await review_cards.with_claim(uow, words, claim)
    buttons = _buttons_of(to, submission.id, claim)
    await review_cards.show_card(
        uow, to, NewCard(CardKind.WORK, submission.id, words, ref, buttons, made_for)
    )
    for piece in submission.work["pieces"]:
        await review_cards.show_piece(uow, to, ref, piece, made_for)


async def _add_piece(uow: UnitOfWork, run: LoadedRun, effect: AskReview) -> None:
    stored = run.stored
    known = await store.find_attempt(uow.conn, uow.account_id, stored.id, effect.visit, effect.submission)
    if known is None:
        return
    pieces = [*known.work["pieces"], dict(effect.work)]
    await store.add_piece(uow.conn, uow.account_id, known.id, {"pieces": pieces})
    for chat_id in await review_cards.list_reviewers(uow, stored):
        await review_cards.show_piece(uow, Address(stored.bot_id, chat_id), ref_of(known.id), effect.work)


async def _describe(uow: UnitOfWork, submission: Submission) -> Words:
    run = await _get_run(uow, submission)
    student = await contacts.get_contact(uow, run.stored.contact_id)
    values = {
        "student": student.full_name,
        "course": speech.content(run.flow.name),
        "task": title_of(run.flow, submission.step, submission.title),
        "attempt": submission.attempt,
    }
    return speech.words("review-card" if submission.attempt == 1 else "review-card-again", **values)


def title_of(flow: Flow, step: str, stored: str, most: int = MOST_TITLE) -> Words:
    """What work is about, in the words of whoever reads it; as it is `stored` where the flow has lost the step."""
    task = flow.step(step)
    message = task.message() if isinstance(task, AssignmentStep) else None
    texts = message.in_html(message.text) if message else None
    if not texts:
        return shorten(stored, most)
    return speech.literal({name: escape(shorten(strip_tags(text), most)) for name, text in texts.items()})


async def _get_run(uow: UnitOfWork, submission: Submission) -> LoadedRun:
    return (await know(uow, submission.run_id)).run


def _buttons_of(to: Address, submission_id: int, claim: Claim | None) -> Keyboard:
    """The verdicts, and what else can be done by who has it or by anybody."""
    offered = (Verdict.ACCEPTED, Verdict.NEEDS_WORK)
    verdicts = [_verdict_button(to, submission_id, verdict) for verdict in offered]
    subject = Subject(CardKind.WORK, submission_id)
    is_own = claim is not None and claim.curator_id == to.chat_id
    return [verdicts, *(own_rows(subject) if is_own else [[take_button(to, subject)]])]


async def draw_waiting(uow: UnitOfWork, submission_id: int) -> None:
    """Every card of work that waits says who has it before them now."""
    submission = await get_submission(uow, submission_id)
    if submission.status is not SubmissionStatus.IN_REVIEW:
        return
    claim = await claims.find_claim(uow, CardKind.WORK, submission_id)
    cards = await _cards_of(uow, submission_id)
    for card in cards:
        words = await review_cards.with_claim(uow, await _above(uow, card, submission), claim)
        buttons = _buttons_of(card.address, submission_id, claim) if _is_last(card, cards) else ()
        review_cards.settle_card(uow, card, words, review_cards.mark_of(uow, claim), buttons)


async def describe_shortly(uow: UnitOfWork, submission_id: int) -> tuple[int, Words]:
    """In which bot work waits, and whose it is, in a line."""
    submission = await get_submission(uow, submission_id)
    run = await _get_run(uow, submission)
    student = await contacts.get_contact(uow, run.stored.contact_id)
    task = title_of(run.flow, submission.step, submission.title, MOST_SHORT)
    return run.stored.bot_id, speech.words("queue-work", student=student.full_name, about=task)


async def ask_rejection(uow: UnitOfWork, submission_id: int, to: Address) -> tuple[Words, Keyboard]:
    """The question before a verdict that is not taken back."""
    submission = await get_submission(uow, submission_id)
    yes = _verdict_button(to, submission_id, Verdict.REJECTED)
    no = speech.button(speech.words("button-no"), QUEUE, f"keep-{Subject(CardKind.WORK, submission_id)}")
    asked = speech.words("review-reject-ask")
    return speech.lines(await _describe(uow, submission), asked), [[yes], [no]]


def _verdict_button(to: Address, submission_id: int, verdict: Verdict) -> Mapping[str, Any]:
    return _button(to, f"review-{verdict}", REVIEW, f"{submission_id}-{verdict}")


def _button(to: Address, key: str, kind: PressKind, target: str) -> Mapping[str, Any]:
    button = speech.button(speech.words(key), kind, target)
    return {**button, "holder": ADMINS} if to.chat_id < 0 else button


async def decide(uow: UnitOfWork, submission_id: int, reviewer_id: int, verdict: Verdict) -> Decision:
    """Judge work once and show it on every card; tells who was first, or has it before them. Raises SUBMISSION_NOT_FOUND."""
    submission = await get_submission(uow, submission_id)
    to = SubmissionStatus(verdict.value)
    by = Claim(reviewer_id, uow.now)
    moved = await store.move_submission(
        uow.conn, uow.account_id, submission_id, to, SUBMISSION_MOVES[to], {"decided_at": uow.now}, by
    )
    if not moved:
        other = await claims.find_other(uow, CardKind.WORK, submission_id, reviewer_id)
        if other is not None:
            name = await review_cards.name_reviewer(uow, other.curator_id)
            return Decision(counts=False, reviewer=name, held_until=other.until)
        first = await store.find_decider(uow.conn, uow.account_id, submission_id)
        return Decision(counts=False, reviewer=await review_cards.name_reviewer(uow, first))
    await _keep_review(uow, submission_id, reviewer_id, verdict.value, None)
    reviewer = await review_cards.name_reviewer(uow, reviewer_id)
    await _settle_all(uow, submission, to, reviewer)
    uow.publish(
        SubmissionReviewed(submission_id, submission.run_id, submission.visit, submission.attempt, verdict)
    )
    return Decision(counts=True, reviewer=reviewer)


async def undo(uow: UnitOfWork, submission_id: int, reviewer_id: int) -> None:
    """Take a verdict back: the cards offer both again. Raises NOTHING_TO_UNDO, and TOO_LATE_TO_UNDO where the course has moved on from it."""
    submission = await get_submission(uow, submission_id)
    to = SubmissionStatus.IN_REVIEW
    moved = await store.move_submission(
        uow.conn, uow.account_id, submission_id, to, SUBMISSION_MOVES[to], {"decided_at": None}
    )
    if not moved:
        raise DomainError(ErrorKind.CONFLICT, "NOTHING_TO_UNDO")
    await _keep_review(uow, submission_id, reviewer_id, UNDONE, None)
    turn = await store.count_reviews(uow.conn, uow.account_id, submission_id)
    cards = await _cards_of(uow, submission_id)
    for card in cards:
        buttons = _buttons_of(card.address, submission_id, None) if _is_last(card, cards) else ()
        review_cards.settle_card(uow, card, await _above(uow, card, submission), f"undone:{turn}", buttons)
    await review_cards.expect_answer(uow, (await _get_run(uow, submission)).stored)
    uow.publish(VerdictUndone(submission.run_id, submission.visit, submission.attempt))


async def take_back(uow: UnitOfWork, wanted: WorkUnwanted) -> None:
    """Give work back to the student. Raises REVIEW_BEGUN if a curator has answered or decided."""
    attempt = wanted.attempt
    back = await store.find_attempt(uow.conn, uow.account_id, wanted.run_id, wanted.visit, attempt)
    to = SubmissionStatus.WITHDRAWN
    if back is None or await store.count_reviews(uow.conn, uow.account_id, back.id):
        raise DomainError(ErrorKind.CONFLICT, "REVIEW_BEGUN")
    moved = await store.move_submission(
        uow.conn, uow.account_id, back.id, to, SUBMISSION_MOVES[to], {"decided_at": uow.now}
    )
    if not moved:
        raise DomainError(ErrorKind.CONFLICT, "REVIEW_BEGUN")
    await _settle_all(uow, back, to, "")


async def _settle_all(
    uow: UnitOfWork, submission: Submission, status: SubmissionStatus, reviewer: str
) -> None:
    cards = await _cards_of(uow, submission.id)
    for card in cards:
        await _settle(uow, card, submission, status, reviewer, is_last=_is_last(card, cards))


async def _cards_of(uow: UnitOfWork, submission_id: int) -> list[ReviewCard]:
    return await review_cards.list_shown(uow, submission_id, CardKind.WORK, CardKind.VERDICTS)


def _is_last(card: ReviewCard, cards: Sequence[ReviewCard]) -> bool:
    """Whether it is the newest in its chat, the one that has the buttons."""
    return card.id == max(each_card.id for each_card in cards if each_card.chat_id == card.chat_id)


async def settle_late_card(uow: UnitOfWork, card: ReviewCard) -> None:
    """A card that reached its reviewer after the decision says so too."""
    submission = await get_submission(uow, card.subject_id)
    if submission.status is SubmissionStatus.IN_REVIEW:
        return
    decider = await store.find_decider(uow.conn, uow.account_id, submission.id)
    reviewer = await review_cards.name_reviewer(uow, decider)
    await _settle(uow, card, submission, submission.status, reviewer)


async def _settle(
    uow: UnitOfWork,
    card: ReviewCard,
    submission: Submission,
    status: SubmissionStatus,
    reviewer: str,
    *,
    is_last: bool = True,
) -> None:
    verdict = speech.words(f"review-settled-{status}", reviewer=reviewer)
    above = (
        await _describe(uow, submission) if card.kind is CardKind.WORK else speech.words("review-answered")
    )
    can_undo = is_last and status in SUBMISSION_MOVES[SubmissionStatus.IN_REVIEW]
    undo_button = _button(card.address, "review-undo", UNDO, str(submission.id))
    turn = await store.count_reviews(uow.conn, uow.account_id, submission.id)
    outcome, buttons = f"{status}:{turn}", [[undo_button]] if can_undo else ()
    review_cards.settle_card(uow, card, speech.lines(above, verdict), outcome, buttons)


async def _above(uow: UnitOfWork, card: ReviewCard, submission: Submission) -> Words:
    """What a card says while its work waits."""
    if card.kind is CardKind.WORK:
        return await _describe(uow, submission)
    return speech.words("review-answered-decide")


async def answer_student(
    uow: UnitOfWork, submission_id: int, reviewer_id: int, said: PersonMessage, reply_to: Address
) -> None:
    """Pass a reviewer's own words (text, voice, photo, file) on to the student, once; offer the verdict still due."""
    submission = await get_submission(uow, submission_id)
    run = (await _get_run(uow, submission)).stored
    quoted = submission.work["pieces"][0]["message_id"]
    passage = Passage(
        run.bot_id,
        f"a:{ref_of(submission_id)}",
        Side.REVIEWER,
        write_ref(RefKind.RUN, run.id, submission.visit),
        speech.words("review-answer", reviewer=await review_cards.name_reviewer(uow, reviewer_id)),
        quoted,
    )
    await carrying.carry(uow, said, run.address, passage)
    note = {"chat_id": said.chat_id, "message_id": said.message_id}
    await _keep_review(uow, submission_id, reviewer_id, "note", note)
    if submission.status is not SubmissionStatus.IN_REVIEW:
        key = f"answered:{submission_id}:{said.key}"
        speech.say(uow, reply_to, speech.words("review-answered"), key, priority=Priority.INTERACTIVE)
        return
    earlier = await _cards_of(uow, submission_id)
    words = speech.words("review-answered-decide")
    claim = await claims.take(uow, CardKind.WORK, submission_id, reviewer_id)
    buttons = _buttons_of(reply_to, submission_id, claim)
    offered = NewCard(CardKind.VERDICTS, submission_id, words, ref_of(submission_id), buttons, said.key)
    if await review_cards.show_card(uow, reply_to, offered):
        for card in earlier:
            if card.chat_id == reply_to.chat_id:
                review_cards.take_buttons(uow, card, said.key)


async def note_change(uow: UnitOfWork, changed: WordsChanged) -> None:
    """The student changed a message of their work: what is kept of it says so."""
    ref = read_ref(changed.about)
    if ref is None or ref.kind is not RefKind.SUBMISSION:
        return
    submission = await get_submission(uow, ref.id)
    pieces = review_cards.change_piece(submission.work["pieces"], changed)
    await store.add_piece(uow.conn, uow.account_id, submission.id, {"pieces": pieces})


async def get_submission(uow: UnitOfWork, submission_id: int) -> Submission:
    """Work by its id; raises SUBMISSION_NOT_FOUND."""
    submission = await store.find_submission(uow.conn, uow.account_id, submission_id)
    if submission is None:
        raise DomainError(ErrorKind.NOT_FOUND, "SUBMISSION_NOT_FOUND", str(submission_id))
    return submission


async def _keep_review(
    uow: UnitOfWork, submission_id: int, reviewer_id: int, verdict: str, note: Mapping[str, int] | None
) -> None:
    await store.add_review(
        uow.conn,
        uow.account_id,
        {
            "submission_id": submission_id,
            "reviewer_id": reviewer_id,
            "verdict": verdict,
            "note": None if note is None else dict(note),
            "at": uow.now,
        },
    )
