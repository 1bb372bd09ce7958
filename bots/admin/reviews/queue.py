"""`/review`: the queue of work and questions on one screen, and the buttons of what one has before oneself."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.reviews import reviewers
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from bots.shared.person_messages import read_person_message
from core.errors import DomainError, ErrorKind
from core.lifecycle import AwaitedKind, CardKind
from core.presses import Press
from services.delivery import speech
from services.delivery.schemas import PersonMessage
from services.delivery.speech import Address
from services.learning.review import assignments, claims, questions, queue, queue_screen
from services.learning.review.answers import of_work
from services.learning.review.claim_buttons import ANSWER, BACK, LIST, PASS, QUEUE, REJECT, TAKE, Subject
from services.learning.review.queue_screen import View
from services.people import awaited
from services.people.schemas import AwaitedInput
from services.tenancy.permissions import Permission

NEXT = "next"  # the oldest that nobody has


async def review(_: Message, ctx: Context) -> None:
    """Show what waits for a curator, oldest first: take it, answer in any form, decide, pass it on; [how](../how-to/review-work.md)."""
    speech.show(ctx.uow, ctx.screen(), *await _screen(ctx, View()))


COMMANDS = (AdminCommand("review", review, Section.STUDENT, permission=Permission.REVIEWS, looks=True),)


def build_buttons() -> Router:
    """The queue's buttons, those of cards in groups too."""
    router = Router(name="admin-queue")

    @router.callback_query(Pressed(QUEUE, of_role=True))
    async def pressed(query: CallbackQuery, ctx: Context, press: Press) -> None:
        if await reviewers.refuse_press(ctx):
            return
        act, *about = press.id.split("-")
        ctx.only_looked = act not in {TAKE, NEXT, BACK, queue.HEIR}
        if act == LIST:
            view = View(about[0], about[1], int(about[2]))
            speech.show(ctx.uow, ctx.screen(query.message), *await _screen(ctx, view))
        elif act == NEXT:
            await _take_oldest(ctx, about[0])
        else:
            await _act(ctx, query, act, about)

    return router


async def _screen(ctx: Context, view: View) -> tuple[speech.Words, speech.Keyboard]:
    return await queue_screen.show(ctx.uow, ctx.bot.id, ctx.contact.telegram_id, view)


async def _take_oldest(ctx: Context, what: str) -> None:
    oldest = await queue.find_oldest(ctx.uow, ctx.bot.id, queue_screen.KIND_OF.get(what))
    if oldest is None:
        ctx.refuse_press("queue-none-free")
        return
    await _take(ctx, oldest, is_own=True)


async def _act(ctx: Context, query: CallbackQuery, act: str, about: list[str]) -> None:
    subject = queue.read_subject(about[0])
    if act == TAKE:
        await _take(ctx, subject, is_own=len(about) > 1)
    elif act == BACK:
        is_given_back = await queue.give_back(ctx.uow, subject, ctx.contact.telegram_id)
        ctx.only_looked = not is_given_back
        ctx.note("queue-given-back" if is_given_back else "queue-not-yours")
    elif act == queue.HEIR:
        await _pass_on(ctx, subject, int(about[1]))
    elif act == queue.KEEP:
        await queue.redraw(ctx.uow, subject)
    else:
        await _ask(ctx, query, act, subject)


async def _pass_on(ctx: Context, subject: Subject, heir_id: int) -> None:
    heir, me = Address(ctx.bot.id, heir_id), ctx.contact.telegram_id
    passed = await queue.pass_on(ctx.uow, subject, me, heir, ctx.next_key())
    ctx.only_looked = not passed
    ctx.alert("queue-passed" if passed else "queue-not-yours")


async def _take(ctx: Context, subject: Subject, *, is_own: bool) -> None:
    """From a list with a card of its own; from a card in place."""
    me = ctx.contact.telegram_id
    try:
        if is_own:
            await queue.take(ctx.uow, subject, ctx.address, me, ctx.next_key())
        else:
            await queue.take_here(ctx.uow, subject, me)
    except DomainError as refusal:
        if refusal.code != "REVIEW_TAKEN":
            raise
        await reviewers.tell_holder(ctx, subject)
        return
    ctx.note("queue-taken")


async def _ask(ctx: Context, query: CallbackQuery, act: str, subject: Subject) -> None:
    """What takes one more step: whom to pass it to, whether it is rejected, what the answer is."""
    me = ctx.contact.telegram_id
    if await claims.take(ctx.uow, subject.kind, subject.id, me) is None:
        if not await reviewers.tell_holder(ctx, subject):
            raise DomainError(ErrorKind.CONFLICT, "REVIEW_OVER")
        return
    if act == PASS:
        asked = await queue.offer_heirs(ctx.uow, subject, ctx.bot.id, me)
        speech.show(ctx.uow, ctx.screen(query.message), *asked)
    elif act == REJECT:
        asked = await assignments.ask_rejection(ctx.uow, subject.id, ctx.address)
        speech.show(ctx.uow, ctx.screen(query.message), *asked)
    elif act == ANSWER:
        await awaited.expect(ctx.uow, ctx.address, AwaitedKind.ANSWER, claims.HELD_FOR, str(subject))
        ctx.say("queue-answer-now")


async def take_answer(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """What a curator answers: one message in any form, or one album."""
    about, _, album = expected.about.partition("|")
    if album and message.media_group_id != album:
        await awaited.settle(ctx.uow, ctx.address, AwaitedKind.ANSWER)
        return False
    subject = queue.read_subject(about)
    if not ctx.may(Permission.REVIEWS) or await reviewers.tell_holder(ctx, subject):
        return ctx.may(Permission.REVIEWS)
    if message.media_group_id:
        about_album = f"{about}|{message.media_group_id}"
        await awaited.expect(ctx.uow, ctx.address, AwaitedKind.ANSWER, claims.HELD_FOR, about_album)
    else:
        await awaited.settle(ctx.uow, ctx.address, AwaitedKind.ANSWER)
    await _pass_on_answer(ctx, subject, read_person_message(message))
    return True


async def _pass_on_answer(ctx: Context, subject: Subject, said: PersonMessage) -> None:
    me = ctx.contact.telegram_id
    if subject.kind is CardKind.WORK:
        await of_work.answer_student(ctx.uow, subject.id, me, said, ctx.address)
        return
    decision = await questions.answer_question(ctx.uow, subject.id, me, said, ctx.address)
    if not decision.counts:
        ctx.refuse("question-answered-already", reviewer=decision.reviewer)


TAKERS = {AwaitedKind.ANSWER: take_answer}
