"""`/start` of the course bot: in with a token or as a buyer, back to where she was, or told where to buy."""

from bots.shared.context import Context
from core.errors import DomainError
from core.lifecycle import BotKind
from services.delivery import speech
from services.learning import access, assignments, enrollment, lessons, runs
from services.tenancy.bots import get_bot


async def begin(ctx: Context, payload: str) -> None:
    """Let her in by token or as a buyer, or say where to buy; an admin is welcome without."""
    if ctx.is_admin and not payload:
        ctx.say("course-admin")
        await assignments.show_waiting(ctx.uow, ctx.address)
    try:
        entrance = await enrollment.enter_course(ctx.uow, ctx.contact, ctx.address, payload)
    except DomainError as refusal:
        if not (ctx.is_admin and refusal.code == "PAYMENT_REQUIRED"):
            await send_to_shop(ctx, refusal)
        return
    await greet(ctx, entrance)


async def greet(ctx: Context, entrance: enrollment.Entrance) -> None:
    """A newcomer has her first lesson; somebody who is back gets the last message again."""
    if entrance.is_new:
        return
    if entrance.is_held:
        await access.explain_hold(ctx.uow, ctx.address, ctx.next_key())
        return
    if entrance.is_over:
        ctx.say("course-over")
        return
    ctx.say("course-welcome-back")
    if not await runs.say_again(ctx.uow, entrance.run_id, ctx.next_key()):
        ctx.say("course-fallback")


async def say_where(ctx: Context) -> None:
    """Nobody took what she wrote: say what the course waits for, or how to get into it; an admin, how to answer."""
    try:
        await lessons.say_where(ctx.uow, ctx.contact, ctx.screen())
    except DomainError as refusal:
        if ctx.is_admin:
            ctx.say("course-admin")
        else:
            await send_to_shop(ctx, refusal)


async def send_to_shop(ctx: Context, refusal: DomainError) -> None:
    """No access: say so, and where to buy."""
    shop = await get_bot(ctx.uow, BotKind.SALES)
    key = "course-bad-link" if refusal.code == "TOKEN_REFUSED" else "course-no-access"
    button = speech.link_button(speech.words("button-shop"), f"https://t.me/{shop.username}")
    ctx.say(key, buttons=[[button]])
