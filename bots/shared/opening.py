"""`/start` of either bot: consent first, then what they came for."""

from collections.abc import Awaitable, Callable

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import Mailing
from core.presses import Press, PressKind
from services.delivery import speech
from services.delivery.speech import Screen
from services.insight import digest
from services.people import consents
from services.people.consents import GIVE
from services.tenancy.permissions import Permission

Begin = Callable[[Context, str], Awaitable[None]]
MAILING = PressKind.MAILING_ASK  # kind of the tick: 1 to have mailings
MOST_PAYLOAD = 64  # Telegram's own limit; whatever is longer was typed


def build_router(begin: Begin) -> Router:
    """The start command and the consent's button; `begin` is the bot's own beginning."""
    router = Router(name="opening")

    @router.message(CommandStart(), F.chat.type == "private")
    async def start(_: Message, command: CommandObject, ctx: Context) -> None:
        payload = (command.args or "")[:MOST_PAYLOAD]
        if ctx.may(Permission.OWN):
            await digest.plan(ctx.uow, ctx.contact)
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

    @router.callback_query(Pressed(MAILING))
    async def tick(query: CallbackQuery, ctx: Context, press: Press) -> None:
        wants = press.id == "1"
        answer = Mailing.AGREED if wants else Mailing.REFUSED
        await consents.answer_mailing(ctx.uow, ctx.contact.id, answer)
        _show_question(ctx, ctx.screen(query.message), wants_mailings=wants)

    return router


async def may_come_in(ctx: Context) -> bool:
    """Whether they have agreed to what is kept about them; whoever works here need not."""
    return ctx.may(Permission.WORK) or await consents.has_consented(ctx.uow, ctx.contact.id)


async def ask_consent(ctx: Context, payload: str) -> None:
    """Ask for it, and remember what they came for until they agree."""
    await consents.ask_consent(ctx.uow, ctx.contact.id, payload)
    _show_question(ctx, ctx.screen(), wants_mailings=False)


def _show_question(ctx: Context, screen: Screen, *, wants_mailings: bool) -> None:
    """Two things that are kept apart: what the offer needs, and, for who ticks it, messages that go to many."""
    agree = speech.button(speech.words("consent-give"), GIVE, 1)
    label = speech.words("mailing-ticked" if wants_mailings else "mailing-unticked")
    tick = speech.button(label, MAILING, int(not wants_mailings))
    text = speech.words("consent-ask")
    if ctx.uow.env.takes_no_money:
        text = speech.lines(speech.words("no-money"), text)
    speech.show(ctx.uow, screen, text, [[agree], [tick]])
