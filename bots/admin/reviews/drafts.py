"""The buttons of a model's draft: have one, send it, change it, go without it; nothing leaves without a press."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.admin.reviews import reviewers
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import AwaitedKind, CardKind
from core.presses import Press
from services.delivery import speech
from services.learning.review import claims
from services.learning.review.answers import drafts
from services.learning.review.answers.drafts import ASK, EDIT, PRESS, SEND
from services.learning.review.claim_buttons import Subject
from services.people import awaited


def build_buttons() -> Router:
    """Those of cards in groups too."""
    router = Router(name="admin-drafts")

    @router.callback_query(Pressed(PRESS, of_role=True))
    async def pressed(query: CallbackQuery, ctx: Context, press: Press) -> None:
        if await reviewers.refuse_press(ctx):
            return
        act, _, work = press.id.partition("-")
        subject = Subject(CardKind.WORK, int(work))
        ctx.only_looked = act != SEND
        if await reviewers.tell_holder(ctx, subject):
            return
        if act == ASK:
            ctx.note(await drafts.ask(ctx.uow, subject.id, ctx.address, ctx.next_key()))
        else:
            await _follow(ctx, query, act, subject)

    return router


async def _follow(ctx: Context, query: CallbackQuery, act: str, subject: Subject) -> None:
    shown = ctx.screen(query.message)
    if act == SEND:
        number = query.message.message_id if query.message else 0
        sent = await drafts.send(ctx.uow, subject.id, ctx.contact.telegram_id, ctx.address, number)
        if sent:
            speech.show(ctx.uow, shown, speech.words("draft-sent"))
        else:
            ctx.refuse_press("draft-gone")
    elif act == EDIT:
        await _edit(ctx, query, subject)
    else:
        await drafts.drop(ctx.uow, subject.id)
        speech.show(ctx.uow, shown, speech.words("draft-dropped"))


async def _edit(ctx: Context, query: CallbackQuery, subject: Subject) -> None:
    """In private the next message is the answer; in a group a reply to the draft is."""
    is_private = ctx.chat_id > 0
    shown = await drafts.show_to_edit(ctx.uow, subject.id, is_private=is_private)
    if shown is None:
        ctx.refuse_press("draft-gone")
        return
    if is_private:
        await claims.take(ctx.uow, subject.kind, subject.id, ctx.contact.telegram_id)
        await awaited.expect(ctx.uow, ctx.address, AwaitedKind.ANSWER, claims.HELD_FOR, str(subject))
    speech.show(ctx.uow, ctx.screen(query.message), *shown)
