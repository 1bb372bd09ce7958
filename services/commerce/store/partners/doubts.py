"""Partners' shares that look wrong: by what that is seen, how they are held, and how an admin decides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import orders, payments, referrals
from core.db.models.commerce_money import payers
from core.db.models.commerce_partners import commissions, payouts
from core.lifecycle import CommissionStatus, Doubt, PayoutStatus
from services.commerce.schemas import Commission
from services.commerce.store.partners.commissions import COMMISSION, as_commission

OPEN = (
    CommissionStatus.EARNED,
    CommissionStatus.PAID,
)  # of a paid one the doubt is whether it comes off the next payout
CARD = "% *____"  # a card as a person knows it, Visa *4242; SBP or a wallet is not of one person


async def list_doubtful(conn: AsyncConnection, account_id: int) -> list[Commission]:
    """What an admin has to look at, the oldest first."""
    rows = await conn.execute(
        select(*COMMISSION)
        .where(commissions.c.account_id == account_id, commissions.c.doubt.is_not(None))
        .where(commissions.c.status.in_(OPEN), commissions.c.refund_id == 0)
        .order_by(commissions.c.id)
    )
    return [as_commission(row) for row in rows]


async def settle_doubt(
    conn: AsyncConnection, account_id: int, payment_id: int, status: CommissionStatus
) -> list[Commission]:
    """End the doubt about all lines of a payment; what was paid out stays so. Gives them as they were."""
    about = and_(
        commissions.c.account_id == account_id,
        commissions.c.payment_id == payment_id,
        commissions.c.status.in_(OPEN),
        commissions.c.doubt.is_not(None),
    )
    rows = [
        as_commission(row) for row in await conn.execute(select(*COMMISSION).where(about).with_for_update())
    ]
    is_free = commissions.c.status == CommissionStatus.EARNED
    await conn.execute(update(commissions).where(about, is_free).values(doubt=None, status=status))
    await conn.execute(update(commissions).where(about).values(doubt=None))
    return rows


async def put_doubt(conn: AsyncConnection, account_id: int, line_ids: Sequence[int], doubt: Doubt) -> bool:
    """Hold these lines until an admin has looked; False if all are held already."""
    held = await conn.execute(
        update(commissions)
        .where(commissions.c.account_id == account_id, commissions.c.id.in_(line_ids))
        .where(commissions.c.status.in_(OPEN), commissions.c.doubt.is_(None))
        .values(doubt=doubt)
    )
    return held.rowcount > 0


async def list_waiting_payouts(conn: AsyncConnection, account_id: int, payment_id: int) -> list[int]:
    """The payouts with a share of this payment that wait for an admin."""
    rows = await conn.execute(
        select(payouts.c.id)
        .join(commissions, commissions.c.payout_id == payouts.c.id)
        .where(payouts.c.account_id == account_id, payouts.c.status == PayoutStatus.REQUESTED)
        .where(commissions.c.payment_id == payment_id)
        .distinct()
        .order_by(payouts.c.id)
    )
    return list(rows.scalars())


async def count_recent(
    conn: AsyncConnection, account_id: int, partner_id: int, since: datetime
) -> tuple[int, int]:
    """How many sales and how many new people a partner has had since a moment."""
    sales = await conn.scalar(
        select(func.count())
        .select_from(commissions)
        .where(commissions.c.account_id == account_id, commissions.c.partner_id == partner_id)
        .where(commissions.c.refund_id == 0, commissions.c.created_at >= since)
    )
    people = await conn.scalar(
        select(func.count())
        .select_from(referrals)
        .where(referrals.c.account_id == account_id, referrals.c.partner_id == partner_id)
        .where(referrals.c.at >= since)
    )
    return int(sales or 0), int(people or 0)


async def pays_alike(conn: AsyncConnection, account_id: int, partner_contact: int, other: int) -> bool:
    """Whether two people have paid by the same means, or get their receipts at the same address."""
    mine, theirs = payers.alias(), payers.alias()
    same_address = await conn.scalar(
        select(mine.c.id)
        .join(theirs, theirs.c.contact_id == other)
        .where(mine.c.account_id == account_id, mine.c.contact_id == partner_contact)
        .where(
            or_(
                and_(mine.c.email != "", mine.c.email == theirs.c.email),
                and_(mine.c.phone != "", mine.c.phone == theirs.c.phone),
            )
        )
    )
    if same_address is not None:
        return True
    return await conn.scalar(_select_shared_means(account_id, partner_contact, other)) is not None


def _select_shared_means(account_id: int, first: int, other: int) -> Any:
    """A card kept with a provider has another number for each who keeps it: the same card is known by its title."""
    mine, theirs = payments.alias(), payments.alias()
    my_orders, their_orders = orders.alias(), orders.alias()
    same_card = and_(mine.c.method_title.like(CARD), mine.c.method_title == theirs.c.method_title)
    return (
        select(mine.c.id)
        .join(my_orders, my_orders.c.id == mine.c.order_id)
        .join(theirs, theirs.c.provider == mine.c.provider)
        .join(their_orders, their_orders.c.id == theirs.c.order_id)
        .where(mine.c.account_id == account_id, theirs.c.account_id == account_id)
        .where(my_orders.c.contact_id == first, their_orders.c.contact_id == other)
        .where(or_(mine.c.method == theirs.c.method, same_card))
        .limit(1)
    )
