"""Subscriptions, their charges, and until when they keep an access open."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import accesses, payments, tariffs
from core.db.models.commerce_plans import subscriptions
from core.db.session import Row
from core.lifecycle import PaymentStatus, SubscriptionEnd, SubscriptionState
from core.rules.subscription import Means, Standing
from services.commerce.plan_documents import read_plan, write_plan
from services.commerce.schemas import Change, Subscription, TariffPlan

LIVE = subscriptions.c.state != SubscriptionState.ENDED


def write_standing(standing: Standing) -> dict[str, Any]:
    """The columns of a standing, without when it was stopped."""
    names = ("periods", "charges", "paid_until", "warned_at", "asked_at", "tried_at", "tries", "is_charging")
    columns = {name: getattr(standing, name) for name in (*names, "frozen_at", "state")}
    stood = {"frozen_seconds": int(standing.frozen_for.total_seconds())}
    return {**columns, **stood, "anchor": standing.anchor.isoformat()}


def _standing(row: Any) -> Standing:
    means = Means.SAVED if row.method else Means.PROVIDER if row.profile else Means.HAND
    return Standing(
        state=SubscriptionState(row.state),
        means=means,
        anchor=datetime.fromisoformat(row.anchor),
        periods=row.periods,
        charges=row.charges,
        paid_until=row.paid_until,
        warned_at=row.warned_at,
        asked_at=row.asked_at,
        tried_at=row.tried_at,
        tries=row.tries,
        is_charging=row.is_charging,
        is_stopped=row.cancelled_at is not None,
        frozen_at=row.frozen_at,
        frozen_for=timedelta(seconds=row.frozen_seconds),
    )


def _subscription(row: Any) -> Subscription:
    return Subscription(
        id=row.id,
        contact_id=row.contact_id,
        tariff_id=row.tariff_id,
        order_id=row.order_id,
        access_id=row.access_id,
        plan=read_plan(row.plan) or TariffPlan(),
        price=row.price,
        currency=row.currency,
        provider=row.provider,
        method=row.method or "",
        method_title=row.method_title or "",
        profile=row.profile or "",
        standing=_standing(row),
        reason=SubscriptionEnd(row.reason) if row.reason else None,
        change=_change(row),
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def _change(row: Any) -> Change | None:
    if row.next_tariff_id is None:
        return None
    return Change(row.next_tariff_id, read_plan(row.next_plan) or TariffPlan(), row.next_price)


def write_change(change: Change | None) -> dict[str, Any]:
    """The columns of a change; None takes it back."""
    if change is None:
        return dict.fromkeys(("next_tariff_id", "next_plan", "next_price"))
    plan = write_plan(change.plan)
    return {"next_tariff_id": change.tariff_id, "next_plan": plan, "next_price": change.price}


async def add(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Keep a subscription that begins; gives its id."""
    rows = await conn.execute(
        insert(subscriptions).values(account_id=account_id, **row).returning(subscriptions.c.id)
    )
    return int(rows.scalar_one())


async def lock(conn: AsyncConnection, account_id: int, subscription_id: int) -> Subscription | None:
    """A subscription by its id; other units that want to change it wait until this one is over."""
    rows = await conn.execute(
        select(subscriptions)
        .where(subscriptions.c.account_id == account_id, subscriptions.c.id == subscription_id)
        .with_for_update()
    )
    row = rows.one_or_none()
    return _subscription(row) if row else None


async def change(conn: AsyncConnection, account_id: int, subscription_id: int, values: Row) -> None:
    """Write what has changed of a subscription that is locked."""
    await conn.execute(
        update(subscriptions)
        .where(subscriptions.c.account_id == account_id, subscriptions.c.id == subscription_id)
        .values(**values)
    )


async def list_live(
    conn: AsyncConnection, account_id: int, contact_id: int, tariff_ids: Sequence[int] | None = None
) -> list[Subscription]:
    """What a person has that has not ended, the oldest first; only of these tariffs, if they are named."""
    statement = select(subscriptions).where(
        subscriptions.c.account_id == account_id, subscriptions.c.contact_id == contact_id, LIVE
    )
    if tariff_ids is not None:
        statement = statement.where(subscriptions.c.tariff_id.in_(tariff_ids))
    return [_subscription(row) for row in await conn.execute(statement.order_by(subscriptions.c.id))]


async def list_by_ids(
    conn: AsyncConnection, account_id: int, subscription_ids: Collection[int]
) -> list[Subscription]:
    """Subscriptions by their ids, in no order."""
    rows = await conn.execute(
        select(subscriptions).where(
            subscriptions.c.account_id == account_id, subscriptions.c.id.in_(subscription_ids)
        )
    )
    return [_subscription(row) for row in rows]


