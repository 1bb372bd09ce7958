"""What is stored about a person's purchases, read for who looks for a break in them; and the breaks of all accounts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import (
    access_changes,
    accesses,
    communities,
    memberships,
    orders,
    payments,
    provider_events,
    tariffs,
)
from core.db.models.commerce_money import payers
from core.db.models.content import deployments, flows
from core.db.models.learning import runs
from core.db.models.people import chats, consents
from core.flow.definition import FlowKind
from core.lifecycle import (
    AccessChange,
    AccessStatus,
    ChatState,
    MembershipStatus,
    OrderStatus,
    Stage,
)
from services.commerce.chain_facts import (
    AccessFacts,
    AttemptFacts,
    DoorFacts,
    OrderFacts,
    Unbegun,
    Ungranted,
)
from services.people.conditions.numbers.figures import select_ungranted

ORDER = (
    orders.c.id,
    orders.c.public_id,
    orders.c.tariff_id,
    orders.c.status,
    orders.c.price,
    orders.c.currency,
    orders.c.bot_id,
    orders.c.chat_id,
    orders.c.created_at,
    orders.c.paid_at,
    orders.c.is_gift,
)


async def find_buyer(conn: AsyncConnection, account_id: int, words: str) -> int | None:
    """Whose order, or whose payment at a provider, goes by this number, or who gets receipts at this address."""
    by_order = await conn.scalar(
        select(orders.c.contact_id).where(
            orders.c.account_id == account_id, orders.c.public_id == words.upper()
        )
    )
    if by_order is not None:
        return int(by_order)
    by_payment = await conn.scalar(
        select(orders.c.contact_id)
        .join(payments, payments.c.order_id == orders.c.id)
        .where(payments.c.account_id == account_id, payments.c.external_id == words)
        .limit(1)
    )
    if by_payment is not None:
        return int(by_payment)
    by_receipt: int | None = await conn.scalar(
        select(payers.c.contact_id)
        .where(payers.c.account_id == account_id)
        .where(or_(func.lower(payers.c.email) == words.lower(), payers.c.phone == words))
        .limit(1)
    )
    return by_receipt


async def list_orders(conn: AsyncConnection, account_id: int, contact_id: int) -> list[OrderFacts]:
    """A person's orders, the newest first."""
    rows = await conn.execute(
        select(*ORDER)
        .where(orders.c.account_id == account_id, orders.c.contact_id == contact_id)
        .order_by(orders.c.id.desc())
    )
    return [OrderFacts(**{**row._mapping, "status": OrderStatus(row.status)}) for row in rows]  # noqa: SLF001 - SQLAlchemy's own name


