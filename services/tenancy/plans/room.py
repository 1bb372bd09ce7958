"""Whether an account has room for one more: asked before a bot, a student, a broadcast or a file is taken."""

from dataclasses import dataclass
from datetime import timedelta

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import PlanFilled
from services.tenancy.plans.offered import MEGABYTE, Resource
from services.tenancy.plans.standing import PlanState, Standing, find_standing
from services.tenancy.store.limits import counted
from services.tenancy.store.limits import plans as store

NEAR, FULL = "near", "full"
NEAR_SHARE = 0.8
"""Of a limit, from which on the admins are told that it comes."""
WHILE = timedelta(days=30)
"""Over which broadcasts are counted."""


async def take(uow: UnitOfWork, resource: Resource, more: int = 1) -> None:
    """Go on if the account may have so many more (of storage: bytes), and tell its admins when that fills it.

    Raises PLAN_SUSPENDED, PLAN_BOTS, PLAN_STUDENTS, PLAN_BROADCASTS, PLAN_STORAGE.
    """
    standing = await find_standing(uow, locked=True)
    if standing is not None:
        used = await _check(uow, standing, resource, more)
        if resource in standing.plan.limits:
            await _note(uow, standing, resource, used)


async def check(uow: UnitOfWork, resource: Resource, more: int = 1) -> None:
    """The same question, for who only asks; raises as `take`."""
    standing = await find_standing(uow)
    if standing is not None:
        await _check(uow, standing, resource, more)


async def _check(uow: UnitOfWork, standing: Standing, resource: Resource, more: int) -> int:
    """How much there would be of it."""
    if standing.state is PlanState.SUSPENDED:
        raise DomainError(ErrorKind.FORBIDDEN, "PLAN_SUSPENDED", standing.plan.code)
    most = standing.plan.limits.get(resource)
    if most is None:
        return 0
    used = await count_used(uow, resource) + more
    if used > most * _unit(resource):
        raise _refuse(resource, most)
    return used


def _refuse(resource: Resource, most: int) -> DomainError:
    """The refusal of one more."""
    match resource:
        case Resource.BOTS:
            return DomainError(ErrorKind.FORBIDDEN, "PLAN_BOTS", f"the plan has room for {most}")
        case Resource.STUDENTS:
            return DomainError(ErrorKind.FORBIDDEN, "PLAN_STUDENTS", f"the plan has room for {most}")
        case Resource.BROADCASTS:
            return DomainError(ErrorKind.FORBIDDEN, "PLAN_BROADCASTS", f"the plan has {most} in 30 days")
    return DomainError(ErrorKind.FORBIDDEN, "PLAN_STORAGE", f"the plan has room for {most} MB")


async def has_room(uow: UnitOfWork, resource: Resource) -> bool:
    """Whether there is room for one more."""
    try:
        await check(uow, resource)
    except DomainError:
        return False
    return True


async def is_student(uow: UnitOfWork, contact_id: int) -> bool:
    """Whether somebody has a course that is not over."""
    return await counted.is_student(uow.conn, uow.account_id, contact_id)


async def is_suspended(uow: UnitOfWork) -> bool:
    """Whether nothing new may begin."""
    standing = await find_standing(uow)
    return standing is not None and standing.state is PlanState.SUSPENDED


async def note_taken(uow: UnitOfWork, resource: Resource) -> None:
    """Tell the admins if what has come in by right (a paid place) fills the plan."""
    standing = await find_standing(uow, locked=True)
    if standing is not None and resource in standing.plan.limits:
        await _note(uow, standing, resource, await count_used(uow, resource))


async def _note(uow: UnitOfWork, standing: Standing, resource: Resource, used: int) -> None:
    most = standing.plan.limits[resource] * _unit(resource)
    level = FULL if used >= most else NEAR if used >= most * NEAR_SHARE else None
    known = standing.told.get(resource)
    if level == known:
        return
    await store.change_account_plan(uow.conn, uow.account_id, {"told": {**standing.told, resource: level}})
    if level is FULL or (level is NEAR and known is None):
        uow.publish(PlanFilled(resource, level, standing.plan.limits[resource]))


async def count_used(uow: UnitOfWork, resource: Resource) -> int:
    """How much the account has of it now; of storage bytes."""
    match resource:
        case Resource.BOTS:
            return await counted.count_bots(uow.conn, uow.account_id)
        case Resource.STUDENTS:
            return await counted.count_students(uow.conn, uow.account_id)
        case Resource.BROADCASTS:
            return await counted.count_broadcasts(uow.conn, uow.account_id, uow.now - WHILE)
    return await counted.sum_storage(uow.conn, uow.account_id)


def _unit(resource: Resource) -> int:
    return MEGABYTE if resource is Resource.STORAGE else 1


@dataclass(frozen=True)
class Use:
    """How much an account has of something, and may have at most; of storage whole megabytes, begun ones counted."""

    resource: Resource
    used: int
    most: int | None


async def list_uses(uow: UnitOfWork, standing: Standing) -> list[Use]:
    """How far each limit is used; where the plan names none there is none."""
    amounts = {resource: await count_used(uow, resource) for resource in Resource}
    return [
        Use(resource, -(-used // _unit(resource)), standing.plan.limits.get(resource))
        for resource, used in amounts.items()
    ]
