"""`/broadcast`: one message to everyone who started this bot, tried out first, steered by its card."""

from collections.abc import Mapping
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.admin.copying import read_message
from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import AwaitedKind
from core.presses import Press
from services.content.messages.bot_values import know_values
from services.delivery import speech
from services.messaging.broadcast_plan import Plan, PlanRefused, read_plan
from services.messaging.broadcasts import cards, drafts
from services.messaging.broadcasts.cards import STEER
from services.messaging.schemas import BroadcastCard
from services.people.schemas import AwaitedInput


async def begin(message: Message, ctx: Context) -> None:
    """Send one message to everyone who started this bot; as a reply it takes that message.

    Tried out first, then started, paused, resumed, stopped by the buttons of its card.
    """
    await cards.show_live(ctx.uow, ctx.address, ctx.next_key())
    source = message.reply_to_message
    fields = read_message(source) if source else None
    if source and fields is None:
        ctx.say("broadcast-unfit")
        return
    await _begin(ctx, fields)


COMMANDS = (AdminCommand("broadcast", begin, Section.CONTENT),)


def build_buttons() -> Router:
    """The buttons of the card."""
    router = admin_router("admin-broadcast")

    @router.callback_query(Pressed(STEER))
    async def steer(query: CallbackQuery, ctx: Context, press: Press) -> None:
        if query.message is None:
            return
        broadcast_id, action = press.id.split("-")
        card = BroadcastCard(ctx.chat_id, query.message.message_id)
        if not await cards.steer(ctx.uow, int(broadcast_id), action, card, ctx.next_key()):
            ctx.alert("broadcast-done-before")

    return router


async def fill(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """The message of the draft that waits for it."""
    if not ctx.is_admin:
        return False
    fields = read_message(message)
    if fields is None:
        _refuse(ctx, message.media_group_id)
        return True
    plan = await _read(ctx, fields)
    if plan is None:
        return True
    draft_id = int(expected.about)
    await drafts.fill_draft(ctx.uow, draft_id, plan)
    await cards.show_card(ctx.uow, draft_id, ctx.address, ctx.next_key())
    return True


TAKERS = {AwaitedKind.BROADCAST: fill}


async def _read(ctx: Context, fields: Mapping[str, Any]) -> Plan | None:
    """The definition a message makes; what is wrong with it is said."""
    variables = (await know_values(ctx.uow)).variables
    try:
        return read_plan({"bot": ctx.bot.id, **fields}, variables)
    except PlanRefused as refused:
        ctx.say("broadcast-refused", problem=refused.words)
        return None


async def _begin(ctx: Context, fields: Mapping[str, Any] | None) -> None:
    """With a message the card comes at once, without one it is asked for."""
    plan = await _read(ctx, fields) if fields else None
    if fields and plan is None:
        return
    draft_id = await drafts.begin_draft(ctx.uow, ctx.bot.id, ctx.contact.telegram_id, plan)
    if plan is None:
        ctx.say("broadcast-ask", buttons=cards.put_away(draft_id))
    else:
        await cards.show_card(ctx.uow, draft_id, ctx.address, ctx.next_key())


def _refuse(ctx: Context, album: str | None) -> None:
    """Say what is wrong, once for a whole album."""
    key = f"album:{ctx.bot.id}:{album}" if album else ctx.next_key()
    speech.say(ctx.uow, ctx.address, speech.words("broadcast-unfit"), key)
