"""`/why`: what became of somebody's money, link by link, and one button for what is missing."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.errors import DomainError
from core.presses import Press
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.insight.students import list_students
from services.people.contacts import get_contact
from services.people.schemas import Contact
from services.tenancy.permissions import Permission
from services.workflows.why import mending, telling
from services.workflows.why.gathering import find_person, load_chains
from services.workflows.why.schemas import Mend


async def why(_: Message, command: CommandObject, ctx: Context) -> None:
    """Show order, payment, access, groups and lessons of a person as one timeline, and mend what is missing.

    The person is an @name, a Telegram id, a name, the number of an order, or of a payment at its provider.
    """
    text, buttons = await _answer(ctx, (command.args or "").strip())
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=buttons)


COMMANDS = (AdminCommand("why", why, Section.STUDENT, "@anna", permission=Permission.CONTACTS, looks=True),)


def build_buttons() -> Router:
    """What mends a chain, and a fresh look at it."""
    router = admin_router("admin-why", Permission.CONTACTS)

    @router.callback_query(Pressed(telling.MEND))
    async def pressed(query: CallbackQuery, ctx: Context, press: Press) -> None:
        what, target, person_id = press.id.split("-")
        done = await _mend(ctx, what, int(target))
        text, buttons = await _show(ctx, await get_contact(ctx.uow, int(person_id)))
        redraw(ctx, query, speech.lines(*done, text), buttons)

    return router


async def _answer(ctx: Context, words: str) -> tuple[Words, Keyboard]:
    if not words:
        return speech.words("why-usage"), ()
    person = await find_person(ctx.uow, words)
    if person is not None:
        return await _show(ctx, person)
    called = (await list_students(ctx.uow, words=words)).shown
    if not called:
        return speech.words("why-nobody", name=words), ()
    if len(called) == 1:
        return await _show(ctx, await get_contact(ctx.uow, called[0].contact_id))
    buttons = [
        [speech.button(candidate.name, telling.MEND, f"{telling.LOOK}-0-{candidate.contact_id}")]
        for candidate in called
    ]
    return speech.words("why-which", name=words), buttons


async def _show(ctx: Context, person: Contact) -> tuple[Words, Keyboard]:
    chains = await load_chains(ctx.uow, person)
    return await telling.describe(ctx.uow, person, chains, ctx.contact.zone)


async def _mend(ctx: Context, what: str, target: int) -> list[Words]:
    """Do what was pressed; what is said of it, nothing for a fresh look."""
    if what == telling.LOOK:
        return []
    order = mending.Order(Mend(what), target, ctx.contact.telegram_id, ctx.next_key())
    try:
        await mending.mend(ctx.uow, order)
    except DomainError as refusal:
        return [speech.words("why-refused", why=refusal.code)]
    return [speech.words(f"why-did-{what}")]
