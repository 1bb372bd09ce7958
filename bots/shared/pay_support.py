"""`/paysupport`, which Telegram asks of every bot that takes money: the question goes to the people who run the shop."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bots.runtime.context import Context
from services.commerce.orders.support import ask_about_payment


def build_router() -> Router:
    """The command, in both bots."""
    router = Router(name="pay-support")

    @router.message(Command("paysupport"), F.chat.type == "private")
    async def ask(_: Message, ctx: Context, command: CommandObject) -> None:
        await ask_about_payment(ctx.uow, ctx.contact, ctx.address, command.args or "", ctx.next_key())

    return router
