"""A reviewer's own words about work, and with them the verdict, brought to the student."""

from core.db.session import UnitOfWork
from core.flow.events import Verdict
from core.lifecycle import CardKind, Priority, Side, SubmissionStatus
from core.refs import RefKind, write_ref
from services.delivery import speech
from services.delivery.carried import carrying
from services.delivery.schemas import Passage, PersonMessage
from services.delivery.speech import Address
from services.learning.review import assignments, claims, review_cards, topics
from services.learning.review.claim_buttons import back_rows
from services.learning.review.review_cards import NewCard
from services.learning.schemas import Decision, Submission


async def answer_student(
    uow: UnitOfWork, submission_id: int, reviewer_id: int, said: PersonMessage, reply_to: Address
) -> None:
    """Pass a reviewer's own words (text, voice, photo, file) on to the student, once; offer the verdict still due."""
    submission = await assignments.get_submission(uow, submission_id)
    await _pass_on(uow, submission, reviewer_id, said, reply_to)
    if submission.status is not SubmissionStatus.IN_REVIEW:
        key = f"answered:{submission_id}:{said.key}"
        answered, back = speech.words("review-answered"), back_rows(reply_to, said.number)
        speech.say(uow, reply_to, answered, key, buttons=back, priority=Priority.INTERACTIVE)
        return
    earlier = await assignments.cards_of(uow, submission_id)
    words = speech.words("review-answered-decide")
    claim = await claims.take(uow, CardKind.WORK, submission_id, reviewer_id)
    buttons = await assignments.buttons_of(uow, reply_to, submission, claim, said.number)
    ref = assignments.ref_of(submission_id)
    offered = NewCard(CardKind.VERDICTS, submission_id, words, ref, buttons, said.key)
    if await review_cards.show_card(uow, reply_to, offered):
        for card in earlier:
            if card.chat_id == reply_to.chat_id:
                review_cards.take_buttons(uow, card, said.key)


async def decide_with_words(
    uow: UnitOfWork, submission_id: int, reviewer_id: int, verdict: Verdict, said: PersonMessage | None
) -> Decision:
    """Judge work once, and where this verdict counts, have the student read the reviewer's words above it."""
    decision = await assignments.decide(uow, submission_id, reviewer_id, verdict)
    if decision.counts and said is not None:
        submission = await assignments.get_submission(uow, submission_id)
        await _pass_on(uow, submission, reviewer_id, said, Address(0, said.chat_id))
    return decision


async def _pass_on(
    uow: UnitOfWork, submission: Submission, reviewer_id: int, said: PersonMessage, said_in: Address
) -> None:
    run = (await assignments.get_run(uow, submission)).stored
    quoted = submission.work["pieces"][0]["message_id"]
    passage = Passage(
        run.bot_id,
        f"a:{assignments.ref_of(submission.id)}",
        Side.REVIEWER,
        write_ref(RefKind.RUN, run.id, submission.visit),
        speech.words("review-answer", reviewer=await review_cards.name_reviewer(uow, reviewer_id)),
        quoted,
    )
    await carrying.carry(uow, said, run.address, passage)
    await topics.repeat_answer(uow, run, said, said_in, passage)
    note = {"chat_id": said.chat_id, "message_id": said.message_id}
    await assignments.keep_review(uow, submission.id, reviewer_id, "note", note)
