"""How an account stands with its plan, read anew whenever it is asked: nothing has to be kept in step with payments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from core.db.session import Row, UnitOfWork
from services.tenancy.plans.offered import Plan, list_plans
from services.tenancy.store.limits import plans as store

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""The end of what was never paid for."""


class PlanState(StrEnum):
    """What an account may do by its plan."""

    ACTIVE = "active"
    OVERDUE = "overdue"  # the paid or the trial time is over; all goes on for the days of grace
    SUSPENDED = "suspended"  # nothing new begins; what has begun goes on


@dataclass(frozen=True)
class Standing:
    """The plan that counts and until when; `until` is None where it costs nothing or is paid for good.

    `chosen` is a plan that counts once it is paid for; `reason` the operator's, of a suspension of theirs.
    """

    plan: Plan
    state: PlanState
    until: datetime | None
    payer_id: int | None
    chosen: str | None
    reason: str | None
    told: Mapping[str, Any]


async def find_standing(uow: UnitOfWork, *, locked: bool = False) -> Standing | None:
    """How the unit's account stands; None: it is on no plan and has no limits. `locked`: no other unit counts meanwhile."""
    row = await store.find_account_plan(uow.conn, uow.account_id, locked=locked)
    if row is None:
        return None
    plans = {plan.code: plan for plan in await list_plans(uow)}
    code, payer_id, chosen = row["code"], row["payer_id"], row["chosen"]
    paid = await _find_paid(uow, plans[chosen], row["chosen_by"]) if chosen else None
    if paid is not None:
        code, payer_id, chosen = chosen, row["chosen_by"], None
    until = await _find_end(uow, plans[code], payer_id, row["free_until"])
    state = PlanState.SUSPENDED if row["suspended_at"] else _state_of(uow, until)
    return Standing(plans[code], state, until, payer_id, chosen, row["reason"], row["told"])


async def _find_paid(uow: UnitOfWork, plan: Plan, payer_id: int | None) -> Row | None:
    """What somebody has open of the plan's tariff in the operator's shop."""
    if plan.tariff is None or payer_id is None:
        return None
    access = await store.find_access(uow.conn, uow.env.account_id, payer_id, plan.tariff, uow.now)
    is_over = access is None or (access["ends_at"] is not None and access["ends_at"] <= uow.now)
    return None if is_over else access


async def _find_end(
    uow: UnitOfWork, plan: Plan, payer_id: int | None, free_until: datetime | None
) -> datetime | None:
    """Until when the plan is paid for or free of charge; None for good."""
    if plan.tariff is None:
        return None
    access = None
    if payer_id is not None:
        access = await store.find_access(uow.conn, uow.env.account_id, payer_id, plan.tariff, uow.now)
    if access is not None and access["ends_at"] is None:
        return None
    ends = [access["ends_at"] if access else None, free_until]
    return max((end for end in ends if end is not None), default=LONG_AGO)


def _state_of(uow: UnitOfWork, until: datetime | None) -> PlanState:
    if until is None or uow.now < until:
        return PlanState.ACTIVE
    return PlanState.OVERDUE if uow.now < until + uow.env.subscription_grace else PlanState.SUSPENDED
