"""The groups the bots work in: what each bot is and may do there, its number, title and language.

A bot that cannot do there what it is there for is a trouble, told once; what follows stands in the reactions.
"""

from collections.abc import Collection, Mapping
from typing import Any

from loguru import logger
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from core.events import CallAnswered, ChatMoved, GroupBroke, GroupMended, GroupMoved, GroupRefused, GroupSeen
from core.groups import GroupTrouble, Need
from core.lifecycle import Priority
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.tenancy.schemas import Group, Seat
from services.tenancy.store import accounts as store

ABOUT, SEAT = "group_about", "group_seat"  # names under which Telegram's answers come back
_GONE = (
    "bot was kicked",
    "not a member",
    "chat not found",
    "deactivated",
    "chat was deleted",
    "channel_private",
)
_CLOSED = ("topic_closed",)
_SILENCED = ("not enough rights to send", "no rights to send", "write_forbidden", "need administrator rights")
_NO_RIGHT = ("not enough rights", "chat_admin_required", "need administrator rights")
_ABOUT_THE_MESSAGE = ("parse", "entit", "too long", "empty", "button", "keyboard", "reply", "replied", "url")
_HIDDEN = (GroupTrouble.CLOSED, GroupTrouble.REFUSED)  # the bot's rights in the group say nothing about them
_PUTTING_OUT = ("banChatMember", "unbanChatMember")
_LETTING_IN = ("approveChatJoinRequest", "declineChatJoinRequest")
MAKES_LINK = "createChatInviteLink"


def read_refusal(method: str, error: str) -> GroupTrouble | None:
    """What a refusal says about the bot's place in the group; None if it is about something else.

    Telegram has more words for it than anybody has listed: a text that is refused, and not for what stands in it, is
    refused because of the place.
    """
    text = error.lower()
    if any(words in text for words in _GONE):
        return GroupTrouble.GONE
    if any(words in text for words in _CLOSED):
        return GroupTrouble.CLOSED
    if method in (*_LETTING_IN, MAKES_LINK):
        return GroupTrouble.NO_INVITES if any(words in text for words in _NO_RIGHT) else None
    if method in _PUTTING_OUT:
        return GroupTrouble.NO_BANS if any(words in text for words in _NO_RIGHT) else None
    if any(words in text for words in _SILENCED):
        return GroupTrouble.SILENCED
    is_place = method == "sendMessage" and not any(words in text for words in _ABOUT_THE_MESSAGE)
    return GroupTrouble.REFUSED if is_place else None


def find_trouble(seat: Seat, needs: Collection[Need]) -> GroupTrouble | None:
    """What keeps a bot from what it is in a group for."""
    if not needs or not seat.is_known:
        return None
    if not seat.is_in:
        return GroupTrouble.GONE
    lacking = (  # the worst first
        (Need.INVITE, seat.may_invite, GroupTrouble.NO_INVITES),
        (Need.REVIEW, seat.may_write, GroupTrouble.SILENCED),
        (Need.LOOK, seat.status == "administrator", GroupTrouble.NO_ADMIN),
        (Need.TOPICS, seat.may_make_topics, GroupTrouble.NO_TOPICS),
        (Need.INVITE, seat.may_ban, GroupTrouble.NO_BANS),
    )
    return next((trouble for need, may, trouble in lacking if need in needs and not may), None)


async def find_seat(uow: UnitOfWork, bot_id: int, chat_id: int) -> Seat | None:
    """What a bot is in a group, by the number the group has or had."""
    return await store.find_seat(uow.conn, uow.account_id, bot_id, chat_id)


async def list_seats(uow: UnitOfWork, bot_id: int) -> list[Seat]:
    """What a bot is in its groups."""
    return await store.list_seats(uow.conn, uow.account_id, bot_id)


async def resolve(uow: UnitOfWork, chat_ids: Collection[int]) -> list[int]:
    """The numbers these groups have now: settings may still say those from before a move."""
    moved = await store.load_current_ids(uow.conn, uow.account_id, chat_ids)
    return [moved.get(number, number) for number in chat_ids]


async def list_numbers(uow: UnitOfWork, chat_id: int) -> list[int]:
    """The number a group has, and the one from before its move: what an author wrote may still name that."""
    former = await store.find_former_id(uow.conn, uow.account_id, chat_id)
    return [chat_id] if former is None else [chat_id, former]


