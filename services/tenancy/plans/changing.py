"""Which plan an account is on: its first one, another one that an owner chooses, what the operator says, what time brings."""

from datetime import datetime, timedelta

from core.db.session import Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import PlanStands, TimerDue
from core.links import bot_link
from core.rules.deep_link import LinkKind
from services.delivery.timers import set_timer
from services.tenancy.plans.offered import Plan, list_plans
from services.tenancy.plans.standing import PlanState, Standing, find_standing
from services.tenancy.store.bots import find_doors
from services.tenancy.store.limits import plans as store

LOOK = "plan_look"  # timer
OFTEN = timedelta(hours=1)
"""What was not paid is known within it: that happens in another account."""
SOON = timedelta(days=3)
"""Before the end of what is paid, when the admins are told."""
STOOD, ENDS = "state", "ends"
"""What the admins have been told last: the state, and the end that was announced."""


async def begin_plan(uow: UnitOfWork) -> None:
    """Put a new account on the plan with which one begins, with its trial; raises SIGNUP_CLOSED where there is none."""
    first = next((plan for plan in await list_plans(uow) if plan.is_first and plan.is_offered), None)
    if first is None:
        raise DomainError(ErrorKind.FORBIDDEN, "SIGNUP_CLOSED", "no plan is offered to begin with")
    await put_on_plan(uow, first.code, first.trial_days)


async def put_on_plan(uow: UnitOfWork, code: str, free_days: int | None = None) -> None:
    """Have the account be on a plan, free of charge for so many days (its trial, where nothing is said).

    Raises PLAN_NOT_FOUND. It is for the operator, who may name one that is offered no more.
    """
    plan = await _get_plan(uow, code)
    days = plan.trial_days if free_days is None else free_days
    row = {
        "code": code,
        "chosen": None,
        "chosen_by": None,
        "free_until": uow.now + timedelta(days=days) if plan.tariff else None,
    }
    await store.put_account_plan(uow.conn, uow.account_id, row)
    await look(uow)


async def take_off_plan(uow: UnitOfWork) -> bool:
    """Have the account be without limits; False if it is."""
    return await store.drop_account_plan(uow.conn, uow.account_id)


async def choose_plan(uow: UnitOfWork, payer_id: int, code: str) -> str | None:
    """Have the account be on a plan; gives the address where its owner pays, if it costs something and is not paid.

    One that costs nothing counts at once, another one once it is paid for. Over a limit nothing is deleted.
    Raises PLAN_NOT_FOUND, PLAN_NONE for an account without limits, PLAN_PAYER if they pay for another account by it.
    """
    plan, standing = await _get_plan(uow, code), await find_standing(uow, locked=True)
    if standing is None:
        raise DomainError(ErrorKind.CONFLICT, "PLAN_NONE", "the account has no limits")
    if not plan.is_offered and standing.plan.code != code:
        raise DomainError(ErrorKind.NOT_FOUND, "PLAN_NOT_FOUND", code)
    if plan.tariff is None:
        free = {"code": code, "chosen": None, "chosen_by": None, "payer_id": None, "free_until": None}
        await store.change_account_plan(uow.conn, uow.account_id, free)
        await look(uow)
        return None
    if await store.pays_elsewhere(uow.conn, uow.account_id, payer_id, code):
        raise DomainError(ErrorKind.CONFLICT, "PLAN_PAYER", code)
    await store.change_account_plan(uow.conn, uow.account_id, {"chosen": code, "chosen_by": payer_id})
    await look(uow)
    now = await find_standing(uow)
    is_paid = now is not None and now.chosen is None and now.state is PlanState.ACTIVE
    return None if is_paid else await find_pay_link(uow, plan)


async def find_pay_link(uow: UnitOfWork, plan: Plan) -> str | None:
    """Where a plan is paid for: the operator's shop; None if it costs nothing, or the operator has no bot."""
    doors = await find_doors(uow.conn, [uow.env.account_id]) if plan.tariff else {}
    door = doors.get(uow.env.account_id)
    return bot_link(door, f"{LinkKind.BUY}_{plan.tariff}") if door else None


async def suspend(uow: UnitOfWork, reason: str) -> bool:
    """Have nothing new begin in the account, by the operator; False if that is so. Raises PLAN_NONE."""
    row = await _get_row(uow)
    if row["suspended_at"] is not None:
        return False
    values = {"suspended_at": uow.now, "reason": reason[:300]}
    await store.change_account_plan(uow.conn, uow.account_id, values)
    await look(uow)
    return True


async def resume(uow: UnitOfWork) -> bool:
    """End the operator's suspension; False if there is none. What is unpaid stays so. Raises PLAN_NONE."""
    row = await _get_row(uow)
    if row["suspended_at"] is None:
        return False
    await store.change_account_plan(uow.conn, uow.account_id, {"suspended_at": None, "reason": None})
    await look(uow)
    return True


async def on_timer(uow: UnitOfWork, _: TimerDue) -> None:
    """Time has passed for an account with a plan."""
    await look(uow)


async def look(uow: UnitOfWork) -> None:
    """Keep which plan counts, have the admins told what is new of how it stands, and look again at the next moment."""
    standing = await find_standing(uow, locked=True)
    if standing is None:
        return
    ends = _announce(uow, standing)
    news = {STOOD: standing.state, ENDS: ends}
    values = {"code": standing.plan.code, "payer_id": standing.payer_id, "told": {**standing.told, **news}}
    if standing.chosen is None:
        values |= {"chosen": None, "chosen_by": None}
    await store.change_account_plan(uow.conn, uow.account_id, values)
    await set_timer(uow, LOOK, "plan", _next_look(uow, standing), {})
    if standing.state != standing.told.get(STOOD, PlanState.ACTIVE):
        uow.publish(PlanStands(standing.state, standing.until))
    elif ends is not None and ends != standing.told.get(ENDS):
        uow.publish(PlanStands("ends", standing.until))


def _announce(uow: UnitOfWork, standing: Standing) -> str | None:
    """The end that the admins are to know of."""
    until = standing.until
    is_near = standing.state is PlanState.ACTIVE and until is not None and until - uow.now <= SOON
    return until.isoformat() if is_near and until else None


def _next_look(uow: UnitOfWork, standing: Standing) -> datetime:
    """Within the hour, or earlier where something ends before."""
    moments = [uow.now + OFTEN]
    if standing.until is not None:
        moments += [standing.until, standing.until + uow.env.subscription_grace]
    return min(moment for moment in moments if moment > uow.now)


async def _get_plan(uow: UnitOfWork, code: str) -> Plan:
    plan = next((plan for plan in await list_plans(uow) if plan.code == code), None)
    if plan is None:
        raise DomainError(ErrorKind.NOT_FOUND, "PLAN_NOT_FOUND", code)
    return plan


async def _get_row(uow: UnitOfWork) -> Row:
    row = await store.find_account_plan(uow.conn, uow.account_id, locked=True)
    if row is None:
        raise DomainError(ErrorKind.CONFLICT, "PLAN_NONE", "the account has no plan")
    return row
