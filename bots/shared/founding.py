"""A bot that nobody owns yet: whoever sends the code of the console becomes the owner and is led on from there."""

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import Message

from bots.runtime.context import Context
from core.roles import MemberRole
from core.rules.deep_link import LinkKind, Prefixed, parse_payload
from services.content import flows
from services.delivery import speech
from services.insight import digest
from services.tenancy import founding
from services.tenancy.permissions import Permission
from services.workflows.desk.setup_desk import lead_on, may_offer, open_setup
from services.workflows.desk.talks import Author


def build_router() -> Router:
    """The code as somebody types it; asked before everything else that takes words."""
    router = Router(name="founding")

    @router.message(F.chat.type == "private", F.text)
    async def type_code(message: Message, ctx: Context) -> None:
        letters = founding.read_code(message.text or "")
        if letters is None or await founding.has_owner(ctx.uow):
            raise SkipHandler
        await _claim(ctx, letters)

    return router


async def found(ctx: Context, payload: str) -> bool:
    """Follow a start where nobody owns the school; False where somebody does, or people are taught there already."""
    if await founding.has_owner(ctx.uow):
        return False
    match parse_payload(payload):
        case Prefixed(kind=LinkKind.OWNER, value=code):
            await _claim(ctx, founding.read_code(code) or "")
            return True
    return not payload and await say_whose(ctx)


async def say_whose(ctx: Context) -> bool:
    """Say that the school has no owner yet; False where it has one, or people are taught there already."""
    if await founding.has_owner(ctx.uow) or any(
        listed_flow.versions for listed_flow in await flows.list_flows(ctx.uow)
    ):
        return False
    ctx.say("owner-none")
    return True


async def _claim(ctx: Context, letters: str) -> None:
    if not ctx.may_guess():
        return
    if not await founding.claim(ctx.uow, ctx.contact.telegram_id, ctx.contact.full_name, letters):
        ctx.count_guess()
        ctx.say("owner-wrong-code")
        return
    ctx.roles = frozenset({MemberRole.OWNER})
    await digest.plan(ctx.uow, ctx.contact)
    author = Author(ctx.contact, ctx.address, ctx.next_key())
    await lead_on(ctx.uow, author, speech.words("owner-welcome"))


async def offer(ctx: Context) -> bool:
    """Lead the first owner of the settings, once, where nothing is sold yet; False where that is not to be."""
    if not (ctx.may(Permission.OWN) and await may_offer(ctx.uow, ctx.contact.telegram_id)):
        return False
    await open_setup(ctx.uow, Author(ctx.contact, ctx.address, ctx.next_key()), speech.words("setup-offer"))
    return True
