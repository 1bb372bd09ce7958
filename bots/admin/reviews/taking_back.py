"""The buttons below the word that an answer went out: take it back, write another one."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.admin.reviews import reviewers
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import AwaitedKind
from core.presses import Press
from services.delivery import speech
from services.learning.review import claims
from services.learning.review.answers import taking_back
from services.learning.review.claim_buttons import ANEW, ANSWER_BACK
from services.people import awaited


def build_buttons() -> Router:
    """Those in groups too, where every reviewer may."""
    router = Router(name="admin-taking-back")

    @router.callback_query(Pressed(ANSWER_BACK, of_role=True))
    async def pressed(query: CallbackQuery, ctx: Context, press: Press) -> None:
        if await reviewers.refuse_press(ctx):
            return
        act, _, what = press.id.partition("-")
        if act == ANEW:
            ctx.only_looked = True
            await awaited.expect(ctx.uow, ctx.address, AwaitedKind.ANSWER, claims.HELD_FOR, what)
            ctx.say("queue-answer-now")
            return
        taken = await taking_back.take_back(ctx.uow, ctx.address, what, ctx.contact.telegram_id)
        if not taken.is_on_card:
            speech.show(ctx.uow, ctx.screen(query.message), *taking_back.tell(taken, ctx.address))

    return router
