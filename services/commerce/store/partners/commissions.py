"""Partners' shares of payments, what they were paid, and the rules for all of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import orders, partner_clicks, partners, payments, referrals
from core.db.models.commerce_money import promo_codes, promo_uses
from core.db.models.commerce_partners import commissions, partner_rules, payouts
from core.db.models.people import contacts
from core.db.session import Row, dialect_insert
from core.lifecycle import CommissionStatus, Doubt, OrderStatus, PayoutStatus, PromoUse
from core.rules.commission import PartnerRules, Touch
from services.commerce.schemas import Commission, Earnings, Partner, Payout

COMMISSION = (
    commissions.c.id,
    commissions.c.partner_id,
    commissions.c.payment_id,
    commissions.c.level,
    commissions.c.amount,
    commissions.c.currency,
    commissions.c.status,
    commissions.c.doubt,
    commissions.c.payable_at,
)
PAYOUT = (
    payouts.c.id,
    payouts.c.partner_id,
    payouts.c.amount,
    payouts.c.currency,
    payouts.c.status,
    payouts.c.sealed,
    payouts.c.created_at,
    payouts.c.settled_at,
)


async def find_rules(conn: AsyncConnection, account_id: int) -> PartnerRules:
    """What an owner has decided, else what holds by itself."""
    rows = await conn.execute(
        select(partner_rules.c.touch, partner_rules.c.window_days, partner_rules.c.hold_days).where(
            partner_rules.c.account_id == account_id
        )
    )
    row = rows.one_or_none()
    return PartnerRules(Touch(row.touch), row.window_days, row.hold_days) if row else PartnerRules()


async def put_rules(conn: AsyncConnection, account_id: int, rules: PartnerRules) -> None:
    """Have these rules from now on."""
    row = {"touch": rules.touch, "window_days": rules.window_days, "hold_days": rules.hold_days}
    statement = dialect_insert(conn, partner_rules).values(account_id=account_id, **row)
    changed = {name: statement.excluded[name] for name in row}
    await conn.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=changed))


async def find_code_owner(conn: AsyncConnection, account_id: int, order_id: int) -> int | None:
    """The partner whose personal code was used for an order."""
    code_owner: int | None = await conn.scalar(
        select(promo_codes.c.partner_id)
        .join(promo_uses, promo_uses.c.promo_id == promo_codes.c.id)
        .where(promo_uses.c.account_id == account_id, promo_uses.c.order_id == order_id)
        .where(promo_uses.c.state != PromoUse.RETURNED)
        .limit(1)
    )
    return code_owner


async def list_touches(conn: AsyncConnection, account_id: int, contact_id: int) -> list[tuple[int, datetime]]:
    """The partners whose links a person has followed, or who are known to have brought them, with the moments."""
    clicked = select(partner_clicks.c.partner_id, partner_clicks.c.at).where(
        partner_clicks.c.account_id == account_id, partner_clicks.c.contact_id == contact_id
    )
    brought = select(referrals.c.partner_id, referrals.c.at).where(
        referrals.c.account_id == account_id, referrals.c.contact_id == contact_id
    )
    return [(row[0], row[1]) for row in await conn.execute(clicked.union(brought))]


async def find_first_bought(
    conn: AsyncConnection, account_id: int, contact_id: int, but: int
) -> datetime | None:
    """When a person first paid for another order than this."""
    first_bought: datetime | None = await conn.scalar(
        select(func.min(orders.c.paid_at)).where(
            orders.c.account_id == account_id,
            orders.c.contact_id == contact_id,
            orders.c.status == OrderStatus.PAID,
            orders.c.id != but,
        )
    )
    return first_bought


async def load_partners(
    conn: AsyncConnection, account_id: int, partner_ids: Collection[int]
) -> dict[int, Partner]:
    """Partners by their ids."""
    rows = await conn.execute(
        select(partners.c.id, partners.c.contact_id, partners.c.code, partners.c.parent_id).where(
            partners.c.account_id == account_id, partners.c.id.in_(partner_ids)
        )
    )
    return {row.id: Partner(*row) for row in rows}


async def set_parent(conn: AsyncConnection, account_id: int, partner_id: int, parent_id: int) -> None:
    """Note who brought a partner."""
    await conn.execute(
        update(partners)
        .where(partners.c.id == partner_id, partners.c.account_id == account_id)
        .values(parent_id=parent_id)
    )


async def add_commission(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Keep a share or what of it goes back, once; None if it is here."""
    rows = await conn.execute(
        dialect_insert(conn, commissions)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(commissions.c.id)
    )
    commission_id: int | None = rows.scalar_one_or_none()
    return commission_id


def as_commission(row: Any) -> Commission:
    """A row of COMMISSION."""
    known = {**row._mapping, "status": CommissionStatus(row.status)}  # noqa: SLF001 - SQLAlchemy's own name
    return Commission(**{**known, "doubt": Doubt(row.doubt) if row.doubt else None})


async def list_of_payment(conn: AsyncConnection, account_id: int, payment_id: int) -> list[Commission]:
    """All lines about a payment, what was earned before what went back."""
    rows = await conn.execute(
        select(*COMMISSION)
        .where(commissions.c.account_id == account_id, commissions.c.payment_id == payment_id)
        .order_by(commissions.c.id)
    )
    return [as_commission(row) for row in rows]


