"""Asking about chats and their members, and leaving them."""

from typing import Any

from sandbox.chats import membership, rendering
from sandbox.chats.access import find_chat, find_user, member_count, must_be_in
from sandbox.protocol.registry import Call, method
from sandbox.state.model import ADMINS, Chat, ChatType, InviteLink, Member, Status
from sandbox.wire.errors import bad_request


def _place(call: Call) -> Chat:
    chat = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    must_be_in(chat, call.bot)
    return chat


@method("getChat")
def get_chat(call: Call) -> Any:
    """Describe a chat in full."""
    chat = _place(call)
    if chat.is_private and not chat.messages and not chat.started and not chat.blocked:
        raise bad_request("chat not found")
    found_chat = {
        **rendering.chat(call.world, chat),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
    }
    found_chat["accepted_gift_types"] = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    )
    if chat.username:
        found_chat["active_usernames"] = [chat.username]
    if chat.description:
        found_chat["description"] = chat.description
    if chat.type in (ChatType.GROUP, ChatType.SUPERGROUP):
        found_chat["permissions"] = {
            name: chat.permissions.get(name, True) for name in membership.PERMISSIONS
        }
    primary = _primary_link(chat, call.bot.id)
    if primary is not None:
        found_chat["invite_link"] = primary.url
    if chat.pinned and chat.pinned[-1] in chat.messages:
        found_chat["pinned_message"] = rendering.message(
            call.world, chat.messages[chat.pinned[-1]], call.bot.id
        )
    return found_chat


def _primary_link(chat: Chat, bot_id: int) -> InviteLink | None:
    return next(
        (
            link
            for link in chat.links.values()
            if link.is_primary and not link.is_revoked and link.creator_id == bot_id
        ),
        None,
    )


@method("getChatMember")
def get_chat_member(call: Call) -> Any:
    """Tell what someone is in a chat."""
    chat = _place(call)
    user_id = find_user(call.world, call.params.number("user_id"))
    if chat.is_private:
        if not chat.present(user_id):
            raise bad_request("user not found")
        return membership.member_json(call.world, user_id, Member(user_id))
    return membership.member_json(call.world, user_id, chat.members.get(user_id))


@method("getChatAdministrators")
def get_chat_administrators(call: Call) -> Any:
    """List administrators, without other bots."""
    chat = _place(call)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    return [
        membership.member_json(call.world, key, member)
        for key, member in chat.members.items()
        if member.status in ADMINS and (key not in call.world.bots or key == call.bot.id)
    ]


@method("getChatMemberCount", "getChatMembersCount")
def get_chat_member_count(call: Call) -> Any:
    """Count members."""
    return member_count(_place(call))


@method("leaveChat")
def leave_chat(call: Call) -> Any:
    """Leave a group or channel."""
    chat = _place(call)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    membership.change(call.world, chat, Member(call.bot.id, Status.LEFT), call.bot.id)
    return True
