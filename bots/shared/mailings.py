"""Messages that go to many, as their readers see them: the author's buttons, and the way out and back."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from bots.shared.opening import ask_consent, may_come_in
from core.lifecycle import Mailing
from core.presses import Press, PressKind
from services.delivery import speech
from services.messaging.broadcasts.broadcasts import leave_out
from services.messaging.broadcasts.contents import PRESS, STOP
from services.people.consents import answer_mailing
from services.workflows.broadcast_press import do_press, find_button

AGAIN = PressKind.MAILING_AGAIN


def build_router() -> Router:
    """`/stop`, the footer's button, the one that takes it back, and the author's."""
    router = Router(name="mailings")

    @router.message(Command("stop"), F.chat.type == "private")
    async def stop(_: Message, ctx: Context) -> None:
        await _stop(ctx)

    @router.callback_query(Pressed(STOP))
    async def leave(_: CallbackQuery, ctx: Context) -> None:
        await _stop(ctx)

    @router.callback_query(Pressed(AGAIN))
    async def come_back(_: CallbackQuery, ctx: Context) -> None:
        await answer_mailing(ctx.uow, ctx.contact.id, Mailing.AGREED)
        ctx.say("mailing-again-done")

    @router.callback_query(Pressed(PRESS))
    async def press(_: CallbackQuery, ctx: Context, press: Press) -> None:
        await _press(ctx, press.id)

    return router


async def _stop(ctx: Context) -> None:
    await answer_mailing(ctx.uow, ctx.contact.id, Mailing.REFUSED)
    await leave_out(ctx.uow, ctx.chat_id)
    again = speech.button(speech.words("mailing-again"), AGAIN, 1)
    ctx.say("mailing-stopped", buttons=[[again]])


async def _press(ctx: Context, place: str) -> None:
    button = await find_button(ctx.uow, place, ctx.chat_id)
    if button is None:
        ctx.alert("error-button-expired")
    elif button.start and not await may_come_in(ctx):
        await ask_consent(ctx, button.start)
    elif not await do_press(ctx.uow, ctx.contact, ctx.address, button):
        ctx.alert("error-button-expired")
    elif button.tag:
        ctx.note("mailing-pressed")
