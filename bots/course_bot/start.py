"""`/start` of the course bot: in with a token or as a buyer, back to where they were, or told where to buy."""

from aiogram.types import Message

from bots.runtime.context import Context
from bots.shared.founding import say_whose
from bots.shared.person_messages import read_person_message
from core.errors import DomainError
from core.text.markup import to_html
from services.content.entry.participants import Declined
from services.delivery import speech
from services.learning.enrollment import courses, enrollment
from services.learning.enrollment.enrollment import Entrance, Turn
from services.learning.review import questions, review_cards, waiting
from services.learning.runs import runs
from services.learning.runs.holds.access_changes import shop_buttons
from services.learning.study import lessons
from services.tenancy.permissions import Permission


async def begin(ctx: Context, payload: str) -> None:
    """Let them in by token or as a buyer, or say where to buy; who reviews is welcome without."""
    if ctx.may(Permission.REVIEWS) and not payload:
        ctx.say("course-admin")
        await waiting.show_waiting(ctx.uow, ctx.address)
    if payload and not ctx.may_guess():
        return
    try:
        entrance = await enrollment.enter_course(ctx.uow, ctx.contact, ctx.address, payload)
    except DomainError as refusal:
        if refusal.code == "TOKEN_REFUSED":
            ctx.count_guess()
        if not (ctx.roles and refusal.code == "PAYMENT_REQUIRED"):
            await send_to_shop(ctx, refusal)
        return
    await greet(ctx, entrance)


async def greet(ctx: Context, entrance: Entrance) -> None:
    """A newcomer has their first lesson; somebody who is back gets the last message again, or a choice."""
    match entrance.turn:
        case Turn.NEW:
            return
        case Turn.HELD:
            await lessons.explain_hold(ctx.uow, ctx.contact, ctx.screen())
        case Turn.OVER:
            again = speech.button(speech.words("button-restart"), courses.AGAIN, entrance.run_id)
            ctx.say("course-over", buttons=[[again]])
        case Turn.WAITS if entrance.active_id is not None:
            await courses.offer_switch(ctx.uow, entrance.run_id, entrance.active_id, ctx.screen())
        case Turn.CHOOSES:
            await courses.show_courses(ctx.uow, ctx.contact, ctx.screen())
        case _:
            await _welcome_back(ctx, entrance.run_id)


async def _welcome_back(ctx: Context, run_id: int) -> None:
    if run_id in ctx.speaking:
        return
    ctx.say("course-welcome-back")
    if not await runs.say_again(ctx.uow, run_id, ctx.next_key()):
        ctx.say("course-fallback")


async def say_where(ctx: Context, message: Message) -> None:
    """Nobody took what they wrote: their curator reads it where they have a topic, else they hear what the course waits for, or how to get into it; a reviewer, how to answer."""
    if ctx.may(Permission.REVIEWS) and await review_cards.is_shown_in(ctx.uow, ctx.address):
        ctx.say("review-unaddressed")
        return
    if await questions.say_in_topic(ctx.uow, ctx.contact, ctx.address, read_person_message(message)):
        return
    try:
        await lessons.say_where(ctx.uow, ctx.contact, ctx.screen())
    except DomainError as refusal:
        if ctx.may(Permission.REVIEWS):
            ctx.say("review-unaddressed")
        elif not await say_whose(ctx):
            await send_to_shop(ctx, refusal)


async def send_to_shop(ctx: Context, refusal: DomainError) -> None:
    """No access: say so, and where to buy; a restricted course has words of its own."""
    if isinstance(refusal, Declined):
        texts = {name: to_html(text, markdown=False) for name, text in (refusal.text or {}).items()}
        words = speech.content(texts) if texts else speech.words("course-declined")
        speech.say(ctx.uow, ctx.address, words, ctx.next_key())
        return
    key = "course-bad-link" if refusal.code == "TOKEN_REFUSED" else "course-no-access"
    ctx.say(key, buttons=await shop_buttons(ctx.uow))
