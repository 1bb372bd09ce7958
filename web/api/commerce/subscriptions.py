"""What is paid in charges: seen, stopped, gone on with."""

from datetime import datetime
from typing import Annotated

from core.lifecycle import SubscriptionEnd, SubscriptionState
from services.commerce import paging
from services.commerce.paging import Wanted
from services.commerce.plan_documents import write_plan
from services.commerce.schemas import Subscription
from services.commerce.subscriptions import subscriptions
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.commerce.tariffs import PlanItem
from web.api.ids import (
    AccessId,
    ContactId,
    ContactRef,
    OrderId,
    SubscriptionId,
    SubscriptionRef,
    TariffId,
    TariffRef,
)
from web.api.models import Answer, Money, example, money
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.MONEY_READ)
CHANGE = Policy(Permission.MONEY, idempotency_key=True)
SubscriptionsPage = Annotated[ListPage, paged(paging.ORDERS["subscriptions"])]
room = Room("commerce")


class SubscriptionItem(Answer):
    """Something that is paid in charges; `price` is that of a period, or of all parts together."""

    model_config = example(
        id=f"sbs_{'a' * 26}",
        contact=f"con_{'a' * 26}",
        tariff=f"trf_{'a' * 26}",
        order=f"ord_{'a' * 26}",
        access=f"axs_{'a' * 26}",
        plan={"period": "month", "parts": None, "trial_days": 0, "grace_days": None},
        price={"amount": 99000, "currency": "RUB"},
        provider="yookassa",
        method="•• 4242",
        state="active",
        is_stopped=False,
        charges=3,
        tries=0,
        paid_until="2030-02-07T09:02:00Z",
        reason=None,
        created_at="2030-01-07T09:02:00Z",
        ended_at=None,
    )

    id: SubscriptionId
    contact: ContactId
    tariff: TariffId
    order: OrderId
    access: AccessId
    plan: PlanItem
    price: Money
    provider: str
    method: str
    state: SubscriptionState
    is_stopped: bool
    charges: int
    tries: int
    paid_until: datetime
    reason: SubscriptionEnd | None
    created_at: datetime | None
    ended_at: datetime | None


def show_subscription(subscription: Subscription) -> SubscriptionItem:
    """A subscription as the API shows it."""
    standing = subscription.standing
    names = ("id", "provider", "reason", "created_at", "ended_at")
    return SubscriptionItem(
        **{name: getattr(subscription, name) for name in names},
        **{
            name: getattr(standing, name)
            for name in ("state", "is_stopped", "charges", "tries", "paid_until")
        },
        contact=subscription.contact_id,
        tariff=subscription.tariff_id,
        order=subscription.order_id,
        access=subscription.access_id,
        plan=PlanItem(**(write_plan(subscription.plan) or {})),
        price=money(subscription.price, subscription.currency),
        method=subscription.method_title,
    )


@room.get("/subscriptions", READ)
async def list_subscriptions(
    call: Call,
    page: SubscriptionsPage,
    contact: ContactRef | None = None,
    tariff: TariffRef | None = None,
    state: SubscriptionState | None = None,
) -> Listed[SubscriptionItem]:
    """The subscriptions and instalments of the account, the latest first."""
    wanted = Wanted({"contact_id": contact, "tariff_id": tariff, "state": state})
    taken = await page.take(
        lambda part: paging.list_subscriptions(call.uow, wanted, part),
        show_subscription,
        lambda most: paging.count_rows(call.uow, "subscriptions", wanted, most),
    )
    return Listed(**taken)


@room.get("/subscriptions/{subscription}", READ)
async def get_subscription(call: Call, subscription: SubscriptionRef) -> SubscriptionItem:
    """One subscription."""
    return await _show_now(call, subscription)


@room.post("/subscriptions/{subscription}/stop", CHANGE)
async def stop_subscription(call: Call, subscription: SubscriptionRef) -> SubscriptionItem:
    """Want no further charge; what is paid stays open until it is over."""
    running = await subscriptions.get(call.uow, subscription)
    call.only_looked = not await subscriptions.stop(call.uow, running)
    call.note_change(running.contact_id, "goes on", "stopped")
    return await _show_now(call, subscription)


@room.post("/subscriptions/{subscription}/resume", CHANGE)
async def resume_subscription(call: Call, subscription: SubscriptionRef) -> SubscriptionItem:
    """Let a stopped one go on after all, as long as it is not over."""
    stopped = await subscriptions.get(call.uow, subscription)
    call.only_looked = not await subscriptions.resume(call.uow, stopped)
    call.note_change(stopped.contact_id, "stopped", "goes on")
    return await _show_now(call, subscription)


async def _show_now(call: Call, subscription_id: int) -> SubscriptionItem:
    row: Subscription = await paging.get_row(
        call.uow, paging.list_subscriptions, "subscriptions", subscription_id
    )
    return show_subscription(row)