async def load_titles(uow: UnitOfWork, chat_ids: Collection[int]) -> dict[int, str]:
    """The titles of those groups that Telegram has told of."""
    return await store.load_titles(uow.conn, uow.account_id, chat_ids)


async def load_languages(conn: AsyncConnection, chat_ids: Collection[int]) -> Mapping[tuple[int, int], str]:
    """In which languages the bots speak in groups, by (account, chat)."""
    return await store.load_languages(conn, chat_ids) if chat_ids else {}


async def choose_language(uow: UnitOfWork, chat_id: int, language: str) -> None:
    """The bots speak so in a group from now on."""
    await store.put_group(uow.conn, uow.account_id, {"chat_id": chat_id})
    await store.set_language(uow.conn, uow.account_id, chat_id, language, unset_only=False)


async def note_seat(
    uow: UnitOfWork, bot_id: int, group: Group, status: str, rights: Mapping[str, bool], language: str
) -> None:
    """Telegram says what the bot is in a group now; a new one is spoken to in the language of who added the bot."""
    if await _has_moved(uow, group.chat_id):
        return
    named = {
        "chat_id": group.chat_id,
        "type": group.type,
        "title": group.title,
        "is_forum": group.is_forum,
    }
    group_id = await store.put_group(uow.conn, uow.account_id, named)
    await store.set_language(uow.conn, uow.account_id, group.chat_id, language, unset_only=True)
    row = {"status": status, "rights": dict(rights)}
    await store.put_seat(uow.conn, uow.account_id, group_id, bot_id, row)
    uow.publish(GroupSeen(bot_id, group.chat_id, reopened=True))


async def note_person(uow: UnitOfWork, chat_id: int, telegram_id: int, *, inside: bool) -> None:
    """Telegram says whether somebody is in a group or channel."""
    row = {"chat_id": chat_id, "telegram_id": telegram_id, "is_inside": inside, "at": uow.now}
    await store.put_person(uow.conn, uow.account_id, row)


async def _has_moved(uow: UnitOfWork, chat_id: int) -> bool:
    """Whether this is the number of a group from before its move: what comes from there is over."""
    return chat_id in await store.load_current_ids(uow.conn, uow.account_id, [chat_id])


async def note_forum(uow: UnitOfWork, chat_id: int) -> None:
    """A group has topics."""
    if not await _has_moved(uow, chat_id):
        await store.put_group(uow.conn, uow.account_id, {"chat_id": chat_id, "is_forum": True})


async def rename(uow: UnitOfWork, chat_id: int, title: str) -> None:
    """A group has another title."""
    if not await _has_moved(uow, chat_id):
        await store.put_group(uow.conn, uow.account_id, {"chat_id": chat_id, "title": title})


async def move(uow: UnitOfWork, moved: ChatMoved) -> None:
    """A group became a supergroup, with another number."""
    await store.put_group(uow.conn, uow.account_id, {"chat_id": moved.new_id})
    if await store.move_group(uow.conn, uow.account_id, moved.old_id, moved.new_id):
        bots = await store.list_bots_in(uow.conn, uow.account_id, moved.new_id)
        logger.bind(event="group.moved").info("group {} is {} now", moved.old_id, moved.new_id)
        uow.publish(GroupMoved(moved.old_id, moved.new_id, tuple(bots)))


async def ask(uow: UnitOfWork, bot_id: int, chat_id: int) -> None:
    """Have Telegram asked what the group is and what the bot may do there."""
    (current,) = await resolve(uow, [chat_id])
    seat_id = await _know(uow, bot_id, current)
    calls = {ABOUT: ("getChat", {}), SEAT: ("getChatMember", {"user_id": bot_id})}
    for name, (method, more) in calls.items():
        key = f"group:{seat_id}:{name}:{uow.real_now.timestamp():.3f}"
        told = {"name": name, "ref": seat_id}
        fields = {"chat_id": current, **more}
        enqueue(uow, Outgoing(bot_id, current, method, fields, key, Priority.INTERACTIVE, on_result=told))


