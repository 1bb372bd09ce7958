"""What follows from money and access: the way into the course, receipts, invitations, failed payments."""

from core import events
from core.db.session import UnitOfWork
from core.flow.definition import FlowKind
from core.flow.events import (
    Issued,
)
from core.lifecycle import Stage
from core.triggers import TriggerKind
from services.commerce.access import access, after_refund, leaning
from services.commerce.catalog import offers, products, tariffs
from services.commerce.orders import gifts, holds, orders
from services.commerce.partners import commissions
from services.commerce.payments import payments
from services.commerce.refunds import refunds
from services.commerce.subscriptions import subscriptions
from services.content import deployments, flows
from services.content.settings import load_course_settings
from services.delivery.speech import Address
from services.insight import sale_news
from services.learning import run_lookup
from services.learning.runs import effects, runs
from services.learning.runs.holds import access_changes as learning_access
from services.people import contacts
from services.reactions import group_stories
from services.tenancy import groups
from services.workflows import access_granted, author_triggers


async def on_order_paid(uow: UnitOfWork, paid: events.OrderPaid) -> None:
    """What was paid for is opened to who paid, or wrapped for somebody else; who brought the buyer has a share, the owners hear of it."""
    order = await payments.get_order(uow, paid.order_id)
    give = gifts.wrap_gift if order.is_gift else access.grant_access
    await give(uow, paid)
    await commissions.earn(uow, paid)
    await sale_news.tell_paid(uow, paid.payment_id)


async def on_charge_paid(uow: UnitOfWork, paid: events.ChargePaid) -> None:
    """What is paid in charges goes on, and the owners hear of the money."""
    if await subscriptions.on_charge_paid(uow, paid):
        await sale_news.tell_paid(uow, paid.payment_id)


async def on_payment_refunded(uow: UnitOfWork, refunded: events.PaymentRefunded) -> None:
    """The access or the link of a gift, upgrades that leaned on it and the shares of partners follow the money."""
    await after_refund.follow_refund(uow, refunded)
    if not refunded.is_surplus:
        await leaning.follow_refund(uow, refunded.payment_id, refunded.refund_id, refunded.amount)
    await commissions.take_back(uow, refunded)


async def on_hold_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """Money that is set aside goes back soon."""
    await holds.remind(uow, timer.payload["payment_id"])


async def on_gift_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """A gift has waited long."""
    await gifts.tell_unclaimed(uow, timer.payload["gift_id"])


async def on_access_granted(uow: UnitOfWork, granted: events.AccessGranted) -> None:
    """Everything that was bought with it, and what is paid for it from now on."""
    await access_granted.give_what_was_bought(uow, granted)
    await subscriptions.start(uow, granted)
    if granted.order_id is not None:
        await leaning.note_paid(uow, granted.order_id, granted.access_id)


async def on_access_revoked(uow: UnitOfWork, revoked: events.AccessRevoked) -> None:
    """The link into the course closes; rights are read from the access itself at every step."""
    await deployments.close_personal_token(uow, revoked.access_id)
    await learning_access.hold_runs_of_access(uow, revoked)
    await subscriptions.on_access_revoked(uow, revoked)


async def on_offer_made(uow: UnitOfWork, offer: events.OfferMade) -> None:
    """The tariffs that a run offers are shown."""
    run = await run_lookup.load_run(uow, offer.run_id)
    ref = effects.ref_of(offer.run_id, offer.visit)
    place = tariffs.OfferPlace(run.stored.address, offer.run_id, offer.visit, ref, offer.protect)
    buyer = await contacts.get_contact(uow, run.stored.contact_id)
    await offers.show_offer(uow, buyer, place, offer.text, offer.tariffs, offer.key)


async def on_deployment_changed(uow: UnitOfWork, changed: events.DeploymentChanged) -> None:
    """The groups of a deployment's settings belong to what is sold of it."""
    deployment = await deployments.get_by_id(uow, changed.deployment_id)
    if deployment.environment == Stage.PROD:
        settings = await load_course_settings(uow, deployment.id)
        await tariffs.bind_groups(uow, deployment.flow_id, settings.groups)
        await group_stories.ask_about_all(uow)


async def on_payment_failed(uow: UnitOfWork, failed: events.PaymentFailed) -> None:
    """The author's trigger for a payment that failed."""
    order = await payments.get_order(uow, failed.order_id)
    tariff = await tariffs.get_tariff_by_id(uow, order.tariff_id)
    buyer = await contacts.get_contact(uow, order.contact_id)
    kind, key = TriggerKind.PAYMENT_FAILED, f"failed:{order.id}"
    await author_triggers.follow_event(
        uow, Address(order.bot_id, order.chat_id), buyer, kind, key, tariff.code
    )


async def on_version_published(uow: UnitOfWork, published: events.VersionPublished) -> None:
    """What a scenario sells follows its newest version."""
    version = await flows.get_version(uow, published.version_id)
    await group_stories.on_flow_deployed(uow, events.FlowDeployed(published.flow_id))
    if version.flow.kind is FlowKind.SCENARIO:
        await products.follow_version(uow, published.flow_id, version.flow)


async def on_invites_requested(uow: UnitOfWork, wanted: events.InvitesRequested) -> None:
    """Invitations into the groups of what was bought."""
    contact = await contacts.get_contact(uow, wanted.contact_id)
    run = await run_lookup.load_run(uow, wanted.run_id)
    await access.issue_invites(uow, wanted, contact, run.stored.bot_id)


async def on_invites_issued(uow: UnitOfWork, issued: events.InvitesIssued) -> None:
    """The run goes on with the links."""
    await runs.deliver(uow, issued.run_id, Issued(issued.visit, issued.links, failed=issued.failed))


async def on_invite_link(uow: UnitOfWork, answer: events.CallAnswered) -> None:
    """A link that Telegram made, said in the buyer's language."""
    membership = await access.get_membership(uow, answer.ref)
    buyer = await contacts.find_by_telegram_id(uow, membership.user_id)
    if answer.ok:
        await groups.note_success(uow, answer.bot_id, membership.community_chat_id)
    await access.on_invite_link(uow, answer, buyer.language if buyer else uow.env.default_language)


async def on_payment_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """An open payment is asked for."""
    await payments.check_payment(uow, timer.payload)


async def on_refund_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """A refund under way is asked for."""
    await refunds.check_refund(uow, timer.payload)


async def on_order_reminder(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """An unpaid order is mentioned once."""
    await orders.remind_of_order(uow, timer.payload["order_id"])


async def on_subscription_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """Something that is paid in charges is to be warned of, charged or ended."""
    await subscriptions.on_due(uow, timer.payload["subscription_id"])
