"""Who comes into the groups and channels that courses ask to join."""

from aiogram import Router
from aiogram.types import ChatMemberUpdated

from bots.runtime.context import Context
from bots.shared.groups import is_inside
from core.events import MemberSeen


def build_router() -> Router:
    """What Telegram tells of members."""
    router = Router(name="course-gates")

    @router.chat_member()
    async def changed(change: ChatMemberUpdated, ctx: Context) -> None:
        user_id = change.new_chat_member.user.id
        ctx.uow.publish(MemberSeen(user_id, change.chat.id, is_inside(change.new_chat_member)))

    return router
