"""The one place that asks what is awaited from a person here: their next message goes there, before everything else."""

from collections.abc import Awaitable, Callable, Mapping

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import Message

from bots.runtime.context import Context
from bots.shared.dialog import find_ref_replied_to
from core.lifecycle import AwaitedKind
from services.learning import run_lookup
from services.people import awaited
from services.people.schemas import AwaitedInput

Taker = Callable[[Context, Message, AwaitedInput], Awaitable[bool]]
"""Takes the message; False if it is about something else after all."""


def build_router(takers: Mapping[AwaitedKind, Taker]) -> Router:
    """Asked before talks and flows: both drop what was awaited when they begin or ask later."""
    router = Router(name="awaited-inputs")

    @router.message(F.chat.type == "private", ~F.text.startswith("/"), ~F.caption.startswith("/"))
    async def take(message: Message, ctx: Context) -> None:
        expected = await _find_expected(message, ctx)
        taker = takers.get(expected.kind) if expected else None
        if expected is None or taker is None or not await taker(ctx, message, expected):
            raise SkipHandler

    return router


async def _find_expected(message: Message, ctx: Context) -> AwaitedInput | None:
    """What the message is to be; none for a reply, which is about what it replies to, and if a flow has asked later."""
    expected = await awaited.find(ctx.uow, ctx.address)
    if expected is None or await find_ref_replied_to(message, ctx):
        return None
    if await run_lookup.has_asked_since(ctx.uow, ctx.contact, ctx.bot.id, expected.asked_at):
        await awaited.give_up(ctx.uow, ctx.address)
        return None
    return expected
