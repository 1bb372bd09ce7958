"""Ranks in groups: banning, unbanning, restricting, promoting; personal titles and permissions."""

from typing import Any

from sandbox.chats import membership
from sandbox.chats.access import administered_chat, find_chat, find_user, has_right, must_be_in
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Chat, ChatType, Member, Status
from sandbox.wire.errors import bad_request

FOREVER = 366 * 86_400
SHORTEST = 30
_BAN = ("can_restrict_members", "not enough rights to restrict/unrestrict chat member")


def _member_place(call: Call, right: str, refusal: str) -> tuple[Chat, int]:
    chat = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    must_be_in(chat, call.bot)
    user_id = find_user(call.world, call.params.number("user_id"))
    member = chat.members.get(user_id)
    if user_id == call.bot.id:
        raise bad_request("can't restrict self")
    if member is not None and member.status is Status.CREATOR:
        raise bad_request("can't remove chat owner")
    if not has_right(chat.members.get(call.bot.id), right):
        raise bad_request(refusal)
    return chat, user_id


def _must_be_member(chat: Chat, user_id: int) -> None:
    if not chat.present(user_id):
        raise bad_request("USER_NOT_PARTICIPANT")


def _until(call: Call) -> int:
    date = call.params.number("until_date")
    span = date - call.world.clock.date()
    return date if SHORTEST <= span <= FOREVER else 0


@method("banChatMember", "kickChatMember")
def ban_chat_member(call: Call) -> Any:
    """Put someone out and keep them out."""
    chat, user_id = _member_place(call, *_BAN)
    member = chat.members.get(user_id)
    if member is not None and member.status is Status.ADMINISTRATOR:
        raise bad_request("user is an administrator of the chat")
    membership.change(call.world, chat, Member(user_id, Status.KICKED, until_date=_until(call)), call.bot.id)
    return True


@method("unbanChatMember")
def unban_chat_member(call: Call) -> Any:
    """Let someone come back; a present member is put out unless `only_if_banned`."""
    chat, user_id = _member_place(call, *_BAN)
    member = chat.members.get(user_id)
    if member is None or member.status is Status.LEFT:
        return True
    if member.status is not Status.KICKED and call.params.flag("only_if_banned"):
        return True
    if member.status is Status.ADMINISTRATOR:
        raise bad_request("user is an administrator of the chat")
    membership.change(call.world, chat, Member(user_id, Status.LEFT), call.bot.id)
    return True


@method("restrictChatMember")
def restrict_chat_member(call: Call) -> Any:
    """Take some permissions from a member of a supergroup, or give them back."""
    allowed = _permissions(call)
    must_be_supergroup(find_chat(call.world, call.bot, call.params.values.get("chat_id")))
    chat, user_id = _member_place(call, *_BAN)
    _must_be_member(chat, user_id)
    rights = {name: bool(allowed.get(name)) for name in membership.PERMISSIONS}
    member = (
        Member(user_id) if all(rights.values()) else Member(user_id, Status.RESTRICTED, rights, _until(call))
    )
    membership.change(call.world, chat, member, call.bot.id)
    return True


def _permissions(call: Call) -> dict[str, Any]:
    allowed = call.params.json("permissions")
    if not isinstance(allowed, dict):
        raise bad_request("object expected as permissions")
    return allowed


def must_be_supergroup(chat: Chat) -> None:
    """Refuse any other kind of chat."""
    if chat.type is not ChatType.SUPERGROUP:
        raise bad_request("method is available only for supergroups")


@method("promoteChatMember")
def promote_chat_member(call: Call) -> Any:
    """Make someone an administrator, or an ordinary member when no right is given."""
    place = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    if place.type not in (ChatType.SUPERGROUP, ChatType.CHANNEL):
        raise bad_request("method is available for supergroup and channel chats only")
    chat, user_id = _member_place(call, "can_promote_members", "not enough rights")
    _must_be_member(chat, user_id)
    rights = {name: call.params.flag(name) for name in membership.full_rights(chat)}
    member = Member(user_id, Status.ADMINISTRATOR, rights) if any(rights.values()) else Member(user_id)
    membership.change(call.world, chat, member, call.bot.id)
    return True


@method("setChatAdministratorCustomTitle")
def set_custom_title(call: Call) -> Any:
    """Give an administrator a title."""
    chat = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    must_be_supergroup(chat)
    must_be_in(chat, call.bot)
    member = chat.members.get(find_user(call.world, call.params.number("user_id")))
    if member is not None and member.status is Status.CREATOR:
        raise bad_request("only creator can edit their custom title")
    if member is None or member.status is not Status.ADMINISTRATOR:
        raise bad_request("user is not an administrator")
    if not has_right(chat.members.get(call.bot.id), "can_promote_members"):
        raise bad_request("not enough rights to change custom title of the user")
    member.title = call.params.text("custom_title")
    call.world.touch()
    return True


@method("setChatPermissions")
def set_chat_permissions(call: Call) -> Any:
    """Say what ordinary members may do."""
    allowed = _permissions(call)
    chat = administered_chat(
        call.world,
        call.bot,
        call.params.values.get("chat_id"),
        _BAN[0],
        "not enough rights to change chat permissions",
    )
    chat.permissions = {name: bool(allowed.get(name)) for name in membership.PERMISSIONS}
    call.world.touch()
    return True
