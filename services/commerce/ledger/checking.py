"""Whether the books are right: in themselves, against what is open to whom, and against the providers' own lists."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.db.session import Database
from core.lifecycle import PaymentStatus
from core.money import Money
from payment.base import Ability, PaymentFacts, PaymentProvider, PaymentState, ProviderError
from services.commerce.schemas import BookSum, ProviderSum
from services.commerce.store.money import ledger as store

SLACK = timedelta(hours=1)  # between the machine's clock and a provider's


class Silence(StrEnum):
    """Why a provider is not compared, which says nothing about whether its sums are right."""

    NOT_ASKED = "not_asked"  # nobody wanted it
    NO_LIST = "no_list"  # it gives no list of its payments
    NOT_SET_UP = "not_set_up"  # here, or not any more; what was settled by hand has no provider either


Listed = Sequence[PaymentFacts] | str | Silence  # a provider's list, what went wrong, or why it was not asked


@dataclass(frozen=True)
class ProviderCheck:
    """What we say of a provider beside what it says itself."""

    ours: ProviderSum
    theirs: int | None  # what came less what went back, in minor units; None without its list
    trouble: str = ""  # what went wrong when it was asked
    silence: Silence | None = None  # it was not asked

    @property
    def is_equal(self) -> bool | None:
        """Whether both say the same; None where it was not asked."""
        if self.silence is not None:
            return None
        return not self.trouble and self.theirs == self.ours.paid - self.ours.refunded


@dataclass(frozen=True)
class Books:
    """The ledger's sums and all that is wrong; orders by their numbers."""

    sums: tuple[BookSum, ...]
    providers: tuple[ProviderCheck, ...]
    unbalanced: tuple[str, ...]
    unbooked: tuple[str, ...]
    money_without_access: tuple[str, ...]
    access_without_money: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong, as far as could be asked; who could not be is in `providers`."""
        wrong = (self.unbalanced, self.unbooked, self.money_without_access, self.access_without_money)
        return not any((*wrong, self.differences)) and all(
            provider.is_equal is not False for provider in self.providers
        )


async def check_books(
    db: Database, account_id: int, providers: Mapping[str, PaymentProvider] | None
) -> Books:
    """Read the books; `providers` are asked for their lists, each that can give one, and nobody if there are none named."""
    async with db.reading() as conn:
        ours = await store.list_provider_sums(conn, account_id)
        known = {our.provider: await store.list_known(conn, account_id, our.provider) for our in ours}
        books = Books(
            sums=tuple(await store.list_books(conn, account_id)),
            providers=(),
            unbalanced=tuple(await store.list_unbalanced(conn, account_id)),
            unbooked=tuple(await store.list_unbooked(conn, account_id)),
            money_without_access=tuple(await store.list_money_without_access(conn, account_id)),
            access_without_money=tuple(await store.list_access_without_money(conn, account_id)),
            differences=(),
        )
    lists = {our.provider: await _ask(our, providers, ours, db.clock.real_now()) for our in ours}
    checks = [_compare(our, known[our.provider], lists[our.provider]) for our in ours]
    different = [text for name, rows in known.items() for text in _list_differences(name, rows, lists[name])]
    return replace(books, providers=tuple(checks), differences=tuple(different))


async def _ask(
    provider_sum: ProviderSum,
    providers: Mapping[str, PaymentProvider] | None,
    ours: Sequence[ProviderSum],
    now: datetime,
) -> Listed:
    """All payments a provider knows since the first one that was made here, or why there is no such list."""
    if providers is None:
        return Silence.NOT_ASKED
    provider = providers.get(provider_sum.provider)
    if provider is None:
        return Silence.NOT_SET_UP
    if Ability.LIST not in provider.abilities:
        return Silence.NO_LIST
    since = min(other.since for other in ours if other.provider == provider_sum.provider)
    try:
        return await provider.list_payments(since - SLACK, now + SLACK)
    except ProviderError as error:
        return str(error)


def _compare(ours: ProviderSum, known: Sequence[Any], listed: Listed) -> ProviderCheck:
    if isinstance(listed, Silence):
        return ProviderCheck(ours, None, silence=listed)
    if isinstance(listed, str):
        return ProviderCheck(ours, None, listed)
    theirs = [payment for payment, _ in _match(known, listed) if payment.amount.currency == ours.currency]
    return ProviderCheck(ours, sum(_kept(their) for their in theirs))


def _list_differences(name: str, known: Sequence[Any], listed: Listed) -> Iterator[str]:
    """A line per payment that the provider sees otherwise than we do."""
    if isinstance(listed, str):
        return
    matched = _match(known, listed)
    for facts, row in matched:
        ours = row.amount - row.refunded if row.status == PaymentStatus.SUCCEEDED else 0
        if (ours, row.currency) != (_kept(facts), facts.amount.currency):
            here, there = Money(ours, row.currency), Money(_kept(facts), facts.amount.currency)
            yield f"order {row.public_id}: {here} here, {there} at {name} ({facts.external_id})"
    seen = {row.id for _, row in matched}
    for row in known:
        if row.id not in seen and row.status == PaymentStatus.SUCCEEDED:
            yield f"order {row.public_id}: {name} knows no payment {row.external_id}"


def _match(known: Sequence[Any], listed: Sequence[PaymentFacts]) -> list[tuple[PaymentFacts, Any]]:
    """The payments of a list that are ours, each with our row; an account may serve other shops too."""
    by_number = {row.external_id: row for row in known if row.external_id}
    by_name = {(row.id, row.public_id): row for row in known}
    pairs = (
        (
            listed_payment,
            by_number.get(listed_payment.external_id)
            or by_name.get((listed_payment.payment_id, listed_payment.order)),
        )
        for listed_payment in listed
    )
    return [(listed_payment, row) for listed_payment, row in pairs if row is not None]


def _kept(facts: PaymentFacts) -> int:
    return facts.amount.amount - facts.refunded if facts.state is PaymentState.SUCCEEDED else 0
