"""`/newschool`: whoever wants a school of their own comes to where it is made, if the operator lets people."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message

from bots.runtime.context import Context
from services.delivery import speech

HTTPS = "https://"
DOOR = "/panel/login?school=1"


def _is_open(_: Message, ctx: Context) -> bool:
    """In the operator's own bot, where people may register and Telegram can open the page."""
    env = ctx.uow.env
    return env.enable_signup and env.speaks_of(ctx.uow.account_id) and env.public_url.startswith(HTTPS)


def build_router() -> Router:
    """The command; where nobody may register it is unknown like any other."""
    router = Router(name="sales-own-school")

    @router.message(Command("newschool"), F.chat.type == "private", _is_open)
    async def show(_: Message, ctx: Context) -> None:
        page = f"{ctx.uow.env.public_url.rstrip('/')}{DOOR}"
        ctx.say("own-school", buttons=[[speech.inside_button(speech.words("button-own-school"), page)]])

    return router
