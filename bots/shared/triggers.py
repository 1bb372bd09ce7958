"""What the author has a bot answer by itself, asked after everything that waits for them, before the bot's own last word."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from bots.shared.opening import ask_consent, may_come_in
from core.presses import Press
from core.triggers import TriggerKind, TriggerSpec
from services.content.scenarios import find_scenario
from services.learning.enrollment.scenarios import start_scenario
from services.messaging import triggers
from services.messaging.triggers import PRESS


async def answer_text(ctx: Context, text: str) -> bool:
    """Do what a text's trigger says; False if it has none."""
    return await _do(ctx, await triggers.meet_text(ctx.uow, ctx.bot.id, ctx.contact, text))


async def answer_event(ctx: Context, kind: TriggerKind, name: str) -> bool:
    """Do what the trigger of a button or a link says; False if it has none."""
    return await _do(ctx, await triggers.meet_event(ctx.uow, ctx.bot.id, ctx.contact, kind, name))


def build_router() -> Router:
    """The buttons of answers."""
    router = Router(name="triggers")

    @router.callback_query(Pressed(PRESS))
    async def press(_: CallbackQuery, ctx: Context, press: Press) -> None:
        if not await answer_event(ctx, TriggerKind.BUTTON, press.id):
            ctx.alert("error-button-expired")

    return router


async def _do(ctx: Context, spec: TriggerSpec | None) -> bool:
    """Who has not agreed yet is answered, but begins nothing before they do."""
    if spec is None:
        return False
    triggers.say_answer(ctx.uow, ctx.address, spec, ctx.next_key)
    chosen = spec.start and await find_scenario(ctx.uow, ctx.bot.id, spec.start)
    if not chosen:
        return True
    if await may_come_in(ctx):
        await start_scenario(ctx.uow, ctx.contact, ctx.address, chosen)
    else:
        await ask_consent(ctx, chosen.slug)
    return True
