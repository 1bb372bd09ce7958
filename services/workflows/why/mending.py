"""What the button below a chain does, and what the pass in the background does by itself where it is safe."""

from dataclasses import dataclass

from loguru import logger

from core.db.session import Database, UnitOfWork
from core.errors import DomainError
from core.events import AccessGranted
from core.lifecycle import BotKind, MembershipStatus
from core.rules.deep_link import flow_link
from services.commerce.access import access, manual_access, why
from services.commerce.chain_facts import Unbegun, Ungranted
from services.commerce.orders import purchases
from services.commerce.payments import notices, payments
from services.content import flows
from services.delivery import speech
from services.delivery.speech import Address
from services.learning.enrollment import enrollment
from services.learning.runs.holds import access_changes
from services.people import contacts
from services.people.admins import tell_admins
from services.tenancy import bots
from services.workflows.why.schemas import Mend


@dataclass(frozen=True)
class Order:
    """What is to be mended: which mend, about what, asked by whom; `key` makes a second press the same one."""

    mend: Mend
    target: int
    admin_id: int
    key: str


async def mend(uow: UnitOfWork, order: Order) -> None:
    """Do what a link of a chain lacks; done before, it changes nothing. SETTLE is none of these: it is asked about first.

    Raises what the use case behind it raises, ACCESS_NOT_FOUND or PAYMENT_NOT_FOUND for what is not there.
    """
    match order.mend:
        case Mend.ASK:
            await payments.ask_now(uow, order.target)
        case Mend.GRANT:
            await payments.book(uow, order.target)
        case Mend.RESTORE:
            await manual_access.return_access(uow, order.target, order.admin_id)
        case Mend.INVITE:
            await _invite_again(uow, order.target, order.key)
        case Mend.SEND:
            await _send_way_in(uow, order.target, order.key)
        case Mend.START:
            await _start(uow, order.target)
        case Mend.RELEASE:
            each_access = await manual_access.get_access(uow, order.target)
            granted = AccessGranted(each_access.id, None, each_access.contact_id, each_access.tariff_id)
            await access_changes.release_runs_of_access(uow, granted)


async def _invite_again(uow: UnitOfWork, access_id: int, key: str) -> None:
    """New links into the groups of an access that its person is not in; each is said when it comes."""
    each_access = await manual_access.get_access(uow, access_id)
    person = await contacts.get_contact(uow, each_access.contact_id)
    shop = await bots.get_bot(uow, BotKind.SALES)
    found_purchases = [
        bought
        for bought in await purchases.list_purchases(uow, person.id)
        if bought.access_id == each_access.id
    ]
    for place in (place for bought in found_purchases for place in bought.places):
        if place.status is not MembershipStatus.JOINED:
            await access.renew_invite(uow, each_access.id, place, person, shop.id, key)


async def _send_way_in(uow: UnitOfWork, access_id: int, key: str) -> None:
    each_access = await manual_access.get_access(uow, access_id)
    person = await contacts.get_contact(uow, each_access.contact_id)
    shop = await bots.get_bot(uow, BotKind.SALES)
    await purchases.show_purchases(uow, person, Address(shop.id, person.telegram_id), key)


async def _start(uow: UnitOfWork, access_id: int) -> None:
    """Let the course of an access begin in the course bot, as if its link had been pressed."""
    each_access = await manual_access.get_access(uow, access_id)
    person = await contacts.get_contact(uow, each_access.contact_id)
    tariff = await manual_access.get_tariff_of(uow, access_id)
    slug = (await flows.get_latest_version(uow, tariff.flow_id)).flow.slug
    bot = await bots.get_bot(uow, BotKind.COURSE)
    await enrollment.enter_course(uow, person, Address(bot.id, person.telegram_id), flow_link(slug))


async def heal(db: Database) -> int:
    """Mend in all accounts what is safe to mend without asking, and tell the admins once; says how much was mended."""
    mended = 0
    for paid in await why.list_ungranted(db):
        mended += await _heal_one(db, paid)
    for unbegun in await why.list_unbegun(db):
        mended += await _begin_one(db, unbegun)
    return mended


async def _heal_one(db: Database, paid: Ungranted) -> int:
    """Open what an order has paid for; where that fails, the admins hear it once."""
    try:
        async with db.unit(paid.account_id) as uow:
            await payments.book(uow, paid.payment_id)
            await _report(uow, "healed-access", paid.order_id)
    except Exception as error:  # loop edge: one purchase's trouble is not the others'
        logger.opt(exception=error).error("order {} is paid and could not be opened", paid.order_id)
        async with db.unit(paid.account_id) as uow:
            await _report(uow, "heal-failed", paid.order_id)
        return 0
    logger.bind(event="chain.healed", order=paid.order_id).warning("a paid order had opened nothing")
    return 1


async def _report(uow: UnitOfWork, text: str, order_id: int) -> None:
    order = await payments.get_order(uow, order_id)
    words = await notices.describe_order(uow, text, order)
    await tell_admins(uow, words, f"{text}:{order_id}")


async def _begin_one(db: Database, unbegun: Unbegun) -> int:
    """Begin a course for who has been in its bot since they bought it and got nothing there."""
    if not unbegun.has_come:
        return 0
    try:
        async with db.unit(unbegun.account_id) as uow:
            await _start(uow, unbegun.access_id)
            person = await contacts.get_contact(uow, unbegun.contact_id)
            words = speech.words("healed-lesson", person=person.full_name, known=person.telegram_id)
            await tell_admins(uow, words, f"healed-lesson:{unbegun.access_id}")
    except DomainError as refusal:
        logger.bind(event="chain.unhealed", access=unbegun.access_id).warning("no course begun: {}", refusal)
        return 0
    return 1
