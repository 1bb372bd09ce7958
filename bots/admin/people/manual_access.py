"""`/give` and `/revoke`: access without money, asked once more before it is done."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router, find_person, name_of, read_words
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.errors import DomainError
from core.lifecycle import AccessStatus
from core.presses import Press, PressKind
from services.commerce.access import leaving, manual_access
from services.commerce.access.leaving import OUT
from services.commerce.access.taking_away import take_away
from services.commerce.catalog.tariffs import find_by_code, get_tariff_by_id, list_tariffs
from services.commerce.schemas import Access, Membership
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.people.contacts import get_contact
from services.people.schemas import Contact
from services.tenancy.permissions import Permission

GIVE = PressKind.ACCESS_GIVE  # person-tariff
ASK = PressKind.ACCESS_TAKE_ASK  # access: shall it be taken away?
TAKE = PressKind.ACCESS_TAKE  # access
RETURN = PressKind.ACCESS_RETURN  # access
NO = PressKind.ACCESS_LEAVE
GIFT_WORDS = 2  # /give whom what


async def give(_: Message, command: CommandObject, ctx: Context) -> None:
    """Open a tariff without payment, after a question."""
    await _ask_to_give(ctx, command)


async def revoke(_: Message, command: CommandObject, ctx: Context) -> None:
    """Close a tariff, after a question that names the groups left with it; a button gives it back.

    Each change is kept with its admin and time.
    """
    await _ask_to_revoke(ctx, command)


COMMANDS = (
    AdminCommand("give", give, Section.ACCESS, "@anna basic", looks=True),
    AdminCommand("revoke", revoke, Section.ACCESS, "@anna", looks=True),
)


def build_buttons() -> Router:
    """The buttons below the questions."""
    router = admin_router("admin-giving", Permission.ACCESS)

    @router.callback_query(Pressed(GIVE))
    async def given(query: CallbackQuery, ctx: Context, press: Press) -> None:
        person_id, tariff_id = press.id.split("-")
        person = await get_contact(ctx.uow, int(person_id))
        ctx.about = person.id
        redraw(ctx, query, await _give(ctx, person, int(tariff_id)))

    @router.callback_query(Pressed(ASK))
    async def asked(query: CallbackQuery, ctx: Context, press: Press) -> None:
        access = await _get_access(ctx, press)
        redraw(ctx, query, await _ask(ctx, access), _sure(TAKE, "button-revoke", access.id))

    @router.callback_query(Pressed(TAKE))
    async def taken(query: CallbackQuery, ctx: Context, press: Press) -> None:
        access = await _get_access(ctx, press)
        ctx.before = access.tariff_code
        left = await take_away(ctx.uow, access.id, ctx.contact.telegram_id)
        ctx.only_looked = access.status is AccessStatus.REVOKED and not left
        told = [await _words(ctx, "revoke-done", access), *await _about_groups(ctx, "revoke-removed", left)]
        redraw(ctx, query, speech.lines(*told), [[_back(access)]])

    @router.callback_query(Pressed(OUT))
    async def removed(query: CallbackQuery, ctx: Context, press: Press) -> None:
        access = await _get_access(ctx, press)
        places = await leaving.remove_from_groups(ctx.uow, access.id)
        ctx.only_looked = not places
        told = await _about_groups(ctx, "revoke-removed", places) or [speech.words("revoke-removed-none")]
        redraw(ctx, query, speech.lines(await _words(ctx, "revoke-done", access), *told), [[_back(access)]])

    @router.callback_query(Pressed(RETURN))
    async def returned(query: CallbackQuery, ctx: Context, press: Press) -> None:
        access = await _get_access(ctx, press)
        ctx.after, ctx.only_looked = access.tariff_code, access.is_open(ctx.uow.now)
        await manual_access.return_access(ctx.uow, access.id, ctx.contact.telegram_id)
        redraw(ctx, query, await _words(ctx, "revoke-undone", access))

    @router.callback_query(Pressed(NO))
    async def nothing(query: CallbackQuery, ctx: Context) -> None:
        redraw(ctx, query, speech.words("admin-nothing-done"))

    return router


async def _get_access(ctx: Context, press: Press) -> Access:
    access = await manual_access.get_access(ctx.uow, int(press.id))
    ctx.about = access.contact_id
    return access


async def _ask_to_give(ctx: Context, command: CommandObject) -> None:
    words = read_words(command)
    if len(words) != GIFT_WORDS:
        await _explain_give(ctx)
        return
    person = await find_person(ctx, command, "give-usage")
    if person is None:
        return
    tariff = await find_by_code(ctx.uow, words[1].lower())
    if tariff is None:
        await _explain_give(ctx)
        return
    values = {"person": name_of(person), "tariff": speech.named(tariff.name)}
    ctx.say("give-ask", buttons=_sure(GIVE, "button-give", f"{person.id}-{tariff.id}"), **values)


async def _explain_give(ctx: Context) -> None:
    codes = ", ".join(tariff.code for tariff in await list_tariffs(ctx.uow))
    ctx.refuse("give-usage", codes=codes)


async def _give(ctx: Context, person: Contact, tariff_id: int) -> Words:
    tariff = await get_tariff_by_id(ctx.uow, tariff_id)
    values = {"person": name_of(person), "tariff": speech.named(tariff.name)}
    try:
        told = await manual_access.give_access(ctx.uow, person, tariff, ctx.contact.telegram_id)
    except DomainError as refusal:
        if refusal.code != "ALREADY_BOUGHT":
            raise
        ctx.only_looked = True
        return speech.words("give-has", **values)
    ctx.note_change(person.id, None, tariff.code)
    return speech.words("give-done" if told else "give-done-untold", **values)


async def _ask_to_revoke(ctx: Context, command: CommandObject) -> None:
    person = await find_person(ctx, command, "revoke-usage")
    if person is None:
        return
    wanted = [code.lower() for code in read_words(command)[1:]]
    held = await manual_access.list_active_accesses(ctx.uow, person.id)
    meant = [hold for hold in held if not wanted or hold.tariff_code in wanted]
    if not held:
        ctx.refuse("revoke-none", person=name_of(person))
    elif len(meant) == 1:
        text = await _ask(ctx, meant[0])
        buttons = _sure(TAKE, "button-revoke", meant[0].id)
        speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=buttons)
    else:
        choice = [[speech.button(speech.named(hold.tariff_name), ASK, hold.id)] for hold in meant or held]
        text_key = "revoke-which" if meant else "revoke-other"
        ctx.say(text_key, buttons=choice, person=name_of(person), code=", ".join(wanted))


async def _ask(ctx: Context, access: Access) -> Words:
    """The question before an access is taken away, with the groups that are left with it."""
    still_in = await leaving.list_still_in(ctx.uow, access.id)
    asked = await _words(ctx, "revoke-ask", access)
    return speech.lines(asked, *await _about_groups(ctx, "revoke-leaves", still_in))


def _back(access: Access) -> Mapping[str, Any]:
    return speech.button(speech.words("button-give-back"), RETURN, access.id)


async def _about_groups(ctx: Context, key: str, places: Sequence[Membership]) -> list[Words]:
    """Words about the groups they are in; none where there are none."""
    names = await leaving.name_groups(ctx.uow, places)
    return [speech.words(key, count=len(names), groups=names)] if names else []


async def _words(ctx: Context, key: str, access: Access) -> Words:
    person = await get_contact(ctx.uow, access.contact_id)
    return speech.words(key, person=name_of(person), tariff=speech.named(access.tariff_name))


def _sure(kind: PressKind, key: str, target: str | int) -> Keyboard:
    yes = speech.button(speech.words(key), kind, target)
    return [[yes, speech.button(speech.words("button-no"), NO, 1)]]
