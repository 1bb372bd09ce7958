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
from core.lifecycle import SUBMISSION_MOVES, CardKind, SubmissionStatus
from core.presses import PressKind
from core.refs import RefKind, read_ref, write_ref
from core.text.message import localize
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Words
from services.learning.review import claims, review_cards, topics
from services.learning.review.claim_buttons import QUEUE, Subject, back_rows, own_rows, take_button
from services.learning.review.review_cards import NewCard
from services.learning.run_context import know
from services.learning.schemas import Claim, Decision, LoadedRun, ReviewCard, Submission
from services.learning.store.review import submissions as store
from services.people import contacts
from utils.telegram_html import shorten, strip_tags

REVIEW = PressKind.REVIEW  # kind of the card's buttons: submission-verdict
UNDO = PressKind.REVIEW_UNDO  # kind of the button that takes a verdict back: submission
UNDONE, TAKEN_BACK = "undone", "taken_back"  # kept among the reviews
WORK_CARDS = (CardKind.WORK, CardKind.VERDICTS, CardKind.TAKEN_BACK)
ANSWERED = {CardKind.VERDICTS: "review-answered", CardKind.TAKEN_BACK: "answer-back"}  # what those say above
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
    claims.note_change(uow, CardKind.WORK, submission_id)
    submission = await get_submission(uow, submission_id)
    for place in await topics.list_places(uow, stored):
        await _show(uow, place, submission)
    await review_cards.expect_answer(uow, stored)


async def show_to(uow: UnitOfWork, to: Address, submission_id: int, made_for: str = "") -> None:
    """Show a reviewer work that waits, once, and once more for each thing it is `made_for`. Raises SUBMISSION_NOT_FOUND."""
    if made_for:
        for card in await cards_of(uow, submission_id):
            if card.chat_id == to.chat_id:
                review_cards.take_buttons(uow, card, made_for)
    await _show(uow, to, await get_submission(uow, submission_id), made_for)


async def _show(uow: UnitOfWork, to: Address, submission: Submission, made_for: str = "") -> None:
    claim = await claims.find_claim(uow, CardKind.WORK, submission.id)
    words, ref = await _describe(uow, submission), ref_of(submission.id)
    words = await review_cards.with_claim(uow, words, claim)
    buttons = await buttons_of(uow, to, submission, claim)
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
    claims.note_change(uow, CardKind.WORK, known.id)
    for place in await topics.list_places(uow, stored):
        await review_cards.show_piece(uow, place, ref_of(known.id), effect.work)