async def sum_earnings(
    conn: AsyncConnection, account_id: int, now: datetime, partner_id: int | None = None
) -> list[Earnings]:
    """Per partner and currency: what was earned, is held, can be asked for, is asked for, was paid."""
    line = commissions.c
    earned = line.status == CommissionStatus.EARNED
    free = and_(earned, line.doubt.is_(None), line.payable_at <= now)
    held = and_(earned, or_(line.doubt.is_not(None), line.payable_at > now))

    def total(condition: Any) -> Any:
        return func.sum(case((condition, line.amount), else_=0))

    statement = (
        select(
            line.partner_id,
            line.currency,
            total(line.status != CommissionStatus.CANCELLED).label("earned"),
            total(held).label("held"),
            total(free).label("payable"),
            total(line.status == CommissionStatus.REQUESTED).label("requested"),
            total(line.status == CommissionStatus.PAID).label("paid"),
        )
        .where(line.account_id == account_id)
        .group_by(line.partner_id, line.currency)
        .order_by(line.partner_id, line.currency)
    )
    if partner_id is not None:
        statement = statement.where(line.partner_id == partner_id)
    return [
        Earnings(row[0], row[1], *(int(cell) for cell in row[2:])) for row in await conn.execute(statement)
    ]


async def open_payout(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Open a payout; None if the partner waits for one already."""
    rows = await conn.execute(
        dialect_insert(conn, payouts)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(payouts.c.id)
    )
    payout_id: int | None = rows.scalar_one_or_none()
    return payout_id


async def gather(conn: AsyncConnection, account_id: int, payout: Row, now: datetime) -> int:
    """Put all that a partner can ask for into a payout; gives the sum."""
    rows = await conn.execute(
        update(commissions)
        .where(commissions.c.account_id == account_id, commissions.c.partner_id == payout["partner_id"])
        .where(commissions.c.currency == payout["currency"], commissions.c.doubt.is_(None))
        .where(commissions.c.status == CommissionStatus.EARNED, commissions.c.payable_at <= now)
        .values(status=CommissionStatus.REQUESTED, payout_id=payout["id"])
        .returning(commissions.c.amount)
    )
    return sum(rows.scalars())


async def fill_payout(
    conn: AsyncConnection, account_id: int, payout_id: int, amount: int, sealed: str
) -> None:
    """Note what a payout comes to and where it goes."""
    await conn.execute(
        update(payouts)
        .where(payouts.c.id == payout_id, payouts.c.account_id == account_id)
        .values(amount=amount, sealed=sealed)
    )


def _payout(row: Any) -> Payout:
    return Payout(**{**row._mapping, "status": PayoutStatus(row.status)})  # noqa: SLF001 - SQLAlchemy's own name


async def find_payout(conn: AsyncConnection, account_id: int, payout_id: int) -> Payout | None:
    """A payout by its id."""
    rows = await conn.execute(
        select(*PAYOUT).where(payouts.c.account_id == account_id, payouts.c.id == payout_id)
    )
    row = rows.one_or_none()
    return _payout(row) if row else None


async def list_payouts_by_ids(
    conn: AsyncConnection, account_id: int, payout_ids: Collection[int]
) -> list[Payout]:
    """Payouts by their ids, in no order."""
    rows = await conn.execute(
        select(*PAYOUT).where(payouts.c.account_id == account_id, payouts.c.id.in_(payout_ids))
    )
    return [_payout(row) for row in rows]


async def list_payouts(
    conn: AsyncConnection, account_id: int, statuses: Sequence[PayoutStatus]
) -> list[Payout]:
    """Payouts that stand so, the oldest first."""
    rows = await conn.execute(
        select(*PAYOUT)
        .where(payouts.c.account_id == account_id, payouts.c.status.in_(statuses))
        .order_by(payouts.c.id)
    )
    return [_payout(row) for row in rows]


async def move_payout(
    conn: AsyncConnection,
    account_id: int,
    payout_id: int,
    to: PayoutStatus,
    allowed: Sequence[PayoutStatus],
    more: Row,
) -> bool:
    """Settle a payout, if nobody has."""
    done = await conn.execute(
        update(payouts)
        .where(payouts.c.id == payout_id, payouts.c.account_id == account_id)
        .where(payouts.c.status.in_(allowed))
        .values(status=to, **more)
    )
    return done.rowcount == 1


async def move_commissions(
    conn: AsyncConnection, account_id: int, payout_id: int, to: CommissionStatus, *, keeps: bool
) -> None:
    """Let the lines of a payout follow it; unless it `keeps` them, they can be asked for anew."""
    await conn.execute(
        update(commissions)
        .where(commissions.c.account_id == account_id, commissions.c.payout_id == payout_id)
        .values(status=to, payout_id=payout_id if keeps else None)
    )


async def list_lines(conn: AsyncConnection, account_id: int) -> Sequence[Any]:
    """Every line with its partner, buyer's order and payout, the oldest first."""
    rows = await conn.execute(
        select(
            commissions.c.created_at,
            partners.c.code,
            contacts.c.telegram_id,
            orders.c.public_id,
            commissions.c.level,
            commissions.c.amount,
            commissions.c.currency,
            commissions.c.status,
            commissions.c.doubt,
            commissions.c.payable_at,
            commissions.c.payout_id,
        )
        .join(partners, partners.c.id == commissions.c.partner_id)
        .join(contacts, contacts.c.id == partners.c.contact_id)
        .join(payments, payments.c.id == commissions.c.payment_id)
        .join(orders, orders.c.id == payments.c.order_id)
        .where(commissions.c.account_id == account_id)
        .order_by(commissions.c.id)
    )
    return rows.all()


async def list_partners(conn: AsyncConnection, account_id: int) -> list[Partner]:
    """All partners, the oldest first."""
    rows = await conn.execute(
        select(partners.c.id, partners.c.contact_id, partners.c.code, partners.c.parent_id)
        .where(partners.c.account_id == account_id)
        .order_by(partners.c.id)
    )
    return [Partner(*row) for row in rows]
