"""Out of the groups of an access that was taken away: who is still in, and how an admin has them removed."""

from collections.abc import Sequence
from datetime import timedelta

from core.db.session import UnitOfWork
from core.events import CallAnswered
from core.groups import GroupTrouble
from core.lifecycle import MEMBERSHIP_MOVES, BotKind, MembershipStatus, Priority
from core.presses import PressKind
from services.commerce.access import access
from services.commerce.access.manual_access import get_access
from services.commerce.schemas import Membership
from services.commerce.store import access as store
from services.commerce.store import removal as removal_store
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Words
from services.people.admins import tell_admins
from services.people.contacts import find_by_telegram_id
from services.tenancy import bots, groups

OUT = PressKind.GROUPS_LEAVE  # kind of the button that removes somebody from the groups of an access
AGAIN_AFTER = timedelta(days=7)  # who could not be put out is tried again so much later
REMOVED = "removed_from_group"  # name under which Telegram's answer comes back


async def list_still_in(uow: UnitOfWork, access_id: int) -> list[Membership]:
    """The groups a person is in by this access alone: no other one that is active opens them."""
    return await store.list_joined_by(uow.conn, uow.account_id, access_id, uow.now)


async def name_groups(uow: UnitOfWork, places: Sequence[Membership]) -> list[str]:
    """The titles of these groups, or their numbers where Telegram has told none."""
    chats = [place.community_chat_id for place in places]
    titles = await groups.load_titles(uow, chats)
    return [titles.get(chat) or str(chat) for chat in chats]


def add_left_groups(words: Words, groups: Sequence[str]) -> Words:
    """The same words for a person, and of which groups they are no member any more."""
    if not groups:
        return words
    return speech.lines(words, speech.words("left-groups", count=len(groups), groups=groups))


async def name_chat(uow: UnitOfWork, chat_id: int) -> str:
    """The title of a group, or its number where Telegram has told none."""
    return (await groups.load_titles(uow, [chat_id])).get(chat_id) or str(chat_id)


async def note_join(uow: UnitOfWork, chat_id: int, user_id: int) -> None:
    """Somebody has come in whose access was over on the way: the admins hear it, with the button that removes them."""
    if await store.list_of_user(uow.conn, uow.account_id, chat_id, user_id, uow.now):
        return
    to = MembershipStatus.JOINED
    closed = await store.list_of_user(uow.conn, uow.account_id, chat_id, user_id, uow.now, opened=False)
    for place in closed:
        if await store.move_membership(
            uow.conn, uow.account_id, place.id, to, MEMBERSHIP_MOVES[to], {"joined_at": uow.now}
        ):
            await _tell_uninvited(uow, place)


async def _tell_uninvited(uow: UnitOfWork, place: Membership) -> None:
    if not await list_still_in(uow, place.access_id):
        return
    person = await find_by_telegram_id(uow, place.user_id)
    (group,) = await name_groups(uow, [place])
    name = person.full_name if person else place.user_id
    tariff = speech.named(place.tariff_name)
    words = speech.words("came-uninvited", person=name, group=group, tariff=tariff)
    button = speech.button(speech.words("button-remove"), OUT, place.access_id)
    await tell_admins(uow, words, f"uninvited:{place.id}:{uow.now.timestamp():.0f}", [[button]])


async def remove_from_groups(uow: UnitOfWork, access_id: int) -> list[Membership]:
    """Put a person out of the groups of an access that is taken away; they may come back if they buy again.

    Gives the groups; none if they are in none, or have their access again.
    """
    if (await get_access(uow, access_id)).is_open(uow.now):
        return []
    return [place for place in await list_still_in(uow, access_id) if await put_out(uow, place.id)]


async def can_put_out(uow: UnitOfWork, chat_id: int) -> bool:
    """Whether the bot may put people out of a group, as far as Telegram has told."""
    seat = await groups.find_seat(uow, (await bots.get_bot(uow, BotKind.SALES)).id, chat_id)
    return seat is None or seat.trouble not in {GroupTrouble.NO_BANS, GroupTrouble.GONE}


async def put_out(uow: UnitOfWork, membership_id: int) -> bool:
    """Put a person out of a group, whoever opened it; False if that had been done."""
    to = MembershipStatus.LEFT
    place = await access.get_membership(uow, membership_id)
    if not await store.move_membership(
        uow.conn, uow.account_id, place.id, to, MEMBERSHIP_MOVES[to], {"link": None}
    ):
        return False
    _put_out(uow, (await bots.get_bot(uow, BotKind.SALES)).id, place)
    return True


def _put_out(uow: UnitOfWork, bot_id: int, place: Membership) -> None:
    """A ban alone would keep somebody out for good."""
    chat_id = place.community_chat_id
    told = {"name": REMOVED, "ref": place.id}
    fields = {"chat_id": chat_id, "user_id": place.user_id}
    steps = {"banChatMember": fields, "unbanChatMember": {**fields, "only_if_banned": True}}
    for method, more in steps.items():
        key = f"out:{place.id}:{method}:{uow.now.timestamp():.0f}"
        answered = told if method == "banChatMember" else None
        enqueue(uow, Outgoing(bot_id, chat_id, method, more, key, Priority.TRANSACTIONAL, on_result=answered))


async def on_removed(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Where Telegram refuses, the admins read who is still in, and why."""
    if answer.ok:
        return
    place = await access.get_membership(uow, answer.ref)
    to, later = MembershipStatus.JOINED, {"leaves_at": uow.now + AGAIN_AFTER}
    await store.move_membership(uow.conn, uow.account_id, place.id, to, MEMBERSHIP_MOVES[to], later)
    person = await find_by_telegram_id(uow, place.user_id)
    (group,) = await name_groups(uow, [place])
    words = speech.words(
        "removal-failed", person=person.full_name if person else place.user_id, group=group, why=answer.result
    )
    await tell_admins(uow, words, f"removal:{place.id}:{answer.outbox_id}")


async def catch_up(uow: UnitOfWork, chat_id: int) -> None:
    """The bot can put people out of a group again: whoever could not be put out is to go with the next pass."""
    await removal_store.bring_forward(uow.conn, uow.account_id, chat_id, uow.now)
