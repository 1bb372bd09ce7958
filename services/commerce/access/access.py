"""What a payment opens: the course and the tariff's groups, for the buyer alone."""

from datetime import timedelta
from typing import Any

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import AccessGranted, CallAnswered, InvitesIssued, InvitesRequested, OrderPaid
from core.lifecycle import MEMBERSHIP_MOVES, AccessStatus, MembershipStatus, Priority
from core.text.message import localize
from services.commerce.payments.payments import get_order
from services.commerce.schemas import GroupPlace, Membership
from services.commerce.store import access as store
from services.delivery import speech
from services.delivery.outbox import drop_refused_in, enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.people.schemas import Contact
from services.tenancy import groups

INVITE = "invite_link"  # name under which Telegram's answer comes back
SINGLE = "single_link"  # and for a link of the other kind
LINK_NAME = "Tandem {}"


async def grant_access(uow: UnitOfWork, paid: OrderPaid) -> None:
    """Give what was paid for, once per payment."""
    order = await get_order(uow, paid.order_id)
    access_id = await store.grant(
        uow.conn,
        uow.account_id,
        {
            "contact_id": order.contact_id,
            "tariff_id": order.tariff_id,
            "payment_id": paid.payment_id,
            "status": AccessStatus.ACTIVE,
            "granted_at": uow.now,
        },
    )
    if access_id is None:
        return
    logger.bind(event="access.granted", access=access_id, order=order.public_id).info("access granted")
    uow.publish(AccessGranted(access_id, order.id, order.contact_id, order.tariff_id))


async def list_codes(uow: UnitOfWork, contact_id: int) -> set[str]:
    """The codes of the tariffs a person has now."""
    return {
        access.tariff_code
        for access in await store.list_active(uow.conn, uow.account_id, contact_id, uow.now)
    }


async def put_off_end(uow: UnitOfWork, access_id: int, by: timedelta) -> None:
    """Let an access that has an end, end so much later."""
    await store.put_off_end(uow.conn, uow.account_id, access_id, by)


async def issue_invites(uow: UnitOfWork, wanted: InvitesRequested, contact: Contact, bot_id: int) -> None:
    """Ask Telegram for a link per group of what the person bought and is not in yet; without one answer at once."""
    places = await store.list_places(uow.conn, uow.account_id, contact.id, uow.now)
    if not places:
        uow.publish(InvitesIssued(wanted.run_id, wanted.visit, {}, failed=False))
    by_chat = {
        place[2]: place for place in places
    }  # a group of two of a buyer's tariffs: the newer one lets them in
    for access_id, community_id, chat_id in by_chat.values():
        membership_id = await _ask_place(uow, access_id, community_id, contact, wanted)
        _ask_link(uow, bot_id, chat_id, membership_id, f"{wanted.run_id}:{wanted.visit}")


async def renew_invite(
    uow: UnitOfWork, access_id: int, place: GroupPlace, contact: Contact, bot_id: int, key: str
) -> None:
    """Ask for a new link for a group the buyer has left or never had a link for; it is said when it comes."""
    membership_id = await _ask_place(uow, access_id, place.community_id, contact, None)
    _ask_link(uow, bot_id, place.chat_id, membership_id, key)


async def _ask_place(
    uow: UnitOfWork, access_id: int, community_id: int, contact: Contact, wanted: InvitesRequested | None
) -> int:
    row = {
        "access_id": access_id,
        "community_id": community_id,
        "user_id": contact.telegram_id,
        "status": MembershipStatus.ASKED,
        "run_id": wanted and wanted.run_id,
        "run_visit": wanted and wanted.visit,
        "created_at": uow.now,
    }
    return await store.put_membership(uow.conn, uow.account_id, row)


def _ask_link(
    uow: UnitOfWork, bot_id: int, chat_id: int, membership_id: int, key: str, name: str = INVITE
) -> None:
    """Ask for a link whose users are let in by us, or (SINGLE) for one that one person can use."""
    kind = {"member_limit": 1} if name == SINGLE else {"creates_join_request": True}
    fields = {"chat_id": chat_id, **kind, "name": LINK_NAME.format(membership_id)}
    enqueue(
        uow,
        Outgoing(
            bot_id,
            chat_id,
            "createChatInviteLink",
            fields,
            f"invite:{membership_id}:{key}",
            Priority.TRANSACTIONAL,
            on_result={"name": name, "ref": membership_id},
        ),
    )


