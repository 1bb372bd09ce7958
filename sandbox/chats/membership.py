"""Coming, going and rank in chats, with the updates and service messages they cause."""

from typing import Any

from sandbox.chats import posting, rendering
from sandbox.state import updates
from sandbox.state.model import (
    ADMINS,
    PRESENT,
    Chat,
    ChatType,
    InviteLink,
    JoinRequest,
    Member,
    Status,
)
from sandbox.state.world import World

REQUEST_WRITABLE = 300
COMMON_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
GROUP_RIGHTS = (*COMMON_RIGHTS, "can_pin_messages", "can_manage_topics", "can_manage_tags")
CHANNEL_RIGHTS = (*COMMON_RIGHTS, "can_post_messages", "can_edit_messages", "can_manage_direct_messages")
PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag", "can_change_info", "can_invite_users", "can_pin_messages",
    "can_manage_topics",
)  # fmt: skip
Json = dict[str, Any]


def full_rights(chat: Chat) -> dict[str, bool]:
    """Return an administrator's rights with everything allowed."""
    names = CHANNEL_RIGHTS if chat.type is ChatType.CHANNEL else GROUP_RIGHTS
    return dict.fromkeys(names, True)


def member_json(world: World, user_id: int, member: Member | None) -> Json:
    """Return a ChatMember."""
    status = member.status if member else Status.LEFT
    shown: Json = {"user": rendering.user(world, user_id), "status": str(status)}
    if member is None:
        return shown
    if status is Status.CREATOR:
        shown["is_anonymous"] = False
    elif status is Status.ADMINISTRATOR:
        shown |= {"can_be_edited": False, "is_anonymous": False}
        shown |= {**dict.fromkeys(COMMON_RIGHTS, False), **member.rights}
    elif status is Status.RESTRICTED:
        shown |= {"is_member": True, "until_date": member.until_date}
        shown |= {**dict.fromkeys(PERMISSIONS, False), **member.rights}
    elif status is Status.KICKED:
        shown["until_date"] = member.until_date
    if member.title and status in ADMINS:
        shown["custom_title"] = member.title
    return shown


def private_member_json(world: World, chat: Chat, *, blocked: bool, known: bool = True) -> Json:
    """Return the bot's ChatMember in a chat with one person."""
    status = Status.KICKED if blocked else Status.MEMBER
    if not known:
        status = Status.LEFT
    return member_json(world, chat.bot_id, Member(chat.bot_id, status))


def link_json(world: World, chat: Chat, link: InviteLink) -> Json:
    """Return a ChatInviteLink."""
    shown: Json = {
        "invite_link": link.url,
        "creator": rendering.user(world, link.creator_id),
        "creates_join_request": link.creates_join_request,
        "is_primary": link.is_primary,
        "is_revoked": link.is_revoked,
    }
    for name in ("name", "expire_date", "member_limit", "subscription_period", "subscription_price"):
        if value := getattr(link, name):
            shown[name] = value
    if link.creates_join_request:
        shown["pending_join_request_count"] = sum(
            request.link == link.url for request in chat.requests.values()
        )
    return shown


def change(
    world: World,
    chat: Chat,
    member: Member,
    by: int,
    *,
    link: InviteLink | None = None,
    requested: bool = False,
) -> None:
    """Give someone a new place in the chat; tells the bots and writes the service message."""
    old = chat.members.get(member.user_id)
    chat.members[member.user_id] = member
    world.enter_member(chat, member.user_id)
    world.touch()
    update: Json = {
        "chat": rendering.chat(world, chat),
        "from": rendering.user(world, by),
        "date": world.clock.date(),
        "old_chat_member": member_json(world, member.user_id, old),
        "new_chat_member": member_json(world, member.user_id, member),
    }
    if link is not None:
        update["invite_link"] = link_json(world, chat, link)
    if requested:
        update["via_join_request"] = True
    _tell_bots(world, chat, member.user_id, update)
    _service_message(world, chat, old, member, by)


def _tell_bots(world: World, chat: Chat, user_id: int, update: Json) -> None:
    if user_id in world.bots:
        updates.push(world, world.bots[user_id], "my_chat_member", update)
    for bot in posting.listeners(world, chat):
        if bot.id != user_id and chat.members[bot.id].status in ADMINS:
            updates.push(world, bot, "chat_member", update)


def _service_message(world: World, chat: Chat, old: Member | None, new: Member, by: int) -> None:
    was, now = old is not None and old.status in PRESENT, new.status in PRESENT
    if was == now:
        return
    if chat.type is ChatType.CHANNEL:
        posting.tell(world, chat, {"event": "members"})
        return
    body: Json = {"new_chat_members": [new.user_id]} if now else {"left_chat_member": new.user_id}
    message = posting.post(world, chat, by, body)
    posting.announce(world, chat, message)


def ask_to_join(world: World, chat: Chat, person_id: int, link: InviteLink) -> None:
    """Put someone at the door; bots that may invite hear of it and may write to them for five minutes."""
    chat.requests[person_id] = JoinRequest(person_id, world.clock.date(), link.url)
    world.touch()
    update = {
        "chat": rendering.chat(world, chat),
        "from": rendering.user(world, person_id),
        "user_chat_id": person_id,
        "date": world.clock.date(),
        "invite_link": link_json(world, chat, link),
    }
    for bot in posting.listeners(world, chat):
        member = chat.members[bot.id]
        if member.status is Status.ADMINISTRATOR and member.rights.get("can_invite_users"):
            world.private_chat(bot.id, person_id).writable_until = world.clock.date() + REQUEST_WRITABLE
            updates.push(world, bot, "chat_join_request", update)
    world.hub.wake(f"requests:{chat.key}")


def join(
    world: World, chat: Chat, person_id: int, link: InviteLink | None, *, by: int, requested: bool
) -> None:
    """Let someone in."""
    chat.requests.pop(person_id, None)
    if link is not None:
        link.joined += 1
    change(world, chat, Member(person_id), by, link=link, requested=requested)
