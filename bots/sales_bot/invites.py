"""The doors of the paid groups: the buyer is let in, everybody else declined."""

from aiogram import Router
from aiogram.types import ChatJoinRequest, ChatMemberRestricted, ChatMemberUnion, ChatMemberUpdated

from bots.runtime.context import Context
from core.events import GroupChanged
from services.commerce.access import access, leaving

INSIDE = ("member", "administrator", "creator")


def build_router() -> Router:
    """Join requests, and who came or went."""
    router = Router(name="sales-invites")

    @router.chat_join_request()
    async def ask(request: ChatJoinRequest, ctx: Context) -> None:
        await access.decide_join(ctx.uow, ctx.bot.id, request.chat.id, request.from_user.id, ctx.update_id)

    @router.chat_member()
    async def changed(change: ChatMemberUpdated, ctx: Context) -> None:
        user_id, group, key = change.new_chat_member.user.id, change.chat.id, str(ctx.update_id)
        was_inside, is_inside = _is_inside(change.old_chat_member), _is_inside(change.new_chat_member)
        if is_inside:
            await access.note_join(ctx.uow, ctx.bot.id, group, user_id)
            await leaving.note_join(ctx.uow, group, user_id)
            await _look_at_link(ctx, change)
        else:
            await access.note_leave(ctx.uow, group, user_id)
        if was_inside is not is_inside:
            ctx.uow.publish(GroupChanged(ctx.bot.id, user_id, group, joined=is_inside, key=key))

    return router


async def _look_at_link(ctx: Context, change: ChatMemberUpdated) -> None:
    """By a link of somebody else's nobody stays, unless a person has let them in."""
    if change.invite_link is not None and not change.via_join_request:
        link, user_id = change.invite_link.invite_link, change.new_chat_member.user.id
        await access.note_stranger(ctx.uow, ctx.bot.id, change.chat.id, user_id, link)


def _is_inside(member: ChatMemberUnion) -> bool:
    """Whether somebody is in the group; who is restricted there may have left it."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in INSIDE
