"""`/promo CODE`: what a code takes off, and the prices with it."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bots.runtime.context import Context
from services.workflows.promo_entry import enter_promo


def build_router() -> Router:
    """The buyer's command."""
    router = Router(name="sales-promo")

    @router.message(Command("promo"), F.chat.type == "private")
    async def enter(_: Message, command: CommandObject, ctx: Context) -> None:
        await begin(ctx, command.args or "")

    return router


async def begin(ctx: Context, text: str) -> None:
    """Enter a code; who tries too many that are none is slowed down."""
    if not text.strip():
        ctx.say("promo-usage")
    elif ctx.may_guess() and not await enter_promo(ctx.uow, ctx.contact, ctx.address, text, ctx.next_key()):
        ctx.count_guess()
