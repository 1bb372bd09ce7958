"""People who begin a deployed course together."""

import re
from collections.abc import Mapping
from datetime import datetime

from core.db.keyset import Order, Slice
from core.db.models.content import cohorts
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.steps.section import SectionStep
from core.rules.moments import parse_moment
from services.content.flows import get_latest_version
from services.content.schemas import Cohort, Deployment
from services.content.store import cohorts as store

ORDERS: Mapping[str, Order] = {"-id": Order((cohorts.c.id,), descending=True)}
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


async def add_cohort(
    uow: UnitOfWork, deployment: Deployment, code: str, starts: str, sections: Mapping[str, str]
) -> Cohort:
    """Make a cohort or change its times; moments are ISO 8601, UTC unless they say otherwise.

    Raises COHORT_INVALID for a bad code, a bad moment, or a section the course does not have.
    """
    if not _CODE.fullmatch(code):
        raise _invalid(f"the code “{code}” is not up to 32 of a-z 0-9 -")
    flow = (await get_latest_version(uow, deployment.flow_id)).flow
    known = [step.key for step in flow.steps if isinstance(step, SectionStep)]
    if unknown := [key for key in sections if key not in known]:
        raise _invalid(f"“{unknown[0]}” is no section; there are {', '.join(known) or 'none'}")
    row = {
        "deployment_id": deployment.id,
        "code": code,
        "starts_at": _read_moment(starts),
        "sections": {key: _read_moment(at).isoformat() for key, at in sections.items()},
        "created_at": uow.now,
    }
    await store.put_cohort(uow.conn, uow.account_id, row)
    made = await store.find_cohort(uow.conn, uow.account_id, deployment.id, code=code)
    if made is None:
        raise DomainError(ErrorKind.NOT_FOUND, "COHORT_NOT_FOUND", code)
    return made


def _invalid(what: str) -> DomainError:
    return DomainError(ErrorKind.INVALID, "COHORT_INVALID", what)


def _read_moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError:
        raise _invalid(f"“{text}” is no moment like 2030-09-01 or 2030-09-01T09:00+03:00") from None


async def list_page(uow: UnitOfWork, deployment_id: int | None, part: Slice) -> list[Cohort]:
    """A part of the cohorts, of one deployment or of all."""
    return await store.list_page(uow.conn, uow.account_id, deployment_id, part)


async def list_cohorts(uow: UnitOfWork, deployment: Deployment) -> list[Cohort]:
    """The cohorts of a deployment, the first to begin first."""
    return await store.list_cohorts(uow.conn, uow.account_id, deployment.id)


async def find_cohort(uow: UnitOfWork, deployment_id: int, cohort_id: int) -> Cohort | None:
    """A cohort of a deployment by its id."""
    return await store.find_cohort(uow.conn, uow.account_id, deployment_id, cohort_id=cohort_id)


def section_times(cohort: Cohort) -> dict[str, datetime]:
    """When the sections of a cohort begin."""
    return {key: datetime.fromisoformat(at) for key, at in cohort.sections.items()}
