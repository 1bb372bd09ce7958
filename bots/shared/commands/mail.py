"""`/email`, in both bots: letters to an address of theirs, when the bot is blocked or, with `always`, beside it."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bots.runtime.context import Context
from core.errors import DomainError
from core.limits import LETTERS
from services.people.mail import addresses

ALWAYS, OFF = "always", "off"
WORDS = {"MAIL_ADDRESS": "mail-wrong", "MAIL_OFF": "mail-off"}


def build_router() -> Router:
    """The command."""
    router = Router(name="email")

    @router.message(Command("email"), F.chat.type == "private")
    async def take(_: Message, command: CommandObject, ctx: Context) -> None:
        await follow(ctx, (command.args or "").split())

    return router


async def follow(ctx: Context, said: list[str]) -> None:
    """Name an address, forget it, or say how either is done; an address gets few letters that nobody there asked for."""
    if said == [OFF]:
        was_there = await addresses.forget_address(ctx.uow, ctx.contact)
        ctx.say("mail-forgotten" if was_there else "mail-none")
    elif not said or len(said) > 1 + (said[-1] == ALWAYS):
        ctx.say("mail-how" if ctx.uow.env.mail_from else "mail-off")
    elif ctx.has_room(LETTERS):
        try:
            is_always = said[-1] == ALWAYS and len(said) > 1
            address = await addresses.name_address(ctx.uow, ctx.contact, said[0], always=is_always)
        except DomainError as refusal:
            ctx.say(WORDS[refusal.code])
            return
        ctx.count(LETTERS)
        ctx.say("mail-named", address=address)
