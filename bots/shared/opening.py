"""`/start` of either bot: an invitation makes a member; else consent first, then what they came for."""

from collections.abc import Awaitable, Callable

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from bots.shared.founding import found, offer, say_whose
from core.environment import Environment
from core.lifecycle import Mailing
from core.presses import Press, PressKind
from core.rules.deep_link import LinkKind, Prefixed, parse_payload
from services.commerce.payments.accounts import takes_no_money
from services.delivery import speech
from services.delivery.speech import Screen, Words
from services.insight import digest
from services.people import consents
from services.people.admins import tell_admins
from services.people.consents import GIVE
from services.tenancy.permissions import Permission
from services.tenancy.sign_in import invitations

Begin = Callable[[Context, str], Awaitable[None]]
MAILING = PressKind.MAILING_ASK  # kind of the tick: 1 to have mailings
MOST_PAYLOAD = 64  # Telegram's own limit; whatever is longer was typed


def build_router(begin: Begin) -> Router:
    """The start command and the consent's button; `begin` is the bot's own beginning."""
    router = Router(name="opening")

    @router.message(CommandStart(), F.chat.type == "private")
    async def start(_: Message, command: CommandObject, ctx: Context) -> None:
        payload = (command.args or "")[:MOST_PAYLOAD]
        if await found(ctx, payload):
            return
        if await join(ctx, payload):
            return
        if ctx.may(Permission.OWN):
            await digest.plan(ctx.uow, ctx.contact)
        if not payload and await offer(ctx):
            return
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
        await _show_question(ctx, ctx.screen(query.message), wants_mailings=wants)

    return router


async def may_come_in(ctx: Context) -> bool:
    """Whether they have agreed to what is kept about them; whoever works here need not."""
    return ctx.may(Permission.WORK) or await consents.has_consented(ctx.uow, ctx.contact.id)


async def ask_consent(ctx: Context, payload: str) -> None:
    """Ask for it, and remember what they came for until they agree; where nobody owns the school yet, say that instead."""
    if not payload and await say_whose(ctx):
        return
    await consents.ask_consent(ctx.uow, ctx.contact.id, payload)
    await _show_question(ctx, ctx.screen(), wants_mailings=False)


async def _show_question(ctx: Context, screen: Screen, *, wants_mailings: bool) -> None:
    """Two things that are kept apart: what the offer needs, and, for who ticks it, messages that go to many."""
    agree = speech.button(speech.words("consent-give"), GIVE, 1)
    label = speech.words("mailing-ticked" if wants_mailings else "mailing-unticked")
    tick = speech.button(label, MAILING, int(not wants_mailings))
    parts = [speech.words("no-money")] if await takes_no_money(ctx.uow) else []
    parts += [speech.words("consent-ask"), *describe_papers(ctx.uow.env)]
    speech.show(ctx.uow, screen, speech.lines(*parts), [[agree], [tick]])


def describe_papers(env: Environment) -> list[Words]:
    """What is agreed to besides, with its addresses; nothing where the school names none."""
    named = {"offer": env.offer_url, "policy": env.privacy_url}
    there = {name: url for name, url in named.items() if url}
    return [speech.words(f"consent-{'-'.join(there)}", **there)] if there else []


async def join(ctx: Context, payload: str) -> bool:
    """Follow an invitation; False for a start that is none. Guessing is slowed down."""
    match parse_payload(payload):
        case Prefixed(kind=LinkKind.JOIN, value=token):
            if ctx.may_guess():
                await _join(ctx, token)
            return True
    return False


async def _join(ctx: Context, token: str) -> None:
    person = ctx.contact
    role = await invitations.join(ctx.uow, person.telegram_id, person.full_name, token)
    if role is None:
        ctx.count_guess()
        ctx.say("join-over")
        return
    ctx.roles |= {role}
    name = speech.words(f"role-{role}")
    ctx.say("join-welcome", role=name)
    await tell_admins(
        ctx.uow, speech.words("join-told", name=person.full_name, role=name), f"join:{ctx.update_id}"
    )
