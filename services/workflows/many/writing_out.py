"""Many people as a table: who they are, their tags, and what is remembered about them."""

import json
from typing import Any

from core.db.session import UnitOfWork
from services.delivery.long_jobs.steps import Line, LongJob, Payload, Step, begin_long_job
from services.people.conditions.pages import Facts
from services.tenancy.permissions import Permission
from services.workflows.many.choosing import Choice, list_next
from services.workflows.many.rights import may_go_on

EXPORT = "contacts_export"
COLUMNS = (
    *("telegram_id", "name", "username", "language", "zone"),
    *("known_since", "blocked_since", "tags", "values"),
)
AT_ONCE = 500


async def start_export(uow: UnitOfWork, choice: Choice, total: int, by: int) -> int:
    """Have the table written; gives the job's number."""
    payload = {"chosen": choice.dump(), "by": by}
    return await begin_long_job(uow, EXPORT, Permission.CONTACTS_EXPORT, payload, by, total)


async def take_step(uow: UnitOfWork, payload: Payload, go_on: Any) -> Step:
    """The next lines; who may not see everybody any more gets no further ones."""
    if not await may_go_on(uow, payload, Permission.CONTACTS_EXPORT):
        return Step(0)
    people = await list_next(uow, payload["chosen"], go_on, AT_ONCE)
    return Step(
        len(people), [_write(facts) for facts in people], people[-1].id if len(people) == AT_ONCE else None
    )


def _write(facts: Facts) -> Line:
    person = facts.contact
    moments = [f"{at:%Y-%m-%d %H:%M}" if at else None for at in (person.met_at, person.blocked_at)]
    values = json.dumps(dict(facts.variables), ensure_ascii=False) if facts.variables else None
    told = (person.telegram_id, person.full_name, person.username, person.language, person.zone)
    return Line((*told, *moments, ", ".join(sorted(facts.tags)), values), person.id)


JOB = LongJob(COLUMNS, Permission.CONTACTS_EXPORT, take_step)
