"""`/paysupport`, which Telegram asks of every bot that takes money: the question goes to the people who run the shop."""

from datetime import timedelta

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bots.runtime.context import Context
from core.lifecycle import AwaitedKind
from services.commerce.orders import support
from services.people import awaited
from services.people.schemas import AwaitedInput

WITHIN = timedelta(hours=1)  # what happened is written after the bare command


def build_router() -> Router:
    """The command, in both bots."""
    router = Router(name="pay-support")

    @router.message(Command("paysupport"), F.chat.type == "private")
    async def ask(_: Message, ctx: Context, command: CommandObject) -> None:
        text = (command.args or "").strip()
        is_reached = await support.ask_about_payment(ctx.uow, ctx.contact, ctx.address, text, ctx.next_key())
        if is_reached and not text:
            await awaited.expect(ctx.uow, ctx.address, AwaitedKind.PAY_SUPPORT, WITHIN)

    return router


async def take_words(ctx: Context, message: Message, _: AwaitedInput) -> bool:
    """What happened, after the bare command; a picture without words is none of it."""
    text = message.text or message.caption
    if text:
        await awaited.settle(ctx.uow, ctx.address, AwaitedKind.PAY_SUPPORT)
        await support.add_words(ctx.uow, ctx.contact, ctx.address, text, ctx.next_key())
    return bool(text)
