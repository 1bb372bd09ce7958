"""From the facts of a purchase to the links of its chain: pure, so that every break can be tried on its own."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core.flow.run import HoldReason, RunStatus
from core.groups import GroupTrouble
from core.lifecycle import (
    AccessChange,
    AccessStatus,
    MembershipStatus,
    OrderStatus,
    PaymentStatus,
)
from services.commerce.chain_facts import AttemptFacts, DoorFacts, OrderFacts, PurchaseFacts
from services.workflows.why.schemas import Group, Kind, Link, Mend, State, Study

CLOSED_BY = {AccessChange.REFUNDED: "access-refunded", AccessChange.ENDED: "access-ended"}
SLOW = timedelta(minutes=10)  # longer than this no link into a group takes


def judge(
    purchase: PurchaseFacts,
    study: Study,
    groups: Mapping[int, Group],
    now: datetime,
    *,
    superseded: bool = False,
    unasked: Collection[str] = (),
) -> tuple[Link, ...]:
    """The links of a purchase; of one that is `superseded`, another opens the same course, nothing is expected.

    Whether a payment of a provider that is `unasked` has come, somebody has to see in its cabinet.
    """
    links = []
    if purchase.order is not None:
        payment = _payment(purchase, purchase.order, unasked, superseded=superseded)
        links += [
            Link(Kind.ORDER, State.DONE, "placed", purchase.order.created_at),
            payment,
            _notice(purchase),
        ]
        if purchase.order.is_gift and purchase.is_paid:
            return (*links, Link(Kind.ACCESS, State.DONE, "access-gift"))
        if purchase.access is None and purchase.attempt is not None and purchase.attempt.is_refunded:
            return tuple(links)
    if superseded and purchase.access is None:
        return tuple(links)
    links.append(_access(purchase, now, superseded=superseded))
    if superseded or links[-1].state is State.OVER:
        return tuple(links)
    for door in purchase.doors:
        links += [_invite(purchase, door, groups[door.chat_id], now), _join(purchase, door, groups)]
    if study.is_course:
        links.append(_lesson(purchase, study))
    return tuple(_put_ahead(links))


def _put_ahead(links: list[Link]) -> list[Link]:
    """What comes after a missing payment or access is not looked at."""
    gates = {Kind.ORDER, Kind.PAYMENT, Kind.ACCESS}
    closed = False
    put = []
    for link in links:
        put.append(replace(link, state=State.AHEAD, code="ahead", at=None, mend=None) if closed else link)
        closed = closed or (link.kind in gates and link.state is not State.DONE)
    return put


def _payment(
    purchase: PurchaseFacts, order: OrderFacts, unasked: Collection[str], *, superseded: bool
) -> Link:
    attempt = purchase.attempt
    if attempt is None:
        state = State.DONE if purchase.is_paid else State.BROKEN
        return Link(Kind.PAYMENT, state, "payment-by-hand" if purchase.is_paid else "payment-none")
    named = {"provider": attempt.provider, "number": attempt.external_id or attempt.id}
    if attempt.status == PaymentStatus.SUCCEEDED:
        if attempt.is_refunded:
            return Link(Kind.PAYMENT, State.DONE, "payment-refunded", None, named)
        if purchase.is_paid:
            return Link(Kind.PAYMENT, State.DONE, "payment-succeeded", attempt.settled_at, named)
        return Link(
            Kind.PAYMENT, State.BROKEN, "payment-unbooked", attempt.settled_at, named, Mend.GRANT, attempt.id
        )
    link = _unpaid(order, attempt, named, superseded=superseded)
    if attempt.provider in unasked and not superseded:
        return replace(link, mend=Mend.SETTLE, target=order.id)
    return link


def _unpaid(
    order: OrderFacts, attempt: AttemptFacts, named: Mapping[str, object], *, superseded: bool
) -> Link:
    if attempt.status == PaymentStatus.CANCELLED or order.status is OrderStatus.CANCELLED:
        state = State.DONE if superseded else State.WAITING
        mend = Mend.ASK if attempt.external_id and not superseded else None
        return Link(Kind.PAYMENT, state, "payment-cancelled", attempt.settled_at, named, mend, attempt.id)
    if attempt.status == PaymentStatus.HELD:
        return Link(Kind.PAYMENT, State.WAITING, "payment-held", attempt.created_at, named)
    code = "payment-new" if attempt.status == PaymentStatus.NEW else "payment-pending"
    state = State.BROKEN if attempt.status == PaymentStatus.NEW else State.WAITING
    return Link(Kind.PAYMENT, state, code, attempt.created_at, named, Mend.ASK, attempt.id)


def _notice(purchase: PurchaseFacts) -> Link:
    attempt = purchase.attempt
    if attempt is not None and attempt.noticed_at is not None:
        return Link(Kind.NOTICE, State.DONE, "notice", attempt.noticed_at)
    return Link(Kind.NOTICE, State.DONE, "notice-none" if purchase.is_paid else "notice-yet")


def _access(purchase: PurchaseFacts, now: datetime, *, superseded: bool) -> Link:
    access = purchase.access
    if access is None:
        if purchase.is_paid and purchase.attempt is not None:
            target = purchase.attempt.id
            return Link(Kind.ACCESS, State.BROKEN, "access-missing", None, {}, Mend.GRANT, target)
        return Link(Kind.ACCESS, State.BROKEN, "access-none")
    if access.status is not AccessStatus.ACTIVE:
        unpaid = CLOSED_BY.get(access.change or AccessChange.REVOKED)
        state = State.DONE if superseded else State.OVER if unpaid else State.BROKEN
        link = Link(Kind.ACCESS, state, unpaid or "access-closed", access.changed_at)
        return link if unpaid else replace(link, mend=Mend.RESTORE, target=access.id)
    if not access.is_open(now):
        return Link(Kind.ACCESS, State.DONE if superseded else State.OVER, "access-over", access.ends_at)
    if access.ends_at is not None:
        return Link(Kind.ACCESS, State.DONE, "access-until", access.ends_at)
    return Link(Kind.ACCESS, State.DONE, "access", access.granted_at)


def _invite(purchase: PurchaseFacts, door: DoorFacts, group: Group, now: datetime) -> Link:
    """The way into one group; what keeps the bot from making one is said first."""
    target = purchase.access.id if purchase.access else 0
    named = {"group": group.title}
    if door.status in {MembershipStatus.JOINED, MembershipStatus.INVITED}:
        return Link(Kind.INVITE, State.DONE, "invite", door.asked_at, named)
    if group.trouble not in {None, GroupTrouble.NO_BANS}:
        code = f"invite-{group.trouble}"
        return Link(Kind.INVITE, State.BROKEN, code, None, named, Mend.INVITE, target)
    if door.status is MembershipStatus.ASKED and door.asked_at and now - door.asked_at < SLOW:
        return Link(Kind.INVITE, State.WAITING, "invite-asked", door.asked_at, named)
    if door.status is MembershipStatus.LEFT:
        return Link(Kind.INVITE, State.WAITING, "invite-left", None, named, Mend.INVITE, target)
    code = "invite-none" if door.status is None else "invite-failed"
    return Link(Kind.INVITE, State.BROKEN, code, None, named, Mend.INVITE, target)


def _join(purchase: PurchaseFacts, door: DoorFacts, groups: Mapping[int, Group]) -> Link:
    target = purchase.access.id if purchase.access else 0
    named = {"group": groups[door.chat_id].title}
    if door.status is MembershipStatus.JOINED:
        return Link(Kind.JOIN, State.DONE, "join", door.joined_at, named)
    if door.status is MembershipStatus.INVITED:
        return Link(Kind.JOIN, State.WAITING, "join-yet", None, named, Mend.INVITE, target)
    return Link(Kind.JOIN, State.AHEAD, "ahead", None, named)


def _lesson(purchase: PurchaseFacts, study: Study) -> Link:
    """How the course stands; who was never met by the course bot, or has shut it, has to press Start there."""
    access_id = purchase.access.id if purchase.access else 0
    named = {"bot": study.bot, "step": study.step}
    if study.status is None:
        if study.can_write:
            return Link(Kind.LESSON, State.BROKEN, "lesson-none", None, named, Mend.START, access_id)
        code = "lesson-unmet" if study.can_write is None else "lesson-shut"
        return Link(Kind.LESSON, State.WAITING, code, None, named, Mend.SEND, access_id)
    if study.status == RunStatus.HELD and study.held_for == HoldReason.NO_ACCESS:
        return Link(Kind.LESSON, State.BROKEN, "lesson-closed", None, named, Mend.RELEASE, access_id)
    if study.can_write is False:
        return Link(Kind.LESSON, State.WAITING, "lesson-shut", None, named, Mend.SEND, access_id)
    code = f"lesson-held-{study.held_for}" if study.status == RunStatus.HELD else f"lesson-{study.status}"
    return Link(Kind.LESSON, State.DONE, code, study.began_at, named)
