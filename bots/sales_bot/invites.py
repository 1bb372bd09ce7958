"""The doors of the paid groups: the buyer is let in, everybody else declined."""

from aiogram import Router
from aiogram.types import ChatJoinRequest, ChatMemberUpdated

from bots.runtime.context import Context
from core.events import GroupChanged
from services.commerce.access import access

INSIDE = ("member", "administrator", "creator", "restricted")
OUTSIDE = ("left", "kicked")


def build_router() -> Router:
    """Join requests, and who came or went."""
    router = Router(name="sales-invites")

    @router.chat_join_request()
    async def ask(request: ChatJoinRequest, ctx: Context) -> None:
        await access.decide_join(ctx.uow, ctx.bot.id, request.chat.id, request.from_user.id, ctx.update_id)

    @router.chat_member()
    async def changed(change: ChatMemberUpdated, ctx: Context) -> None:
        user_id = change.new_chat_member.user.id
        if change.new_chat_member.status in INSIDE:
            await access.note_join(ctx.uow, ctx.bot.id, change.chat.id, user_id)
            ctx.uow.publish(
                GroupChanged(ctx.bot.id, user_id, change.chat.id, joined=True, key=str(ctx.update_id))
            )
        elif change.new_chat_member.status in OUTSIDE:
            await access.note_leave(ctx.uow, change.chat.id, user_id)
            ctx.uow.publish(
                GroupChanged(ctx.bot.id, user_id, change.chat.id, joined=False, key=str(ctx.update_id))
            )

    return router