async def on_invite_link(uow: UnitOfWork, answer: CallAnswered, language: str) -> None:
    """Keep a link (or that there is none); when the run's last one is here, tell it."""
    membership = await get_membership(uow, answer.ref)
    if not answer.ok and groups.read_refusal(groups.MAKES_LINK, str(answer.result)) is None:
        if answer.name == INVITE:  # where nobody can be let in one by one, a link for one person has to do
            chat_id, key = membership.community_chat_id, f"single:{answer.outbox_id}"
            _ask_link(uow, answer.bot_id, chat_id, membership.id, key, SINGLE)
            return
        await groups.note_no_way_in(uow, answer.bot_id, membership.community_chat_id)
    link = answer.result["invite_link"] if answer.ok else None
    to = MembershipStatus.INVITED if answer.ok else MembershipStatus.FAILED
    if answer.ok:
        await drop_refused_in(uow, answer.bot_id, membership.community_chat_id, _made_no_link)
    else:
        logger.bind(event="invite.failed", chat_id=membership.community_chat_id).error(
            "no invite link for group {}: {}", membership.community_chat_id, answer.result
        )
    if not await store.move_membership(
        uow.conn, uow.account_id, membership.id, to, MEMBERSHIP_MOVES[to], {"link": link}
    ):
        return
    if membership.run_id is not None and membership.run_visit is not None:
        await _tell_run(uow, membership.run_id, membership.run_visit, language)
        return
    to_buyer = Address(answer.bot_id, membership.user_id)
    key = f"new-link:{membership.id}:{answer.outbox_id}"
    if link is None:
        speech.say(uow, to_buyer, speech.words("invite-by-hand"), key)
        return
    titles = await groups.load_titles(uow, [membership.community_chat_id])
    name = titles.get(membership.community_chat_id) or speech.named(membership.tariff_name)
    button = speech.link_button(name, link)
    speech.say(uow, to_buyer, speech.words("invite-new"), key, buttons=[[button]])


def _made_no_link(method: str, _error: str) -> bool:
    return method == groups.MAKES_LINK


async def _tell_run(uow: UnitOfWork, run_id: int, visit: int, language: str) -> None:
    places = await store.list_of_run(uow.conn, uow.account_id, run_id, visit)
    if any(place.status is MembershipStatus.ASKED for place in places):
        return
    titles = await groups.load_titles(uow, [place.community_chat_id for place in places])
    links: dict[str, str] = {}
    for place in places:
        if place.link:
            name = titles.get(place.community_chat_id) or localize(place.tariff_name, language)
            links[f"{name} {len(links) + 1}" if name in links else name] = place.link
    failed = any(place.status is MembershipStatus.FAILED for place in places)
    uow.publish(InvitesIssued(run_id, visit, links, failed=failed))


async def is_community(uow: UnitOfWork, chat_id: int) -> bool:
    """Whether this is a group of a tariff."""
    return await store.is_community(uow.conn, uow.account_id, chat_id)


async def list_groups(uow: UnitOfWork) -> list[int]:
    """The groups of all tariffs on sale."""
    return await store.list_chats(uow.conn, uow.account_id)


async def move_group(uow: UnitOfWork, old_id: int, new_id: int) -> None:
    """A group of tariffs has another number."""
    await store.move_communities(uow.conn, uow.account_id, old_id, new_id)


async def catch_up(uow: UnitOfWork, bot_id: int, chat_id: int) -> None:
    """The bot can let people into a group again: new links for buyers who got none, and in with those who ask.

    Telegram does not tell who asked meanwhile. Each buyer who is expected is let in; for who has not asked that changes nothing.
    """
    for place in await store.list_waiting_outside(uow.conn, uow.account_id, chat_id, uow.now):
        key = f"{bot_id}:{place.id}:{uow.now.timestamp():.0f}"
        if place.status is MembershipStatus.INVITED:
            fields = {"chat_id": chat_id, "user_id": place.user_id}
            method = "approveChatJoinRequest"
            enqueue(uow, Outgoing(bot_id, chat_id, method, fields, f"let-in:{key}", Priority.TRANSACTIONAL))
        elif await _ask_again(uow, place.id):
            _ask_link(uow, bot_id, chat_id, place.id, f"mended:{key}")


