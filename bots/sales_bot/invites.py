"""The doors of the paid groups: the buyer is let in, everybody else declined."""

from aiogram import Router
from aiogram.types import ChatJoinRequest, ChatMemberUpdated

from bots.runtime.context import Context
from bots.shared.groups import is_inside
from core.events import GroupChanged, MemberSeen
from services.commerce.access import access, leaving


def build_router() -> Router:
    """Join requests, and who came or went."""
    router = Router(name="sales-invites")

    @router.chat_join_request()
    async def ask(request: ChatJoinRequest, ctx: Context) -> None:
        await access.decide_join(ctx.uow, ctx.bot.id, request.chat.id, request.from_user.id, ctx.update_id)

    @router.chat_member()
    async def changed(change: ChatMemberUpdated, ctx: Context) -> None:
        user_id, group, key = change.new_chat_member.user.id, change.chat.id, str(ctx.update_id)
        was_inside, now_inside = is_inside(change.old_chat_member), is_inside(change.new_chat_member)
        if now_inside:
            await access.note_join(ctx.uow, ctx.bot.id, group, user_id)
            await leaving.note_join(ctx.uow, group, user_id)
            await _look_at_link(ctx, change)
        else:
            await access.note_leave(ctx.uow, group, user_id)
        ctx.uow.publish(MemberSeen(user_id, group, now_inside))
        if was_inside is not now_inside:
            ctx.uow.publish(GroupChanged(ctx.bot.id, user_id, group, joined=now_inside, key=key))

    return router


async def _look_at_link(ctx: Context, change: ChatMemberUpdated) -> None:
    """By a link of somebody else's nobody stays, unless a person has let them in."""
    if change.invite_link is not None and not change.via_join_request:
        link, user_id = change.invite_link.invite_link, change.new_chat_member.user.id
        await access.note_stranger(ctx.uow, ctx.bot.id, change.chat.id, user_id, link)