async def _describe(uow: UnitOfWork, submission: Submission) -> Words:
    run = await get_run(uow, submission)
    student = await contacts.get_contact(uow, run.stored.contact_id)
    values = {
        "student": student.full_name,
        "course": speech.named(run.flow.name),
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


async def get_run(uow: UnitOfWork, submission: Submission) -> LoadedRun:
    """Where it was handed in."""
    return (await know(uow, submission.run_id)).run


async def buttons_of(
    uow: UnitOfWork, to: Address, submission: Submission, claim: Claim | None, answer: str = ""
) -> Keyboard:
    """The verdicts, and what else can be done by who has it or by anybody; the `answer` above can be taken back."""
    offered = (Verdict.ACCEPTED, Verdict.NEEDS_WORK)
    verdicts = [_verdict_button(to, submission.id, verdict) for verdict in offered]
    subject = Subject(CardKind.WORK, submission.id)
    is_own = claim is not None and claim.curator_id == to.chat_id
    drafting = [[_draft_button(to, submission.id)]] if await _may_draft(uow, submission) else []
    others = own_rows(subject) if is_own else [[take_button(to, subject)]]
    return [verdicts, *drafting, *back_rows(to, answer), *others]


async def _may_draft(uow: UnitOfWork, submission: Submission) -> bool:
    """Whether a model can say something about work by the criteria of its author."""
    if not uow.env.has_model:
        return False
    step = (await get_run(uow, submission)).flow.step(submission.step)
    return isinstance(step, AssignmentStep) and step.criteria is not None


def _draft_button(to: Address, submission_id: int) -> Mapping[str, Any]:
    return _button(to, "button-draft-ask", PressKind.DRAFT, f"ask-{submission_id}")


async def draw_waiting(uow: UnitOfWork, submission_id: int) -> None:
    """Every card of work that waits says who has it before them now."""
    submission = await get_submission(uow, submission_id)
    if submission.status is not SubmissionStatus.IN_REVIEW:
        return
    claim = await claims.find_claim(uow, CardKind.WORK, submission_id)
    cards = await cards_of(uow, submission_id)
    for card in cards:
        words = await review_cards.with_claim(uow, await _above(uow, card, submission), claim)
        buttons = await _buttons_below(uow, card, cards, submission, claim)
        review_cards.settle_card(uow, card, words, review_cards.mark_of(uow, claim), buttons)


async def _buttons_below(
    uow: UnitOfWork,
    card: ReviewCard,
    cards: Sequence[ReviewCard],
    submission: Submission,
    claim: Claim | None,
) -> Keyboard:
    if _is_last(card, cards):
        return await buttons_of(uow, card.address, submission, claim, card.answer)
    return back_rows(card.address, card.answer)


async def describe_shortly(uow: UnitOfWork, submission_id: int) -> tuple[int, Words]:
    """In which bot work waits, and whose it is, in a line."""
    submission = await get_submission(uow, submission_id)
    run = await get_run(uow, submission)
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
    await keep_review(uow, submission_id, reviewer_id, verdict.value, None)
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
    await keep_review(uow, submission_id, reviewer_id, UNDONE, None)
    claims.note_change(uow, CardKind.WORK, submission_id)
    turn = await store.count_reviews(uow.conn, uow.account_id, submission_id)
    cards = await cards_of(uow, submission_id)
    for card in cards:
        buttons = await _buttons_below(uow, card, cards, submission, None)
        review_cards.settle_card(uow, card, await _above(uow, card, submission), f"undone:{turn}", buttons)
    await review_cards.expect_answer(uow, (await get_run(uow, submission)).stored)
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
    claims.note_change(uow, CardKind.WORK, submission.id)
    cards = await cards_of(uow, submission.id)
    for card in cards:
        await _settle(uow, card, submission, status, reviewer, is_last=_is_last(card, cards))


async def cards_of(uow: UnitOfWork, submission_id: int) -> list[ReviewCard]:
    """What reviewers have before them of some work."""
    return await review_cards.list_shown(uow, submission_id, *WORK_CARDS)


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
        await _describe(uow, submission) if card.kind is CardKind.WORK else speech.words(ANSWERED[card.kind])
    )
    can_undo = is_last and status in SUBMISSION_MOVES[SubmissionStatus.IN_REVIEW]
    undo_button = _button(card.address, "review-undo", UNDO, str(submission.id))
    turn = await store.count_reviews(uow.conn, uow.account_id, submission.id)
    buttons = [*([[undo_button]] if can_undo else []), *back_rows(card.address, card.answer)]
    review_cards.settle_card(uow, card, speech.lines(above, verdict), f"{status}:{turn}", buttons)


async def _above(uow: UnitOfWork, card: ReviewCard, submission: Submission) -> Words:
    """What a card says while its work waits."""
    if card.kind is CardKind.WORK:
        return await _describe(uow, submission)
    return speech.words(f"{ANSWERED[card.kind]}-decide")


async def settle_anew(uow: UnitOfWork, submission_id: int, reviewer_id: int) -> None:
    """An answer to the work was taken back, which is kept: its cards say so, and offer what they did."""
    await keep_review(uow, submission_id, reviewer_id, TAKEN_BACK, None)
    submission = await get_submission(uow, submission_id)
    if submission.status is SubmissionStatus.IN_REVIEW:
        await claims.take(uow, CardKind.WORK, submission_id, reviewer_id)
        await draw_waiting(uow, submission_id)
        return
    decider = await store.find_decider(uow.conn, uow.account_id, submission_id)
    reviewer = await review_cards.name_reviewer(uow, decider)
    await _settle_all(uow, submission, submission.status, reviewer)


async def note_change(uow: UnitOfWork, changed: WordsChanged) -> None:
    """The student changed a message of their work: what is kept of it says so."""
    ref = read_ref(changed.about)
    if ref is None or ref.kind is not RefKind.SUBMISSION:
        return
    submission = await get_submission(uow, ref.id)
    pieces = review_cards.change_piece(submission.work["pieces"], changed)
    await store.add_piece(uow.conn, uow.account_id, submission.id, {"pieces": pieces})
    claims.note_change(uow, CardKind.WORK, submission.id)


async def get_submission(uow: UnitOfWork, submission_id: int) -> Submission:
    """Work by its id; raises SUBMISSION_NOT_FOUND."""
    submission = await store.find_submission(uow.conn, uow.account_id, submission_id)
    if submission is None:
        raise DomainError(ErrorKind.NOT_FOUND, "SUBMISSION_NOT_FOUND", str(submission_id))
    return submission


async def keep_review(
    uow: UnitOfWork, submission_id: int, reviewer_id: int, verdict: str, note: Mapping[str, int] | None
) -> None:
    """Keep what a reviewer said or decided about work."""
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