async def list_attempts(
    conn: AsyncConnection, account_id: int, order_ids: Collection[int]
) -> list[AttemptFacts]:
    """The payments of orders in their order, each with the moment its provider last told of it by itself."""
    told = (
        select(func.max(provider_events.c.received_at))
        .where(
            provider_events.c.account_id == account_id,
            provider_events.c.provider == payments.c.provider,
            provider_events.c.external_id == payments.c.external_id,
        )
        .correlate(payments)
        .scalar_subquery()
    )
    rows = await conn.execute(
        select(
            payments.c.id,
            payments.c.order_id,
            payments.c.provider,
            payments.c.external_id,
            payments.c.status,
            payments.c.created_at,
            payments.c.settled_at,
            (payments.c.refunded >= payments.c.amount).label("is_refunded"),
            told.label("noticed_at"),
        )
        .where(payments.c.account_id == account_id, payments.c.order_id.in_(order_ids))
        .order_by(payments.c.id)
    )
    return [AttemptFacts(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's own name


async def list_accesses(conn: AsyncConnection, account_id: int, contact_id: int) -> list[AccessFacts]:
    """A person's accesses, open or not, the newest first, each with what was last done to it by hand."""
    last = (
        select(func.max(access_changes.c.id))
        .where(access_changes.c.account_id == account_id, access_changes.c.access_id == accesses.c.id)
        .correlate(accesses)
        .scalar_subquery()
    )
    rows = await conn.execute(
        select(
            accesses.c.id,
            accesses.c.tariff_id,
            accesses.c.payment_id,
            accesses.c.status,
            accesses.c.granted_at,
            accesses.c.ends_at,
            access_changes.c.change,
            access_changes.c.at.label("changed_at"),
        )
        .outerjoin(access_changes, access_changes.c.id == last)
        .where(accesses.c.account_id == account_id, accesses.c.contact_id == contact_id)
        .order_by(accesses.c.id.desc())
    )
    return [_access(row) for row in rows]


def _access(row: Any) -> AccessFacts:
    return AccessFacts(
        id=row.id,
        tariff_id=row.tariff_id,
        payment_id=row.payment_id,
        status=AccessStatus(row.status),
        granted_at=row.granted_at,
        ends_at=row.ends_at,
        change=AccessChange(row.change) if row.change else None,
        changed_at=row.changed_at,
    )


async def list_doors(
    conn: AsyncConnection, account_id: int, access_id: int, tariff_id: int
) -> list[DoorFacts]:
    """The groups of a tariff with the place an access has in each."""
    place = and_(memberships.c.community_id == communities.c.id, memberships.c.access_id == access_id)
    rows = await conn.execute(
        select(
            communities.c.id,
            communities.c.chat_id,
            memberships.c.status,
            memberships.c.created_at,
            memberships.c.joined_at,
        )
        .outerjoin(memberships, place)
        .where(communities.c.account_id == account_id, communities.c.tariff_id == tariff_id)
        .order_by(communities.c.id)
    )
    return [
        DoorFacts(
            row.id,
            row.chat_id,
            MembershipStatus(row.status) if row.status else None,
            row.created_at,
            row.joined_at,
        )
        for row in rows
    ]


async def list_names(
    conn: AsyncConnection, account_id: int, tariff_ids: Collection[int]
) -> dict[int, tuple[dict[str, str], int]]:
    """The name and the flow of tariffs, by their ids."""
    rows = await conn.execute(
        select(tariffs.c.id, tariffs.c.name, tariffs.c.flow_id).where(
            tariffs.c.account_id == account_id, tariffs.c.id.in_(tariff_ids)
        )
    )
    return {row.id: (row.name, row.flow_id) for row in rows}


# all accounts: one pass looks after every account's purchases
async def list_ungranted(conn: AsyncConnection, before: datetime) -> Sequence[Ungranted]:
    """Those of all accounts."""
    rows = await conn.execute(select_ungranted(before, func.min(payments.c.id)))
    return [Ungranted(row[0], row[1], row[2]) for row in rows]


async def measure_ungranted(
    conn: AsyncConnection, account_id: int, before: datetime
) -> tuple[int, datetime | None]:
    """How many orders of an account these are, and when the oldest was paid."""
    theirs = select_ungranted(before, func.min(orders.c.paid_at).label("at"))
    waiting = theirs.where(orders.c.account_id == account_id).subquery()
    row = (await conn.execute(select(func.count(), func.min(waiting.c.at)).select_from(waiting))).one()
    return row[0], row[1]


# all accounts: one pass looks after every account's purchases
async def list_unbegun(
    conn: AsyncConnection, granted_after: datetime, granted_before: datetime
) -> Sequence[Unbegun]:
    """Open accesses to a course, granted between two moments, of people who have never had any lessons there.

    Who has another course may be keeping this one for later; who was asked for consent and has not given it is not begun for.
    """
    taken = exists().where(
        runs.c.contact_id == accesses.c.contact_id,
        runs.c.bot_id == deployments.c.bot_id,
    )
    asked = exists().where(consents.c.contact_id == accesses.c.contact_id, consents.c.given_at.is_(None))
    here = and_(
        chats.c.contact_id == accesses.c.contact_id,
        chats.c.bot_id == deployments.c.bot_id,
        chats.c.state == ChatState.OPEN,
    )
    rows = await conn.execute(
        select(
            accesses.c.account_id,
            accesses.c.id,
            accesses.c.contact_id,
            accesses.c.granted_at,
            chats.c.seen_at,
        )
        .join(tariffs, tariffs.c.id == accesses.c.tariff_id)
        .join(flows, flows.c.id == tariffs.c.flow_id)
        .join(deployments, deployments.c.flow_id == flows.c.id)
        .outerjoin(chats, here)
        .where(accesses.c.status == AccessStatus.ACTIVE, flows.c.kind == FlowKind.COURSE)
        .where(accesses.c.granted_at > granted_after, accesses.c.granted_at < granted_before)
        .where(or_(accesses.c.ends_at.is_(None), accesses.c.ends_at > granted_before))
        .where(deployments.c.environment == Stage.PROD, ~taken, ~asked)
        .order_by(accesses.c.id)
    )
    return [
        Unbegun(row[0], row[1], row[2], has_come=row.seen_at is not None and row.seen_at >= row.granted_at)
        for row in rows
    ]
