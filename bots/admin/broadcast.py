"""`/broadcast`: one message to everyone who started this bot, tried out first, steered by its card."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.admin.copying import read_content
from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import AwaitedKind
from core.presses import Press
from services.delivery import speech
from services.messaging.broadcasts import cards, drafts
from services.messaging.broadcasts.cards import STEER
from services.messaging.schemas import BroadcastCard, Content
from services.people.schemas import AwaitedInput


async def begin(message: Message, ctx: Context) -> None:
    """Send one message to everyone who started this bot; as a reply it takes that message.

    Tried out first, then started, paused, resumed, stopped by the buttons of its card.
    """
    await cards.show_live(ctx.uow, ctx.address, ctx.next_key())
    source = message.reply_to_message
    content = read_content(source) if source else None
    if source and content is None:
        ctx.say("broadcast-unfit")
        return
    await _begin(ctx, content)


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
    content = read_content(message)
    if content is None:
        _refuse(ctx, message.media_group_id)
        return True
    draft_id = int(expected.about)
    await drafts.fill_draft(ctx.uow, draft_id, content)
    await cards.show_card(ctx.uow, draft_id, ctx.address, ctx.next_key())
    return True


TAKERS = {AwaitedKind.BROADCAST: fill}


async def _begin(ctx: Context, content: Content | None) -> None:
    """With a message the card comes at once, without one it is asked for."""
    draft_id = await drafts.begin_draft(ctx.uow, ctx.bot.id, ctx.contact.telegram_id, content)
    if content is None:
        ctx.say("broadcast-ask", buttons=cards.put_away(draft_id))
    else:
        await cards.show_card(ctx.uow, draft_id, ctx.address, ctx.next_key())


def _refuse(ctx: Context, album: str | None) -> None:
    """Say what is wrong, once for a whole album."""
    key = f"album:{ctx.bot.id}:{album}" if album else ctx.next_key()
    speech.say(ctx.uow, ctx.address, speech.words("broadcast-unfit"), key)
