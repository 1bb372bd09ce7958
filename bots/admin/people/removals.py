"""`/removals`: who leaves the groups because access has ended, and what keeps the bot from putting anybody out."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press
from services.commerce.access import leaving, removal
from services.commerce.access.removal import MOST_NAMED, STEER, Preview
from services.commerce.schemas import Outsider
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.people.contacts import get_contact
from services.tenancy.permissions import Permission


async def removals(_: Message, ctx: Context) -> None:
    """Show who leaves which group when, before it happens; nobody is put out by looking.

    Buttons let it go on after an alarm, or switch it off and on.
    """
    text, buttons = await _describe(ctx)
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=buttons)


COMMANDS = (AdminCommand("removals", removals, Section.ACCESS, looks=True),)


def build_buttons() -> Router:
    """Go on, off, on."""
    router = admin_router("admin-removals", Permission.ACCESS)

    @router.callback_query(Pressed(STEER))
    async def steered(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await removal.steer(ctx.uow, press.id)
        redraw(ctx, query, *await _describe(ctx))

    return router


async def _describe(ctx: Context) -> tuple[Words, Keyboard]:
    known = await removal.preview(ctx.uow)
    listed = [await _line(ctx, outsider, known) for outsider in known.outside[:MOST_NAMED]]
    parts = [speech.words("removals-title", count=len(known.outside))] if listed else []
    parts += listed or [speech.words("removals-nobody")]
    if (more := len(known.outside) - MOST_NAMED) > 0:
        parts.append(speech.words("removals-more", count=more))
    if known.guard.alarm is not None:
        parts.insert(0, speech.words("removals-stopped"))
    elif known.guard.is_off:
        parts.insert(0, speech.words("removals-off"))
    return speech.lines(*parts, gap="\n"), [[_button(known)]]


async def _line(ctx: Context, outsider: Outsider, known: Preview) -> Words:
    person = await get_contact(ctx.uow, outsider.contact_id)
    group = await leaving.name_chat(ctx.uow, outsider.chat_id)
    if outsider.contact_id in known.unsettled:
        return speech.words("removals-waits", person=person.full_name, group=group)
    moment = speech.moment(outsider.leaves_at or ctx.uow.now, ctx.contact.zone)
    return speech.words("removals-line", person=person.full_name, group=group, moment=moment)


def _button(known: Preview) -> dict[str, object]:
    what = "go" if known.guard.alarm else "on" if known.guard.is_off else "off"
    return dict(speech.button(speech.words(f"button-removal-{what}"), STEER, what))
