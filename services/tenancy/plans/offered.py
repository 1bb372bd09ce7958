"""The plans that the operator of the installation offers: written in a file, kept as rows beside the operator's tariffs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from core.db.session import Row, UnitOfWork
from core.money import Money
from core.text.message import Localized
from core.text.refusal import InputRefused, explain_error, words
from services.tenancy.store.limits import plans as store

INVALID = "PLANS_INVALID"
MOST_PLANS = 20
MEGABYTE = 1_000_000
Amount = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Resource(StrEnum):
    """What an account may have only so much of."""

    BOTS = "bots"  # that work for it
    STUDENTS = "students"  # people with a course that is not over
    BROADCASTS = "broadcasts"  # started within 30 days, or planned
    STORAGE = "storage"  # megabytes of uploaded files


class PlanSpec(BaseModel):
    """A plan as the operator writes it; a limit that is not named is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,23}$")]
    name: Localized
    limits: dict[Resource, Amount] = Field(default_factory=dict)
    tariff: Annotated[str, Field(min_length=1, max_length=24)] | None = None
    trial_days: Annotated[int, Field(ge=0, le=365)] = 0
    first: bool = False


_PLANS = TypeAdapter[list[PlanSpec]](Annotated[list[PlanSpec], Field(max_length=MOST_PLANS)])


@dataclass(frozen=True)
class Plan:
    """A plan; `tariff` of the operator's is its price, each `period` or once; without one it costs nothing."""

    code: str
    name: Mapping[str, str]
    limits: Mapping[Resource, int]
    tariff: str | None
    trial_days: int
    is_first: bool
    is_offered: bool
    price: Money | None = None
    period: str | None = None


def read_plans(document: object) -> list[PlanSpec]:
    """The plans of a document; raises PLANS_INVALID."""
    try:
        plans = _PLANS.validate_python(document)
    except ValidationError as error:
        raise InputRefused(INVALID, explain_error(error)) from None
    codes = [plan.code for plan in plans]
    for code in codes:
        if codes.count(code) > 1:
            raise InputRefused(INVALID, words("refused-used-twice", given=code))
    if sum(plan.first for plan in plans) != 1:
        raise InputRefused(INVALID, words("refused-first-plan"))
    return plans


async def offer_plans(uow: UnitOfWork, plans: Sequence[PlanSpec]) -> None:
    """Offer these plans and no others, in a unit of the operator's account; whoever is on another one stays on it.

    Raises PLANS_INVALID for a tariff that is not on sale there as a product.
    """
    for position, plan in enumerate(plans):
        if plan.tariff and not await store.is_sold_product(uow.conn, uow.account_id, plan.tariff):
            raise InputRefused(INVALID, words("refused-plan-tariff", code=plan.code, tariff=plan.tariff))
        row = plan.model_dump(mode="json", exclude={"first"})
        more = {"name": dict(plan.name), "is_first": plan.first, "is_offered": True, "position": position}
        await store.put_plan(uow.conn, uow.account_id, {**row, **more})
    await store.retire_others(uow.conn, uow.account_id, [plan.code for plan in plans])


async def list_plans(uow: UnitOfWork) -> list[Plan]:
    """All plans of the installation in the operator's order, with those that are offered no more."""
    return [_read(row) for row in await store.list_plans(uow.conn, uow.env.account_id)]


def _read(row: Row) -> Plan:
    known = {Resource(name): most for name, most in row["limits"].items()}
    names = ("code", "name", "tariff", "trial_days", "is_first", "is_offered")
    price = Money(row["price"], row["currency"]) if row["price"] is not None else None
    period = (row["paid"] or {}).get("period")
    return Plan(**{name: row[name] for name in names}, limits=known, price=price, period=period)
