"""What is for sale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.db.keyset import Slice
from core.db.session import Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import TariffSold
from core.lifecycle import ClosesOnRefund
from core.presses import PressKind
from core.rules.commission import read_commission
from core.rules.pricing import Quote
from services.commerce.catalog.plans import Value, explain_plan, quote_for_all, say_price, write_terms
from services.commerce.plan_documents import write_plan
from services.commerce.schemas import Order, Tariff, TariffPlan
from services.commerce.store import tariffs as store
from services.delivery import speech
from services.delivery.speech import Address, Words
from services.tenancy.groups import resolve
from utils.signing import fingerprint

BUY = PressKind.BUY  # kind of the button that chooses a tariff
AGREE = (
    PressKind.UPGRADE
)  # kind of the button that chooses it by who has read that they have others of its course
PRICES = PressKind.PRICES  # kind of the button that shows all tariffs
COURSE = PressKind.CATALOG_COURSE  # kind of the button that opens a course of the catalogue
TERMS = 6  # letters that stand for the terms a button showed
MARK = "~"  # before them


async def list_tariffs(uow: UnitOfWork, codes: Sequence[str] = ()) -> list[Tariff]:
    """Tariffs on sale in their order; only the given codes, if there are any."""
    return await store.list_on_sale(uow.conn, uow.account_id, codes)


async def get_tariff(uow: UnitOfWork, code: str) -> Tariff:
    """A tariff by its code; raises TARIFF_NOT_FOUND."""
    tariff = await store.find_tariff(uow.conn, uow.account_id, code=code)
    if tariff is None:
        raise DomainError(ErrorKind.NOT_FOUND, "TARIFF_NOT_FOUND", code)
    return tariff


async def find_by_code(uow: UnitOfWork, code: str) -> Tariff | None:
    """A tariff by its code, on sale or not."""
    return await store.find_tariff(uow.conn, uow.account_id, code=code)


async def get_tariff_by_id(uow: UnitOfWork, tariff_id: int) -> Tariff:
    """A tariff by its id; raises TARIFF_NOT_FOUND."""
    tariff = await store.find_tariff(uow.conn, uow.account_id, tariff_id=tariff_id)
    if tariff is None:
        raise DomainError(ErrorKind.NOT_FOUND, "TARIFF_NOT_FOUND", str(tariff_id))
    return tariff


@dataclass(frozen=True)
class OfferPlace:
    """The offer of a run that a list of tariffs belongs to; no run if it was not an offer that listed them."""

    to: Address
    run_id: int | None = None
    visit: int | None = None
    ref: str | None = None
    protect: bool = False

    @property
    def extra(self) -> Mapping[str, Any]:
        """More fields of the call that shows it."""
        return {"protect_content": True} if self.protect else {}

    @property
    def mark(self) -> str:
        """What the buttons of a list begin with, so that a press knows where it belongs."""
        return f"{self.run_id or 0}-{self.visit or 0}"


def read_offer_place(to: Address, pressed: str) -> tuple[OfferPlace, str]:
    """The place a button of a list belongs to, and what the button stands for."""
    run_id, visit, target = pressed.split("-", 2)
    return OfferPlace(to, int(run_id) or None, int(visit) or None), target


@dataclass(frozen=True)
class ChosenOffer:
    """A tariff that was chosen, where, and under which terms it was shown."""

    place: OfferPlace
    tariff: Tariff
    terms: str


def terms_of(tariff: Tariff, told: Quote | None = None) -> str:
    """What a buyer agrees to by a press: the sums and what they give. Another text once one of them has changed."""
    return fingerprint(write_terms(tariff, told or quote_for_all(tariff)))[:TERMS]


async def read_chosen_offer(uow: UnitOfWork, to: Address, pressed: str) -> ChosenOffer:
    """What the button of a tariff chooses; those of former versions carry the code and no terms."""
    place, target = read_offer_place(to, pressed)
    known, mark, terms = target.partition(MARK)
    tariff = await (get_tariff_by_id(uow, int(known)) if mark else get_tariff(uow, known))
    return ChosenOffer(place, tariff, terms)


def buy_button(
    tariff: Tariff,
    place: OfferPlace,
    kind: PressKind = BUY,
    told: Quote | None = None,
    course: Words | None = None,
) -> Mapping[str, Any]:
    """The button that chooses a tariff for what it shows: its price for everybody, or for one person."""
    label = speech.words("offer-button", name=name_tariff(tariff, course), price=price_of(tariff, told))
    return speech.button(label, kind, f"{place.mark}-{tariff.id}{MARK}{terms_of(tariff, told)}")


def again_button(order: Order, text: str) -> Mapping[str, Any]:
    """The button that chooses once more what an order was for, as its terms were; changed ones are shown first."""
    place = OfferPlace(Address(order.bot_id, order.chat_id), order.run_id, order.run_visit)
    has_agreed = order.credit or order.replaces
    kind = PressKind.GIFT if order.is_gift else AGREE if has_agreed else BUY
    target = f"{place.mark}-{order.tariff_id}{MARK}{order.terms or ''}"
    return speech.button(speech.words(text), kind, target)


def prices_button() -> Mapping[str, Any]:
    """The button that shows what there is."""
    return speech.button(speech.words("button-prices"), PRICES, 1)


def price_of(tariff: Tariff, told: Quote | None = None) -> Value:
    """What it costs everybody, or one person, as a value of words."""
    return say_price(tariff, told or quote_for_all(tariff))


def show_changed(uow: UnitOfWork, chosen: ChosenOffer, key: str, kind: PressKind, told: Quote) -> None:
    """Show a tariff as it is now to somebody who pressed it as it was."""
    words = speech.lines(speech.words("offer-changed"), describe(chosen.tariff, told))
    speech.say(
        uow, chosen.place.to, words, key, buttons=[[buy_button(chosen.tariff, chosen.place, kind, told)]]
    )


def name_tariff(tariff: Tariff, course: Words | None) -> Words:
    """What a tariff is called, beside those of other courses with its course's name."""
    name = speech.named(tariff.name)
    return speech.words("tariff-of-course", course=course, name=name) if course else name