async def _know(uow: UnitOfWork, bot_id: int, chat_id: int) -> int:
    group_id = await store.put_group(uow.conn, uow.account_id, {"chat_id": chat_id})
    return await store.put_seat(uow.conn, uow.account_id, group_id, bot_id, {})


async def on_told(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Keep what Telegram has answered; a refusal is heard of by itself."""
    seat = await store.find_seat_by_id(uow.conn, uow.account_id, answer.ref)
    if seat is None or not answer.ok:
        return
    if answer.name == ABOUT:
        group = _read_group(answer.result)
        row = {"chat_id": seat.group.chat_id, "type": group.type, "title": group.title}
        more = {"may_speak": group.may_speak, "is_forum": group.is_forum}
        await store.put_group(uow.conn, uow.account_id, {**row, **more})
        return
    group_id = await store.put_group(uow.conn, uow.account_id, {"chat_id": seat.group.chat_id})
    row = {"status": answer.result["status"], "rights": read_rights(answer.result)}
    await store.put_seat(uow.conn, uow.account_id, group_id, seat.bot_id, row)
    uow.publish(GroupSeen(seat.bot_id, seat.group.chat_id))


def read_seat(bot_id: int, about: Mapping[str, Any], member: Mapping[str, Any]) -> Seat:
    """What a bot is in a group, from Telegram's answers to getChat and getChatMember."""
    return Seat(0, _read_group(about), bot_id, member["status"], read_rights(member), None)


def _read_group(about: Mapping[str, Any]) -> Group:
    may_speak = (about.get("permissions") or {}).get("can_send_messages", True)
    is_forum = about.get("is_forum", False)
    return Group(about["id"], about["type"], about.get("title", ""), may_speak, is_forum)


def read_rights(member: Mapping[str, Any]) -> dict[str, bool]:
    """The rights within a ChatMember of Telegram's."""
    return {name: value for name, value in member.items() if name.startswith("can_") and value is not None}


async def judge(uow: UnitOfWork, seen: GroupSeen, needs: Collection[Need]) -> None:
    """Say it if a bot cannot do any more, or can again, what it is in the group for."""
    seat = await find_seat(uow, seen.bot_id, seen.chat_id)
    if seat is None:
        return
    trouble = find_trouble(seat, needs)
    if seat.trouble in _HIDDEN and trouble is None and not seen.reopened:
        return
    await _note(uow, seat, trouble)


async def note_refusal(uow: UnitOfWork, refused: GroupRefused) -> None:
    """Say it once if a refused call shows that the bot cannot do what it is in the group for."""
    trouble = read_refusal(refused.method, refused.error)
    if trouble is None or await _has_moved(uow, refused.chat_id):
        return
    seat_id = await _know(uow, refused.bot_id, refused.chat_id)
    seat = await store.find_seat_by_id(uow.conn, uow.account_id, seat_id)
    if seat is not None:
        await _note(uow, seat, trouble)


async def note_no_way_in(uow: UnitOfWork, bot_id: int, chat_id: int) -> None:
    """No kind of link could be made, whatever the words: a buyer has no way in."""
    seat = await store.find_seat_by_id(uow.conn, uow.account_id, await _know(uow, bot_id, chat_id))
    if seat is not None:
        await _note(uow, seat, GroupTrouble.NO_INVITES)


async def note_success(uow: UnitOfWork, bot_id: int, chat_id: int) -> None:
    """A link was made, which a trouble would have kept from it; that people can be put out, too, is not said by that."""
    seat = await find_seat(uow, bot_id, chat_id)
    if seat is not None and seat.trouble is not GroupTrouble.NO_BANS:
        await _note(uow, seat, None)


async def _note(uow: UnitOfWork, seat: Seat, trouble: GroupTrouble | None) -> None:
    if not await store.set_trouble(uow.conn, uow.account_id, seat.id, trouble):
        return
    chat_id = seat.group.chat_id
    if trouble is None:
        uow.publish(GroupMended(seat.id, seat.bot_id, chat_id))
        return
    logger.bind(event="group.broke", chat_id=chat_id, bot_id=seat.bot_id).error(
        "bot {} cannot work in the group {}: {}", seat.bot_id, chat_id, trouble
    )
    uow.publish(GroupBroke(seat.id, seat.bot_id, chat_id, trouble))
