"""May this bot do that here? Finding a call's chat and checking the bot's rights, in Telegram's words."""

from typing import Any

from sandbox.state.model import ADMINS, PRESENT, Bot, Chat, ChatType, Member, Status
from sandbox.state.world import World
from sandbox.wire.errors import ApiError, bad_request, forbidden

_KIND_NAMES = {
    ChatType.GROUP: "group chat",
    ChatType.SUPERGROUP: "supergroup chat",
    ChatType.CHANNEL: "channel chat",
}


def find_chat(world: World, bot: Bot, raw: Any) -> Chat:
    """Return the chat a bot names by id or @username; it must have something to do with the bot."""
    text = "" if raw is None else str(raw).strip()
    if not text:
        raise bad_request("chat_id is empty")
    if text.startswith("@"):
        return _by_name(world, text[1:])
    try:
        chat_id = int(text)
    except ValueError as error:
        raise bad_request("chat not found") from error
    return _person_chat(world, bot, chat_id) if chat_id > 0 else _group_chat(world, bot, chat_id)


def _by_name(world: World, name: str) -> Chat:
    chat = world.group(world.names.get(name.lower(), 0))
    if chat is None:
        raise bad_request("chat not found")
    return chat


def _person_chat(world: World, bot: Bot, person_id: int) -> Chat:
    if person_id in world.bots and person_id != bot.id:
        raise forbidden("bot can't send messages to bots")
    if person_id not in world.people:
        raise bad_request("chat not found")
    return world.private_chat(bot.id, person_id)


def _group_chat(world: World, bot: Bot, chat_id: int) -> Chat:
    chat = world.group(chat_id)
    if chat is None or (bot.id not in chat.members and not chat.username):
        raise bad_request("chat not found")
    return chat


def must_be_in(chat: Chat, bot: Bot) -> None:
    """Refuse a bot that is not in the group (any more)."""
    if chat.is_private:
        return
    if chat.migrated_to:
        raise upgraded(chat)
    if chat.present(bot.id):
        return
    name = _KIND_NAMES[chat.type]
    member = chat.members.get(bot.id)
    if member is not None and member.status is Status.KICKED:
        raise forbidden(f"bot was kicked from the {name}")
    raise forbidden(f"bot is not a member of the {name}")


def upgraded(chat: Chat) -> ApiError:
    """Say where a group went."""
    return bad_request(
        "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat.migrated_to}
    )


def writable_chat(world: World, bot: Bot, raw: Any, right: str = "can_send_messages") -> Chat:
    """Return a chat the bot may write to now; `right` is what an ordinary member would need."""
    chat = find_chat(world, bot, raw)
    if chat.migrated_to:
        raise upgraded(chat)
    if chat.is_private:
        _must_be_open(world, chat)
    else:
        must_be_in(chat, bot)
        _must_have_voice(chat, bot, right)
    return chat


def _must_be_open(world: World, chat: Chat) -> None:
    if world.people[chat.person_id].deleted:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started and chat.writable_until < world.clock.date():
        raise forbidden("bot can't initiate conversation with a user")


def _must_have_voice(chat: Chat, bot: Bot, right: str) -> None:
    member = chat.members[bot.id]
    if chat.type is ChatType.CHANNEL:
        if not has_right(member, "can_post_messages"):
            raise bad_request("need administrator rights in the channel chat")
        return
    if member.status in ADMINS:
        return
    limited = member.rights if member.status is Status.RESTRICTED else chat.permissions
    if not limited.get(right, True):
        what = (
            "text messages"
            if right == "can_send_messages"
            else right.removeprefix("can_send_").replace("_", " ")
        )
        raise bad_request(f"not enough rights to send {what} to the chat")


def has_right(member: Member | None, right: str) -> bool:
    """Tell whether someone is an administrator with that right."""
    if member is None or member.status not in ADMINS:
        return False
    return member.status is Status.CREATOR or member.rights.get(right, False)


def administered_chat(world: World, bot: Bot, raw: Any, right: str, refusal: str) -> Chat:
    """Return a group or channel where the bot has the right; refuses with Telegram's words for this act."""
    chat = find_chat(world, bot, raw)
    if chat.migrated_to:
        raise upgraded(chat)
    must_be_in(chat, bot)
    if not has_right(chat.members[bot.id], right):
        raise bad_request(refusal)
    return chat


def find_user(world: World, raw: int) -> int:
    """Return the id of a user that exists."""
    if raw <= 0:
        raise bad_request("invalid user_id specified")
    if raw not in world.people and raw not in world.bots:
        raise bad_request("user not found")
    return raw


def member_count(chat: Chat) -> int:
    """Count who is in the chat."""
    return 2 if chat.is_private else sum(member.status in PRESENT for member in chat.members.values())
