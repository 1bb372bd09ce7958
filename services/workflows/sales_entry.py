"""What a start of the sales bot leads to: where the person comes from, then the scenario, or what there is to buy."""

from collections.abc import Callable
from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError
from core.lifecycle import BotKind, NameKind
from core.links import bot_link
from core.rules.deep_link import (
    CourseLink,
    Empty,
    LegacyCourse,
    LinkKind,
    Payload,
    Plain,
    Prefixed,
    parse_payload,
)
from core.rules.promo import read_from_link
from core.triggers import TriggerKind
from services.commerce.catalog import products
from services.commerce.catalog.tariffs import ChosenOffer, OfferPlace, terms_of
from services.commerce.orders import gifts, purchases
from services.commerce.partners import referrals
from services.content.link_names import find_kind
from services.content.schemas import Scenario
from services.delivery import speech
from services.delivery.speech import Address, Keyboard
from services.learning import run_lookup
from services.learning.enrollment import scenarios
from services.learning.runs import effects, runs
from services.messaging import triggers
from services.people import variables
from services.people.schemas import Contact
from services.tenancy.bots import get_bot
from services.workflows import price_list
from services.workflows.author_triggers import follow_trigger
from services.workflows.promo_entry import enter_promo


@dataclass(frozen=True)
class Visitor:
    """Who starts the sales bot, and where; `speaking` are runs that say something now because the person is back."""

    contact: Contact
    to: Address
    next_key: Callable[[], str]  # the dedupe key of the next thing that is said
    speaking: frozenset[int] = frozenset()

    def hear(self, uow: UnitOfWork, key: str, buttons: Keyboard = ()) -> None:
        """Say a text of ours to the visitor."""
        speech.say(uow, self.to, speech.words(key), self.next_key(), buttons=buttons)


@dataclass(frozen=True)
class SalesEntry:
    """What is left to the caller, who knows how much one person may do."""

    is_guess: bool = False  # the link led nowhere
    chosen: ChosenOffer | None = None  # to be ordered now


async def enter_sales(uow: UnitOfWork, visitor: Visitor, payload: str) -> SalesEntry:
    """Follow the link a person came by, then start the scenario, go on where it stopped, or show what was bought.

    The person has consented before.
    """
    link = parse_payload(payload)
    match link:
        case CourseLink():
            await _show_course_bot(uow, visitor, payload)
            return SalesEntry()
        case Prefixed(kind=LinkKind.BUY, value=code):
            return await _choose_product(uow, visitor, code)
        case Prefixed(kind=LinkKind.PROMO, value=text):
            code, key = read_from_link(text), visitor.next_key()
            is_known = await enter_promo(uow, visitor.contact, visitor.to, code, key)
            return SalesEntry(is_guess=not is_known)
        case Prefixed(kind=LinkKind.GIFT, value=token):
            return await _claim_gift(uow, visitor, token)
        case Plain(value=name) if await _answer_by_trigger(uow, visitor, name):
            return SalesEntry()
    slug, is_known = await _follow(uow, visitor, link)
    is_found = await _enter_scenario(uow, visitor, slug)
    return SalesEntry(is_guess=not (is_known and is_found))


async def _show_course_bot(uow: UnitOfWork, visitor: Visitor, payload: str) -> None:
    """A link into the course that was opened here: it belongs to the other bot."""
    course = await get_bot(uow, BotKind.COURSE)
    url = bot_link(course.username, payload)
    visitor.hear(uow, "link-of-course", [[speech.link_button(speech.words("button-course"), url)]])


async def _choose_product(uow: UnitOfWork, visitor: Visitor, code: str) -> SalesEntry:
    """The payment link of a scenario's product: straight to the order, for the scenario the visitor is in."""
    product = await products.find_product(uow, code)
    if product is None:
        visitor.hear(uow, "link-unknown")
        text = speech.words("sales-fallback")
        await price_list.say_above_prices(uow, visitor.contact, visitor.to, text, visitor.next_key())
        return SalesEntry(is_guess=True)
    current = await run_lookup.find_active(uow, visitor.contact, visitor.to.bot_id)
    place = OfferPlace(visitor.to, current.id if current else None)
    return SalesEntry(chosen=ChosenOffer(place, product, terms_of(product)))


