"""The room of the account's plan: what it allows, how much of that is used, and how another one is chosen."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.tenancy.permissions import Permission
from services.tenancy.plans import changing, offered
from services.tenancy.plans import room as uses
from services.tenancy.plans.offered import Plan, Resource
from services.tenancy.plans.standing import PlanState, find_standing
from web.api.calls import Call
from web.api.models import Answer, Body, Money, example, money
from web.api.policy import Policy
from web.api.routes import Room

room = Room("tenancy")
_OFFER = {
    "code": "school",
    "name": {"en": "School"},
    "limits": {"bots": 4, "students": 50},
    "price": {"amount": 190000, "currency": "RUB"},
    "period": "month",
    "trial_days": 14,
}


class PlanOffer(Answer):
    """A plan: the most of each thing that an account on it may have (of storage megabytes), and its price each `period`."""

    model_config = example(**_OFFER)

    code: str
    name: dict[str, str]
    limits: dict[Resource, int]
    price: Money | None
    period: str | None
    trial_days: int


class UseItem(Answer):
    """How much the account has of something; `most` is null where there is no limit."""

    model_config = example(resource="students", used=41, most=50)

    resource: Resource
    used: int
    most: int | None


class AccountPlan(Answer):
    """How the account stands with its plan; `plan` is null for an account without limits.

    `chosen` counts from its payment on, at `pay_link`. Until `until` the plan is paid for, or free of charge.
    """

    model_config = example(
        plan=_OFFER,
        state="active",
        until="2030-02-07T09:00:00Z",
        reason=None,
        chosen=None,
        pay_link="https://t.me/tandem_bot?start=b_school",
        uses=[{"resource": "students", "used": 41, "most": 50}],
        offers=[_OFFER],
    )

    plan: PlanOffer | None
    state: PlanState
    until: datetime | None
    reason: str | None
    chosen: str | None
    pay_link: str | None
    uses: list[UseItem]
    offers: list[PlanOffer]


class PlanChoice(Body):
    """The plan that the account is to be on."""

    model_config = example(plan="school")

    plan: Annotated[str, Field(min_length=1, max_length=24)]


@room.get("/plan", Policy(Permission.SETTINGS))
async def get_plan(call: Call) -> AccountPlan:
    """The account's plan, how far each limit is used, and what else is offered."""
    uow, standing = call.uow, await find_standing(call.uow)
    if standing is None:
        empty = {"reason": None, "chosen": None, "pay_link": None, "until": None}
        return AccountPlan(plan=None, state=PlanState.ACTIVE, uses=[], offers=[], **empty)
    plans = await offered.list_plans(uow)
    to_pay = next((plan for plan in plans if plan.code == standing.chosen), standing.plan)
    return AccountPlan(
        plan=_show(standing.plan),
        state=standing.state,
        until=standing.until,
        reason=standing.reason,
        chosen=standing.chosen,
        pay_link=await changing.find_pay_link(uow, to_pay),
        uses=[UseItem(**vars(use)) for use in await uses.list_uses(uow, standing)],
        offers=[_show(plan) for plan in plans if plan.is_offered],
    )


def _show(plan: Plan) -> PlanOffer:
    names = ("code", "period", "trial_days")
    told = {name: getattr(plan, name) for name in names}
    price = money(plan.price.amount, plan.price.currency) if plan.price else None
    return PlanOffer(**told, name=dict(plan.name), limits=dict(plan.limits), price=price)


@room.post("/plan", Policy(Permission.OWN, no_keys=True))
async def choose_plan(call: Call, body: PlanChoice) -> AccountPlan:
    """Have the account be on a plan: at once where it costs nothing, else from its payment on, at the link in the answer."""
    before = await find_standing(call.uow)
    call.note_change(None, before.plan.code if before else None, body.plan)
    call.only_looked = before is not None and body.plan == (before.chosen or before.plan.code)
    await changing.choose_plan(call.uow, call.who.telegram_id, body.plan)
    return await get_plan(call)