async def find_of_access(conn: AsyncConnection, account_id: int, access_id: int) -> int | None:
    """The one that keeps an access open, if it has not ended."""
    subscription_id: int | None = await conn.scalar(
        select(subscriptions.c.id).where(
            subscriptions.c.account_id == account_id, subscriptions.c.access_id == access_id, LIVE
        )
    )
    return subscription_id


async def find_of_profile(conn: AsyncConnection, account_id: int, provider: str, profile: str) -> int | None:
    """The latest one that a provider renews under this name of its own."""
    subscription_id: int | None = await conn.scalar(
        select(subscriptions.c.id)
        .where(subscriptions.c.account_id == account_id, subscriptions.c.provider == provider)
        .where(subscriptions.c.profile == profile)
        .order_by(subscriptions.c.id.desc())
        .limit(1)
    )
    return subscription_id


async def find_of_order(conn: AsyncConnection, account_id: int, order_id: int) -> int | None:
    """The latest one that began with an order."""
    subscription_id: int | None = await conn.scalar(
        select(subscriptions.c.id)
        .where(subscriptions.c.account_id == account_id, subscriptions.c.order_id == order_id)
        .order_by(subscriptions.c.id.desc())
        .limit(1)
    )
    return subscription_id


async def had_any(conn: AsyncConnection, account_id: int, contact_id: int, flow_id: int) -> bool:
    """Whether a person has or had one of any tariff of a course."""
    subscription_id = await conn.scalar(
        select(subscriptions.c.id)
        .join(tariffs, tariffs.c.id == subscriptions.c.tariff_id)
        .where(subscriptions.c.account_id == account_id, subscriptions.c.contact_id == contact_id)
        .where(tariffs.c.flow_id == flow_id)
        .limit(1)
    )
    return subscription_id is not None


async def count_charges(conn: AsyncConnection, account_id: int, key_prefix: str) -> int:
    """How many charges were asked for whose keys begin so."""
    charges = await conn.scalar(
        select(func.count()).where(
            payments.c.account_id == account_id, payments.c.key.startswith(key_prefix, autoescape=True)
        )
    )
    return int(charges or 0)


async def find_open_charge(
    conn: AsyncConnection, account_id: int, subscription_id: int, amount: int
) -> tuple[int, str | None] | None:
    """The latest charge of so much that the subscriber was to pay by hand and has not: its payment and its page."""
    rows = await conn.execute(
        select(payments.c.id, payments.c.url)
        .where(payments.c.account_id == account_id, payments.c.subscription_id == subscription_id)
        .where(payments.c.method.is_(None), payments.c.amount == amount)
        .where(payments.c.status.in_((PaymentStatus.NEW, PaymentStatus.PENDING)))
        .order_by(payments.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return (row[0], row[1]) if row else None


async def find_charged_tariff(
    conn: AsyncConnection, account_id: int, subscription_id: int, amount: int
) -> int | None:
    """What a charge of so much is for: the tariff it changes to if that costs so much, else its own."""
    coming = case(
        (subscriptions.c.next_price == amount, subscriptions.c.next_tariff_id),
        else_=subscriptions.c.tariff_id,
    )
    charged_tariff: int | None = await conn.scalar(
        select(coming).where(subscriptions.c.account_id == account_id, subscriptions.c.id == subscription_id)
    )
    return charged_tariff


async def find_last_paid(conn: AsyncConnection, account_id: int, order_id: int) -> tuple[int, int] | None:
    """Of the last charge of an order that came through: what was paid, and what of that went back."""
    rows = await conn.execute(
        select(payments.c.amount, payments.c.refunded)
        .where(payments.c.account_id == account_id, payments.c.order_id == order_id)
        .where(payments.c.status == PaymentStatus.SUCCEEDED)
        .order_by(payments.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return (row[0], row[1]) if row else None


async def had_course(conn: AsyncConnection, account_id: int, contact_id: int, flow_id: int) -> bool:
    """Whether the person has, or ever had, any tariff of a course."""
    subscription_id = await conn.scalar(
        select(accesses.c.id)
        .join(tariffs, tariffs.c.id == accesses.c.tariff_id)
        .where(accesses.c.account_id == account_id, accesses.c.contact_id == contact_id)
        .where(tariffs.c.flow_id == flow_id)
        .limit(1)
    )
    return subscription_id is not None


async def get_payment_id(conn: AsyncConnection, account_id: int, access_id: int) -> int:
    """The payment an access was given for; raises NoResultFound for one that was given by hand."""
    rows = await conn.execute(
        select(accesses.c.payment_id)
        .where(accesses.c.id == access_id, accesses.c.account_id == account_id)
        .where(accesses.c.payment_id.is_not(None))
    )
    return int(rows.scalar_one())


async def set_access_end(
    conn: AsyncConnection, account_id: int, access_id: int, ends_at: datetime | None
) -> None:
    """Say until when an access is paid; None: for good."""
    await conn.execute(
        update(accesses)
        .where(accesses.c.id == access_id, accesses.c.account_id == account_id)
        .values(ends_at=ends_at)
    )