async def _claim_gift(uow: UnitOfWork, visitor: Visitor, token: str) -> SalesEntry:
    """The link of a gift; one that leads nowhere, or was used by another, is answered like any unknown link."""
    if await gifts.claim(uow, visitor.contact, visitor.to, token, visitor.next_key()):
        return SalesEntry()
    visitor.hear(uow, "gift-gone")
    return SalesEntry(is_guess=True)


async def _answer_by_trigger(uow: UnitOfWork, visitor: Visitor, name: str) -> bool:
    """Do what the author's trigger of a link says; False if there is none."""
    to, contact = visitor.to, visitor.contact
    spec = await triggers.meet_event(uow, to.bot_id, contact, TriggerKind.LINK, name)
    if spec is not None:
        await follow_trigger(uow, to, contact, spec, visitor.next_key())
    return spec is not None


async def _follow(uow: UnitOfWork, visitor: Visitor, link: Payload) -> tuple[str | None, bool]:
    """Keep where a person comes from; gives the flow that was asked for, if one was, and whether the link is known."""
    match link:
        case Empty():
            return None, True
        case Prefixed(kind=LinkKind.PARTNER, value=code):
            return None, await _credit(uow, visitor, code)
        case Plain(value=word) if await find_kind(uow, word) is NameKind.PARTNER:
            return None, await _credit(uow, visitor, word)
        case Plain(value=slug) | Prefixed(kind=LinkKind.FLOW, value=slug):
            return slug, True
        case LegacyCourse(course=slug, utm=utm):
            for name, value in utm:
                await variables.set_variable(uow, visitor.contact.id, name, value)
            return slug, True
    visitor.hear(uow, "link-unknown")
    return None, False


async def _credit(uow: UnitOfWork, visitor: Visitor, code: str) -> bool:
    """The partner of a link is kept; False if there is no such partner."""
    try:
        await referrals.follow_link(uow, code, visitor.contact.id)
    except DomainError as refusal:
        is_own = refusal.code == "SELF_REFERRAL"
        visitor.hear(uow, "partner-self" if is_own else "link-unknown")
        return is_own
    return True


async def _enter_scenario(uow: UnitOfWork, visitor: Visitor, slug: str | None) -> bool:
    """Start the scenario of that id, else the default one; False if there is none of that id.

    A shop without a scenario shows what it sells.
    """
    contact, to = visitor.contact, visitor.to
    try:
        chosen, is_found = await scenarios.choose(uow, contact, to, slug)
    except DomainError as error:
        if error.code != "SCENARIO_NOT_FOUND":
            raise
        await price_list.show_prices(uow, contact, to, speech.words("offer-hello"), visitor.next_key())
        return True
    if not is_found:
        visitor.hear(uow, "link-unknown")
    entrance = await scenarios.start_scenario(uow, contact, to, chosen)
    if entrance.is_over:
        await _show_what_is_over(uow, visitor, entrance.run_id, chosen)
    elif not entrance.is_new:
        await _go_on(uow, visitor, entrance.run_id)
    return is_found


async def _show_what_is_over(uow: UnitOfWork, visitor: Visitor, run_id: int, chosen: Scenario) -> None:
    """The scenario's summary; without one, what was bought; who has nothing goes on where they are, or begins anew."""
    contact, to = visitor.contact, visitor.to
    run = await run_lookup.load_run(uow, run_id)
    if await effects.say_summary(uow, run, visitor.next_key()):
        return
    if await purchases.show_purchases(uow, contact, to, visitor.next_key()):
        return
    current = await run_lookup.find_active(uow, contact, to.bot_id)
    if current is not None:
        await _go_on(uow, visitor, current.id)
    else:
        await scenarios.begin_scenario(uow, contact, to, chosen)


async def _go_on(uow: UnitOfWork, visitor: Visitor, run_id: int) -> None:
    """The last message once more, unless the run speaks by itself; without one, what can be pressed."""
    if run_id in visitor.speaking or await runs.say_again(uow, run_id, visitor.next_key()):
        return
    text = speech.words("sales-fallback")
    await price_list.say_above_prices(uow, visitor.contact, visitor.to, text, visitor.next_key())
