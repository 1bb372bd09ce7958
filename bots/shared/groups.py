"""What Telegram tells of the groups the bots are in: their place there, titles, moves, topics; and their language."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import ChatMemberRestricted, ChatMemberUnion, ChatMemberUpdated, Message

from bots.runtime.context import Context
from core.events import ChatMoved, GroupSeen
from core.text.catalog import LANGUAGES
from services.reactions import group_stories
from services.tenancy import groups
from services.tenancy.permissions import Permission
from services.tenancy.schemas import Group

INSIDE = ("member", "administrator", "creator")


def is_inside(member: ChatMemberUnion) -> bool:
    """Whether somebody is in the group; who is restricted there may have left it."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in INSIDE


def build_router() -> Router:
    """Everything that is about a group itself."""
    router = Router(name="groups")
    here = F.chat.type != "private"

    @router.my_chat_member(here)
    async def seat(change: ChatMemberUpdated, ctx: Context) -> None:
        chat, member = change.chat, change.new_chat_member
        group = Group(chat.id, chat.type, chat.title or "", is_forum=bool(chat.is_forum))
        rights = groups.read_rights(member.model_dump())
        await groups.note_seat(ctx.uow, ctx.bot.id, group, member.status, rights, ctx.contact.language)

    @router.message(F.migrate_to_chat_id)
    async def moves(message: Message, ctx: Context) -> None:
        ctx.uow.publish(ChatMoved(message.chat.id, message.migrate_to_chat_id or 0))

    @router.message(F.migrate_from_chat_id)
    async def moved(message: Message, ctx: Context) -> None:
        ctx.uow.publish(ChatMoved(message.migrate_from_chat_id or 0, message.chat.id))

    @router.message(here, F.forum_topic_reopened | F.general_forum_topic_unhidden)
    async def reopened(message: Message, ctx: Context) -> None:
        ctx.uow.publish(GroupSeen(ctx.bot.id, message.chat.id, reopened=True))

    @router.message(here, Command("language"))
    async def language(_: Message, command: CommandObject, ctx: Context) -> None:
        wanted = (command.args or "").strip().lower()
        if not ctx.may(Permission.ADMINISTER):
            if await group_stories.list_needs(ctx.uow, ctx.bot.id, ctx.chat_id):
                ctx.say("group-language-admins")
        elif wanted not in LANGUAGES:
            ctx.say("group-language-usage")
        else:
            await groups.choose_language(ctx.uow, ctx.chat_id, wanted)
            ctx.say("group-language-chosen")

    router.include_router(_build_looks())
    return router


def _build_looks() -> Router:
    """What a group is called, and whether it has topics."""
    router = Router(name="groups-looks")
    here = F.chat.type != "private"

    @router.message(here, F.new_chat_title)
    async def renamed(message: Message, ctx: Context) -> None:
        await groups.rename(ctx.uow, message.chat.id, message.new_chat_title or "")

    @router.message(here, F.forum_topic_created)
    async def divided(message: Message, ctx: Context) -> None:
        await groups.note_forum(ctx.uow, message.chat.id)

    return router
