"""What an access that was just granted brings: the way into the course, the receipt, and on with the run that waited."""

from core import events
from core.db.session import UnitOfWork
from core.flow.events import Paid
from core.flow.history import Outcome
from core.lifecycle import BotKind
from core.triggers import TriggerKind
from services.commerce.access import onboarding
from services.commerce.catalog import products, tariffs
from services.commerce.orders import purchases
from services.commerce.payments import payments, receipts
from services.content import deployments
from services.delivery.speech import Address
from services.learning.enrollment import scenarios
from services.learning.runs import runs
from services.learning.runs.holds import access_changes as learning_access
from services.people import contacts
from services.tenancy import bots
from services.workflows import author_triggers


async def give_what_was_bought(uow: UnitOfWork, granted: events.AccessGranted) -> None:
    """The way into the course, the receipt, and on with the run that waited for the money.

    Where none waits (they bought a second tariff), the links come at once instead of from the run.
    """
    tariff = await tariffs.get_tariff_by_id(uow, granted.tariff_id)
    is_product = await products.is_product(uow, tariff)
    if not is_product:
        deployment = await deployments.get_deployment(uow, flow_id=tariff.flow_id)
        await deployments.issue_personal_token(uow, deployment.id, granted.contact_id, granted.access_id)
    await learning_access.release_runs_of_access(uow, granted)
    if granted.order_id is None:
        await _open_groups(uow, granted)
        return
    order = await payments.get_order(uow, granted.order_id)
    receipts.say_receipt(uow, order, tariff, await payments.find_paid(uow, order))
    person = await contacts.get_contact(uow, order.contact_id)
    kind, to = TriggerKind.PAID, Address(order.bot_id, order.chat_id)
    await author_triggers.follow_event(uow, to, person, kind, f"paid:{order.id}", tariff.code)
    to = Address(order.bot_id, order.chat_id)
    await onboarding.greet_buyer(uow, tariff.id, to, onboarding.first_key(granted.access_id))
    if await products.is_of_scenario(uow, tariff) and not await scenarios.is_active(uow, order.run_id):
        await products.report_without_scenario(uow, order, tariff)
    paid = Paid(order.public_id, tariff.code)
    if order.run_id is not None and await runs.deliver(uow, order.run_id, paid) is Outcome.MOVED:
        return
    if await purchases.has_links(uow, person.id, granted.access_id):
        key = f"access:{granted.access_id}:links"
        await purchases.show_purchases(uow, person, to, key, only=granted.access_id)


async def _open_groups(uow: UnitOfWork, granted: events.AccessGranted) -> None:
    """What was given or given back by hand opens its groups, too."""
    person, shop = await contacts.get_contact(uow, granted.contact_id), await bots.get_bot(uow, BotKind.SALES)
    key = f"access:{granted.access_id}:opened:{uow.now.timestamp():.0f}"
    await purchases.renew_links(uow, person, shop.id, key)
