"""`/create_broadcast`: one message to many, tried out first, steered by its card; `/broadcasts` and `/send_broadcast` find it again."""

from collections.abc import Mapping
from typing import Any

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.mailing.copying import read_message
from bots.admin.permissions import admin_router
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import AwaitedKind
from core.presses import Press
from core.text.refusal import InputRefused
from services.content.messages.bot_values import know_values
from services.delivery.speech import Screen
from services.messaging.broadcast_plan import Plan, PlanRefused, read_plan
from services.messaging.broadcasts import cards
from services.messaging.broadcasts.drafting import drafts
from services.messaging.broadcasts.drafting.buttons import STEER
from services.messaging.broadcasts.trials import CHOOSE, choose_by_press
from services.messaging.schemas import BroadcastCard
from services.messaging.written_parts import is_read_as_typed, take_part
from services.people import awaited
from services.people.schemas import AwaitedInput
from services.tenancy.permissions import Permission

MOST_DIGITS = 12


async def begin(message: Message, ctx: Context) -> None:
    """Send one message to many people of this bot; as a reply it takes that message.

    Tried out on yourself, given its audience and confirmed with the number, then paused, resumed, stopped by the buttons of its card.
    """
    await cards.show_live(ctx.uow, ctx.address, ctx.next_key())
    source = message.reply_to_message
    plan = await _read(ctx, read_message(source)) if source else None
    if source is None or plan is not None:
        await _begin(ctx, plan)


async def list_all(_: Message, ctx: Context) -> None:
    """Show the broadcasts of this bot, drafts and what was sent; a press shows one's card."""
    shown = await cards.list_buttons(ctx.uow, ctx.bot.id)
    ctx.say("broadcasts-list" if shown else "broadcasts-none", buttons=shown)


async def show_one(_: Message, command: CommandObject, ctx: Context) -> None:
    """Show a broadcast by its number: whom it is for, the way to change that, and to send it."""
    number = (command.args or "").strip().removeprefix("#")
    if not number.isdecimal() or len(number) > MOST_DIGITS:
        ctx.refuse("broadcast-which", buttons=await cards.list_buttons(ctx.uow, ctx.bot.id))
        return
    if not await cards.show_numbered(ctx.uow, int(number), ctx.address, ctx.next_key()):
        ctx.refuse("broadcast-not-here", number=number, buttons=await cards.list_buttons(ctx.uow, ctx.bot.id))


COMMANDS = (
    AdminCommand(
        "create_broadcast",
        begin,
        Section.CONTENT,
        other_names=("broadcast",),
        permission=Permission.BROADCASTS,
    ),
    AdminCommand("broadcasts", list_all, Section.CONTENT, permission=Permission.BROADCASTS, looks=True),
    AdminCommand(
        "send_broadcast", show_one, Section.CONTENT, "3", permission=Permission.BROADCASTS, looks=True
    ),
)


def build_buttons() -> Router:
    """The buttons of the card."""
    router = admin_router("admin-broadcast", Permission.BROADCASTS)

    @router.callback_query(Pressed(STEER))
    async def steer(query: CallbackQuery, ctx: Context, press: Press) -> None:
        if query.message is None:
            return
        broadcast_id, action = press.id.split("-")
        if action == "show":
            ctx.only_looked = True
            await cards.show_card(ctx.uow, int(broadcast_id), ctx.address, ctx.next_key())
            return
        if not await _steer(ctx, int(broadcast_id), action, query.message.message_id):
            ctx.refuse_press("broadcast-done-before")

    return router


async def _steer(ctx: Context, broadcast_id: int, action: str, message_id: int) -> bool:
    """Which variant the rest gets may be asked by another bot than the broadcast's; its card is in its own."""
    if action.startswith(CHOOSE):
        screen = Screen(ctx.address, ctx.next_key(), message_id)
        return await choose_by_press(ctx.uow, broadcast_id, int(action.removeprefix(CHOOSE)), screen)
    card = BroadcastCard(ctx.chat_id, message_id)
    return await cards.steer(ctx.uow, broadcast_id, action, card, ctx.next_key())


async def fill(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """The message of the draft that waits for it; an album comes in pieces, and the draft waits on for the rest."""
    if not ctx.may(Permission.BROADCASTS):
        return False
    draft_id, _, album = expected.about.partition(":")
    if album and message.media_group_id != album:
        await drafts.take_no_more(ctx.uow, int(draft_id), ctx.address)
        return False
    fields = read_message(message)
    plan = await _read(ctx, fields)
    if plan is not None:
        if not await drafts.fill_draft(ctx.uow, int(draft_id), plan, ctx.address):
            return False
        await _show(ctx, int(draft_id), message.media_group_id)
    return True


async def _show(ctx: Context, draft_id: int, album: str | None) -> None:
    """The card, once for all pieces of an album."""
    key = f"bc:{draft_id}:{album}" if album else ctx.next_key()
    await cards.show_card(ctx.uow, draft_id, ctx.address, key)


async def change(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """What a broadcast that was sent is to say from now on, or a part of a draft: its buttons, one more language."""
    if not ctx.may(Permission.BROADCASTS):
        return False
    if message.text is None:
        ctx.refuse("broadcast-edit-unfit")
        return True
    said = message.text if is_read_as_typed(expected.about) else message.html_text
    try:
        shown = await take_part(ctx.uow, expected.about, said, ctx.contact.telegram_id)
    except InputRefused as refused:
        key = "broadcast-part-refused" if is_read_as_typed(expected.about) else "broadcast-refused"
        ctx.say(key, problem=getattr(refused, "reasons", refused.words))
        return True
    await _show_changed(ctx, shown)
    return True


async def _show_changed(ctx: Context, shown: int | None) -> None:
    """The card of what was changed; of a draft that is none any more there is none."""
    await awaited.settle(ctx.uow, ctx.address, AwaitedKind.BROADCAST_EDIT)
    if shown is not None:
        await cards.show_card(ctx.uow, shown, ctx.address, ctx.next_key())


TAKERS = {AwaitedKind.BROADCAST: fill, AwaitedKind.BROADCAST_EDIT: change}


async def _read(ctx: Context, fields: Mapping[str, Any] | None) -> Plan | None:
    """The definition a message makes; what is wrong with it is said."""
    if fields is None:
        ctx.refuse("broadcast-unfit")
        return None
    variables = (await know_values(ctx.uow)).variables
    try:
        return read_plan({"bot": ctx.bot.id, **fields}, variables)
    except PlanRefused as refused:
        ctx.refuse("broadcast-refused", problem=refused.reasons)
        return None


async def _begin(ctx: Context, plan: Plan | None) -> None:
    """With a message the card comes at once, without one it is asked for."""
    draft_id = await drafts.begin_draft(ctx.uow, ctx.bot.id, ctx.contact.telegram_id, plan)
    await cards.show_card(ctx.uow, draft_id, ctx.address, ctx.next_key())
