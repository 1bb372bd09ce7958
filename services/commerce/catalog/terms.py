"""What a tariff would cost a person now, with all that she has already."""

from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.rules.pricing import Quote, Terms, credit_of, quote
from services.commerce.catalog.upgrades import Difference, Kind, find_difference
from services.commerce.schemas import Tariff
from services.commerce.store import orders as store


@dataclass(frozen=True)
class Asked:
    """A tariff as it is to one person: what she has of its course, and the sums."""

    tariff: Tariff
    difference: Difference | None
    quote: Quote

    @property
    def is_included(self) -> bool:
        """Whether all it opens is open to her."""
        return self.difference is not None and self.difference.kind is Kind.INCLUDED


async def find_terms(uow: UnitOfWork, contact_id: int, tariff: Tariff) -> Asked:
    """Work out the sums; for what includes all she has of the course, less what was paid for that."""
    difference = await find_difference(uow, contact_id, tariff)
    credit = 0
    if difference is not None and difference.kind is Kind.UPGRADE:
        tariff_ids = [one.id for one in difference.owned]
        paid = await store.list_paid(uow.conn, uow.account_id, contact_id, tariff_ids, tariff.currency)
        credit = credit_of(paid, uow.now)
    return Asked(tariff, difference, quote(Terms(tariff.price, credit)))
