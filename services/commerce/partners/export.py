"""Partners and their shares as rows for a program or a table; sums in minor units as JSON, in major ones as CSV."""

from collections.abc import Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.money import to_major
from services.commerce.partners import commissions, referrals
from services.commerce.store.partners import commissions as store
from services.people.contacts import get_contact

COLUMNS = (
    "at",
    "partner",
    "telegram_id",
    "order",
    "level",
    "amount",
    "currency",
    "status",
    "doubt",
    "payable_at",
    "payout",
)


async def list_partners(uow: UnitOfWork) -> list[dict[str, Any]]:
    """Every partner with whom the link brought and the money by currency."""
    earnings = await commissions.list_earnings(uow)
    partners = []
    for partner in await store.list_partners(uow.conn, uow.account_id):
        figures = await referrals.get_figures(uow, partner.id)
        person = await get_contact(uow, partner.contact_id)
        money = [
            {
                "currency": earning.currency,
                "earned": earning.earned,
                "held": earning.held,
                "payable": earning.payable,
                "requested": earning.requested,
                "paid": earning.paid,
            }
            for earning in earnings
            if earning.partner_id == partner.id
        ]
        row = {"code": partner.code, "telegram_id": person.telegram_id, "name": person.full_name}
        brought = {"clicks": figures.clicks, "people": figures.people, "sales": figures.sales}
        partners.append({**row, **brought, "money": money})
    return partners


async def list_rows(uow: UnitOfWork) -> Sequence[Sequence[Any]]:
    """A row for each share of a sale and each part of one that went back, the oldest first; moments in UTC."""
    return [
        (
            f"{row.created_at:%Y-%m-%d %H:%M:%S}",
            row.code,
            row.telegram_id,
            row.public_id,
            row.level,
            to_major(row.amount, row.currency),
            row.currency,
            row.status,
            row.doubt or "",
            f"{row.payable_at:%Y-%m-%d}",
            row.payout_id or "",
        )
        for row in await store.list_lines(uow.conn, uow.account_id)
    ]
