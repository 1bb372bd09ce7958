"""Who is meant, and the chains of everything the person ordered or was given."""

from collections.abc import Sequence

from core.db.session import UnitOfWork
from core.flow.definition import FlowKind
from core.flow.naming import name_step
from core.lifecycle import BotKind
from core.text.message import localize
from payment.registry import UNASKED
from services.commerce.access import why
from services.commerce.chain_facts import PurchaseFacts
from services.content import deployments, flows
from services.learning import run_lookup
from services.learning.enrollment import courses
from services.people import contacts
from services.people.schemas import Contact
from services.tenancy import bots, groups
from services.workflows.why.judging import judge
from services.workflows.why.schemas import Chain, Group, Study


async def find_person(uow: UnitOfWork, words: str) -> Contact | None:
    """Whom an admin means by an order's number, a payment's number at its provider, an @name or a Telegram id."""
    contact_id = await why.find_buyer(uow, words)
    if contact_id is not None:
        return await contacts.get_contact(uow, contact_id)
    return await contacts.find_by_name(uow, words)


async def load_chains(uow: UnitOfWork, person: Contact) -> list[Chain]:
    """The chains of a person's purchases, the newest first."""
    purchases = await why.load_purchases(uow, person.id)
    if not purchases:
        return []
    studies = {purchase.flow_id: await _load_study(uow, person, purchase.flow_id) for purchase in purchases}
    doors = await _load_groups(uow, purchases)
    opened = {
        purchase.flow_id for purchase in purchases if purchase.access and purchase.access.is_open(uow.now)
    }
    return [
        Chain(
            purchase,
            judge(
                purchase,
                studies[purchase.flow_id],
                doors,
                uow.now,
                unasked=UNASKED,
                superseded=purchase.flow_id in opened
                and not (purchase.access and purchase.access.is_open(uow.now)),
            ),
        )
        for purchase in purchases
    ]


async def _load_groups(uow: UnitOfWork, purchases: Sequence[PurchaseFacts]) -> dict[int, Group]:
    shop = await bots.get_bot(uow, BotKind.SALES)
    chats = {door.chat_id for purchase in purchases for door in purchase.doors}
    titles = await groups.load_titles(uow, chats)
    found_groups = {}
    for chat_id in sorted(chats):
        seat = await groups.find_seat(uow, shop.id, chat_id)
        found_groups[chat_id] = Group(titles.get(chat_id) or str(chat_id), seat.trouble if seat else None)
    return found_groups


async def _load_study(uow: UnitOfWork, person: Contact, flow_id: int) -> Study:
    version = await flows.find_latest(uow, flow_id)
    bot = await bots.get_bot(uow, BotKind.COURSE)
    if version is None:
        return Study("", is_course=False, bot=bot.username, can_write=False)
    flow = version.flow
    is_course = flow.kind is FlowKind.COURSE
    reachable = await contacts.can_write(uow, bot.id, person.telegram_id)
    place = await deployments.find_deployment(uow, flow_id)
    taken = await courses.list_taken(uow, person, bot.id) if is_course and place else []
    run_id = next(
        (taken_course.run_id for taken_course in taken if place and taken_course.deployment_id == place.id),
        None,
    )
    if run_id is None:
        return Study(flow.slug, is_course, bot.username, reachable)
    run = await run_lookup.load_run(uow, run_id)
    value = run.stored.value
    return Study(
        slug=flow.slug,
        is_course=True,
        bot=bot.username,
        can_write=reachable,
        run_id=run_id,
        status=run.stored.status,
        held_for=value.held_for,
        began_at=value.started_at,
        step=localize(name_step(run.flow, value.step), person.language) if value.step else "",
    )
