"""`/promo CODE`: what a code takes off, and the prices with it; the code may come as a message of its own."""

from datetime import timedelta

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bots.runtime.context import Context
from core.lifecycle import AwaitedKind
from core.rules.promo import read_code
from services.people import awaited
from services.people.schemas import AwaitedInput
from services.workflows.promo_entry import enter_promo

WITHIN = timedelta(minutes=30)  # a code is written after the bare command


def build_router() -> Router:
    """The buyer's command."""
    router = Router(name="sales-promo")

    @router.message(Command("promo"), F.chat.type == "private")
    async def enter(_: Message, command: CommandObject, ctx: Context) -> None:
        await begin(ctx, command.args or "")

    return router


async def begin(ctx: Context, text: str) -> None:
    """Enter a code, or ask for it; who tries too many that are none is slowed down."""
    if not text.strip():
        await awaited.expect(ctx.uow, ctx.address, AwaitedKind.PROMO, WITHIN)
        ctx.say("promo-usage")
    elif ctx.may_guess():
        if await enter_promo(ctx.uow, ctx.contact, ctx.address, text, ctx.next_key()):
            await awaited.settle(ctx.uow, ctx.address, AwaitedKind.PROMO)
        else:
            ctx.count_guess()


async def take_code(ctx: Context, message: Message, _: AwaitedInput) -> bool:
    """What is written after the bare command; one that is spelt wrong may be written once more, a sentence is no code."""
    is_code = bool(read_code(message.text or ""))
    if is_code:
        await begin(ctx, message.text or "")
    return is_code