def describe(tariff: Tariff, told: Quote | None = None, course: Words | None = None) -> Words:
    """What it is, what it costs (with a promo code before and after it), and what is charged later.

    `course` is the name of its course, where it stands among those of others.
    """
    price = price_of(tariff, told)
    if told is not None and told.promo:
        price = speech.words("price-with-promo", full=price_of(tariff), due=price, code=told.promo)
    words = speech.words(
        "offer-tariff",
        name=name_tariff(tariff, course),
        description=speech.named(tariff.description),
        price=price,
    )
    if tariff.plan is None:
        return words
    is_trial = (told or quote_for_all(tariff)).is_trial
    return speech.lines(words, *explain_plan(tariff.plan, is_trial=is_trial), gap="\n")


async def put_on_sale(
    uow: UnitOfWork, values: Row, chat_ids: Sequence[int], plan: TariffPlan | None = None
) -> int:
    """Add a tariff or change the one with its code, and bind its groups; gives its id."""
    row = {**values, "plan": write_plan(plan), "is_active": True}
    tariff_id = await store.put_tariff(uow.conn, uow.account_id, row)
    await store.bind_communities(uow.conn, uow.account_id, tariff_id, await resolve(uow, chat_ids))
    uow.publish(TariffSold(str(values["code"])))
    return tariff_id


async def change_on_sale(
    uow: UnitOfWork, tariff_id: int, values: Row, chat_ids: Sequence[int], plan: TariffPlan | None
) -> None:
    """Sell a tariff there is under these terms, and bind its groups; what `values` does not name stays."""
    row = {**values, "plan": write_plan(plan), "is_active": True}
    await store.change_tariff(uow.conn, uow.account_id, tariff_id, row)
    await store.bind_communities(uow.conn, uow.account_id, tariff_id, await resolve(uow, chat_ids))


async def bind_groups(uow: UnitOfWork, flow_id: int, groups: Mapping[str, Sequence[int]]) -> None:
    """Make these, by tariff code, the groups of a course's tariffs; who is in a former one stays in it."""
    for tariff in await list_tariffs(uow):
        if tariff.flow_id == flow_id:
            chat_ids = await resolve(uow, groups.get(tariff.code, ()))
            await store.bind_communities(uow.conn, uow.account_id, tariff.id, chat_ids)


async def set_commission(uow: UnitOfWork, tariff: Tariff, commission: Mapping[str, str]) -> None:
    """Have partners earn these shares by level from now on; raises ValueError for what cannot be paid."""
    read_commission(commission, tariff.currency)
    await store.set_commission(uow.conn, uow.account_id, tariff.id, commission)


async def change_terms(
    uow: UnitOfWork,
    tariff_id: int,
    stars: int | None,
    closes_on_refund: ClosesOnRefund,
    commission: Mapping[str, str] | None,
) -> None:
    """Have it cost so many Stars, close so on a refund, and pay partners these shares from now on."""
    values = {"stars": stars, "closes_on_refund": closes_on_refund}
    shares = dict(commission) if commission else None
    await store.change_tariff(uow.conn, uow.account_id, tariff_id, {**values, "commission": shares})


async def take_off_sale(uow: UnitOfWork, flow_ids: Sequence[int], on_sale: Sequence[str]) -> None:
    """Of these courses sell only the tariffs with these codes from now on; what was bought or ordered stays."""
    await store.retire(uow.conn, uow.account_id, flow_ids, on_sale)


async def stop_selling(uow: UnitOfWork, code: str) -> None:
    """Sell a tariff no more; what was bought or ordered stays. Raises TARIFF_NOT_FOUND."""
    tariff = await get_tariff(uow, code)
    await store.retire_of_flow(uow.conn, uow.account_id, tariff.flow_id, code)


ORDERS = store.ORDERS


@dataclass(frozen=True)
class Wanted:
    """Which tariffs a list is to have; all without anything."""

    flow_id: int | None = None
    is_on_sale: bool | None = None


async def list_page(uow: UnitOfWork, wanted: Wanted, part: Slice) -> list[Tariff]:
    """A part of the tariffs, on sale or not."""
    return await store.list_page(uow.conn, uow.account_id, wanted.flow_id, wanted.is_on_sale, part)


async def count_tariffs(uow: UnitOfWork, wanted: Wanted, most: int) -> int:
    """How many there are, counted up to `most`."""
    return await store.count_tariffs(uow.conn, uow.account_id, wanted.flow_id, wanted.is_on_sale, most)


async def load_groups(uow: UnitOfWork, tariffs: Sequence[Tariff]) -> dict[int, list[int]]:
    """The chats of the groups that each of these tariffs opens, by its id."""
    groups = await store.load_groups(uow.conn, uow.account_id, [tariff.id for tariff in tariffs])
    return {tariff.id: sorted(groups.get(tariff.id, ())) for tariff in tariffs}


async def list_all(uow: UnitOfWork) -> list[tuple[Tariff, Sequence[int]]]:
    """Every tariff, on sale or not, with the groups it opens."""
    tariffs = await store.list_tariffs(uow.conn, uow.account_id)
    groups = await load_groups(uow, tariffs)
    return [(tariff, groups[tariff.id]) for tariff in tariffs]