async def _ask_again(uow: UnitOfWork, membership_id: int) -> bool:
    """Let a place that got no link wait for one; its person is told by itself, no run waits for it any more."""
    to, alone = MembershipStatus.ASKED, {"run_id": None, "run_visit": None}
    return await store.move_membership(
        uow.conn, uow.account_id, membership_id, to, MEMBERSHIP_MOVES[to], alone
    )


async def decide_join(
    uow: UnitOfWork, bot_id: int, chat_id: int, user_id: int, update_id: int
) -> bool | None:
    """Let the buyer in and decline anybody else; None (and nothing done) if the group is not ours."""
    if not await store.is_community(uow.conn, uow.account_id, chat_id):
        return None
    is_buyer = bool(await store.list_of_user(uow.conn, uow.account_id, chat_id, user_id, uow.now))
    method = "approveChatJoinRequest" if is_buyer else "declineChatJoinRequest"
    fields = {"chat_id": chat_id, "user_id": user_id}
    key = f"join:{bot_id}:{update_id}"
    enqueue(uow, Outgoing(bot_id, chat_id, method, fields, key, Priority.TRANSACTIONAL))
    return is_buyer


async def note_join(uow: UnitOfWork, bot_id: int, chat_id: int, user_id: int) -> None:
    """The buyer is in: the links have done their work."""
    to = MembershipStatus.JOINED
    for place in await store.list_of_user(uow.conn, uow.account_id, chat_id, user_id, uow.now):
        moved = await store.move_membership(
            uow.conn, uow.account_id, place.id, to, MEMBERSHIP_MOVES[to], {"joined_at": uow.now}
        )
        if moved and place.link:
            fields = {"chat_id": chat_id, "invite_link": place.link}
            key = f"revoke:{place.id}:{uow.now.timestamp():.0f}"
            enqueue(
                uow, Outgoing(bot_id, chat_id, "revokeChatInviteLink", fields, key, Priority.TRANSACTIONAL)
            )


async def note_stranger(uow: UnitOfWork, bot_id: int, chat_id: int, user_id: int, link: str) -> None:
    """Somebody has come in by a link that is another person's: out again, and the buyer gets a new one."""
    place = await store.find_by_link(uow.conn, uow.account_id, link)
    if place is None or place.user_id == user_id or place.community_chat_id != chat_id:
        return
    if await store.list_of_user(uow.conn, uow.account_id, chat_id, user_id, uow.now):
        return
    key = f"{place.id}:{user_id}:{uow.now.timestamp():.0f}"
    who: dict[str, Any] = {"chat_id": chat_id, "user_id": user_id}
    steps: dict[str, dict[str, Any]] = {
        "banChatMember": who,
        "unbanChatMember": {**who, "only_if_banned": True},
    }
    steps["revokeChatInviteLink"] = {"chat_id": chat_id, "invite_link": link}
    for method, fields in steps.items():
        call = Outgoing(bot_id, chat_id, method, fields, f"stranger:{method}:{key}", Priority.TRANSACTIONAL)
        enqueue(uow, call)
    if await store.ask_anew(uow.conn, uow.account_id, place.id, uow.now):
        _ask_link(uow, bot_id, chat_id, place.id, f"stranger:{key}", SINGLE)


async def note_leave(uow: UnitOfWork, chat_id: int, user_id: int) -> None:
    """Somebody has left the group, whether the access is open or over; who has one may come back by a new link."""
    to = MembershipStatus.LEFT
    for opened in (True, False):
        for place in await store.list_of_user(
            uow.conn, uow.account_id, chat_id, user_id, uow.now, opened=opened
        ):
            await store.move_membership(uow.conn, uow.account_id, place.id, to, MEMBERSHIP_MOVES[to], {})


async def get_membership(uow: UnitOfWork, membership_id: int) -> Membership:
    """A place in a group by its id; raises MEMBERSHIP_NOT_FOUND."""
    membership = await store.find_membership(uow.conn, uow.account_id, membership_id)
    if membership is None:
        raise DomainError(ErrorKind.NOT_FOUND, "MEMBERSHIP_NOT_FOUND", str(membership_id))
    return membership
