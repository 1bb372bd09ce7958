"""`/start` of either bot: consent first, then what they came for."""

from collections.abc import Awaitable, Callable

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from services.delivery import speech
from services.people import consents
from services.people.consents import GIVE

Begin = Callable[[Context, str], Awaitable[None]]
MOST_PAYLOAD = 64  # Telegram's own limit; whatever is longer was typed


def build_router(begin: Begin) -> Router:
    """The start command and the consent's button; `begin` is the bot's own beginning."""
    router = Router(name="opening")

    @router.message(CommandStart(), F.chat.type == "private")
    async def start(_: Message, command: CommandObject, ctx: Context) -> None:
        payload = (command.args or "")[:MOST_PAYLOAD]
        if await may_come_in(ctx):
            await begin(ctx, payload)
            return
        await ask_consent(ctx, payload)

    @router.callback_query(Pressed(GIVE))
    async def agree(_: CallbackQuery, ctx: Context) -> None:
        payload = await consents.give_consent(ctx.uow, ctx.contact.id)
        if payload is None:
            ctx.alert("consent-given-already")
            return
        await begin(ctx, payload)

    return router


async def may_come_in(ctx: Context) -> bool:
    """Whether they have agreed to what is kept about them; admins need not."""
    return ctx.is_admin or await consents.has_consented(ctx.uow, ctx.contact.id)


async def ask_consent(ctx: Context, payload: str) -> None:
    """Ask for it, and remember what they came for until they agree."""
    await consents.ask_consent(ctx.uow, ctx.contact.id, payload)
    button = speech.button(speech.words("consent-give"), GIVE, 1)
    text = speech.words("consent-ask")
    if ctx.uow.env.takes_no_money:
        text = speech.lines(speech.words("no-money"), text)
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=[[button]])
