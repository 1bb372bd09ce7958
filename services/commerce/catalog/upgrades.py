"""A second tariff of a course: what a buyer has already is refused kindly; for more they read first what they have."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.db.session import UnitOfWork
from core.rules.pricing import Quote
from services.commerce.catalog.tariffs import AGREE, OfferPlace, buy_button, price_of
from services.commerce.schemas import Tariff
from services.commerce.store import tariffs as store
from services.delivery import speech
from services.delivery.speech import Words


class Kind(StrEnum):
    """What a tariff is to somebody who has others of its course."""

    INCLUDED = "included"  # all it opens is open to them
    UPGRADE = "upgrade"  # it opens all that is open to them, and more
    ADDITION = "addition"  # it opens something else


@dataclass(frozen=True)
class Difference:
    """What a tariff is to a person, and the tariffs they have."""

    kind: Kind
    owned: tuple[Tariff, ...]


async def find_difference(uow: UnitOfWork, contact_id: int, tariff: Tariff) -> Difference | None:
    """Compare rights and groups of a tariff with all a person has of its course; None if that is nothing."""
    owned = await store.list_owned(uow.conn, uow.account_id, contact_id, tariff.flow_id, uow.now)
    if not owned:
        return None
    groups = await store.load_groups(uow.conn, uow.account_id, [tariff.id, *(tariff.id for tariff in owned)])
    opened = frozenset[str | int]().union(*(_opens(tariff, groups) for tariff in owned))
    wanted = _opens(tariff, groups)
    kind = Kind.INCLUDED if wanted <= opened else Kind.UPGRADE if wanted >= opened else Kind.ADDITION
    return Difference(kind, tuple(owned))


def _opens(tariff: Tariff, groups: Mapping[int, frozenset[int]]) -> frozenset[str | int]:
    return frozenset(tariff.rights) | groups.get(tariff.id, frozenset())


def explain(
    uow: UnitOfWork, difference: Difference, tariff: Tariff, quote: Quote, place: OfferPlace, key: str
) -> None:
    """Say what the buyer has already; for more than that, with the button that chooses it all the same."""
    buttons = [] if difference.kind is Kind.INCLUDED else [[buy_button(tariff, place, AGREE, quote)]]
    speech.say(uow, place.to, _words(difference, tariff, quote), key, buttons=buttons)


def _words(difference: Difference, tariff: Tariff, quote: Quote) -> Words:
    text = f"second-{difference.kind}"
    if quote.credit:
        text = "second-upgrade-less" if quote.credit < quote.price else "second-upgrade-free"
    return speech.words(
        text,
        owned=[speech.named(tariff.name) for tariff in difference.owned],
        tariff=speech.named(tariff.name),
        description=speech.named(tariff.description),
        price=price_of(tariff, quote),
        full=price_of(tariff),
        credit=speech.price(quote.credit, tariff.currency),
    )
