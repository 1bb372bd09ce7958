"""Ready answers to work and questions: chosen, looked at, sent with a press; new ones kept from a message."""

from datetime import timedelta

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.admin.permissions import admin_router
from bots.admin.reviews import reviewers
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from bots.shared.person_messages import read_person_message
from core.lifecycle import AwaitedKind, CardKind
from core.presses import Press, PressKind
from core.text.message import localize
from services.delivery import speech
from services.delivery.schemas import PersonMessage
from services.delivery.speech import Keyboard, Words
from services.learning import run_lookup
from services.learning.review import assignments, questions, queue
from services.learning.review.answers import of_work
from services.learning.review.claim_buttons import Subject
from services.messaging import canned
from services.people import awaited, contacts
from services.people.schemas import AwaitedInput
from services.tenancy.permissions import Permission

CANNED = PressKind.CANNED  # kind of the buttons: act, then for what, then which answer
LIST, LOOK, SEND, DROP, NEW = "list", "look", "send", "drop", "new"
WITHIN = timedelta(minutes=30)


def build_buttons() -> Router:
    """What is done with them."""
    router = admin_router("admin-canned", Permission.REVIEWS)

    @router.callback_query(Pressed(CANNED))
    async def pressed(query: CallbackQuery, ctx: Context, press: Press) -> None:
        act, about, *which = press.id.split("-")
        subject = queue.read_subject(about)
        ctx.only_looked = act in {LIST, LOOK, NEW}
        if await reviewers.tell_holder(ctx, subject):
            return
        if act == NEW:
            await awaited.expect(ctx.uow, ctx.address, AwaitedKind.CANNED, WITHIN, about)
        if act == DROP:
            await canned.drop(ctx.uow, int(which[0]))
        if act == SEND:
            await _send(ctx, query, subject, int(which[0]))
            return
        shown = await _look(ctx, subject, int(which[0])) if act == LOOK else await _list(ctx, subject, act)
        speech.show(ctx.uow, ctx.screen(query.message if act != LIST else None), *shown)

    return router


async def _list(ctx: Context, subject: Subject, act: str = LIST) -> tuple[Words, Keyboard]:
    if act == NEW:
        return speech.words("canned-now", open="{{", close="}}"), [
            [_button("button-canned-list", LIST, subject)]
        ]
    ready = await canned.list_canned(ctx.uow, ctx.bot.id)
    rows = [[speech.button(reply.name, CANNED, f"{LOOK}-{subject}-{reply.id}")] for reply in ready]
    text = speech.words("canned-title" if ready else "canned-none")
    return text, [*rows, [_button("button-canned-new", NEW, subject)]]


async def _look(ctx: Context, subject: Subject, canned_id: int) -> tuple[Words, Keyboard]:
    reply = await canned.get_canned(ctx.uow, canned_id)
    said = await _address(ctx, subject, reply, 0)
    text = speech.words("canned-look", text=said.words or reply.name)
    send = speech.button(speech.words("button-canned-send"), CANNED, f"{SEND}-{subject}-{reply.id}")
    drop = speech.button(speech.words("button-canned-drop"), CANNED, f"{DROP}-{subject}-{reply.id}")
    return text, [[send], [drop, _button("button-canned-list", LIST, subject)]]


def _button(text: str, act: str, subject: Subject) -> dict[str, object]:
    return {**speech.button(speech.words(text), CANNED, f"{act}-{subject}")}


async def _send(ctx: Context, query: CallbackQuery, subject: Subject, canned_id: int) -> None:
    """As the curator's own answer; once for each message that offered it."""
    reply = await canned.get_canned(ctx.uow, canned_id)
    said = await _address(ctx, subject, reply, query.message.message_id if query.message else 0)
    me = ctx.contact.telegram_id
    if subject.kind is CardKind.WORK:
        await of_work.answer_student(ctx.uow, subject.id, me, said, ctx.address)
        return
    decision = await questions.answer_question(ctx.uow, subject.id, me, said, ctx.address)
    if not decision.counts:
        ctx.refuse_press("question-answered-already", reviewer=decision.reviewer)


async def _address(ctx: Context, subject: Subject, reply: canned.Canned, message_id: int) -> PersonMessage:
    """The answer with the name of whose work or question it is."""
    if subject.kind is CardKind.WORK:
        run_id = (await assignments.get_submission(ctx.uow, subject.id)).run_id
    else:
        run_id = (await questions.get_question(ctx.uow, subject.id)).run_id
    run = await run_lookup.load_run(ctx.uow, run_id)
    student = await contacts.get_contact(ctx.uow, run.stored.contact_id)
    course = localize(run.flow.name, student.language)
    return canned.address_to(reply, student.given_name, course, (ctx.chat_id, message_id))


async def take_canned(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """A new ready answer, as it is written or recorded."""
    if not ctx.may(Permission.REVIEWS):
        return False
    await canned.keep(ctx.uow, ctx.bot.id, read_person_message(message))
    await awaited.settle(ctx.uow, ctx.address, AwaitedKind.CANNED)
    speech.show(ctx.uow, ctx.screen(), *await _list(ctx, queue.read_subject(expected.about)))
    return True


TAKERS = {AwaitedKind.CANNED: take_canned}
