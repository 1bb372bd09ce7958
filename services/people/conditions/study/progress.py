"""`progress`: they have gone through so many lessons (`at_least`, `at_most`) of a course (`course`, its slug)."""

from typing import Self

from pydantic import Field, model_validator
from sqlalchemy import and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.content import flow_versions, flows
from core.db.models.learning import run_steps, runs
from core.db.models.people import contacts
from core.flow.conditions import Params
from core.flow.history import RecordEvent
from core.text.refusal import Refused
from services.people.conditions.base import Condition, Scope
from services.people.conditions.study import finished

GONE_THROUGH = (RecordEvent.LEFT, RecordEvent.LISTENING)
LESSON = "lesson"


MOST_LESSONS = 100_000


class Progress(Params):
    """Which course and how many lessons of it, at least one bound."""

    course: str
    at_least: int | None = Field(default=None, ge=0, le=MOST_LESSONS)
    at_most: int | None = Field(default=None, ge=0, le=MOST_LESSONS)

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise Refused("refused-progress")
        return self


class KnownProgress(Progress):
    """With the lessons there are in any version of the course."""

    lessons: frozenset[str]


async def load(conn: AsyncConnection, account_id: int, asked: Progress) -> KnownProgress:
    """Find the lessons of the course."""
    rows = await conn.execute(
        select(flow_versions.c.document)
        .join(flows, flows.c.id == flow_versions.c.flow_id)
        .where(flow_versions.c.account_id == account_id, flows.c.account_id == account_id)
        .where(flows.c.slug == asked.course)
    )
    steps = [step for document in rows.scalars() for step in document["steps"]]
    lessons = frozenset(step["key"] for step in steps if step["type"] == LESSON)
    return KnownProgress(**asked.model_dump(), lessons=lessons)


def clause(asked: KnownProgress, scope: Scope) -> ColumnElement[bool]:
    """People who began the course, by what they went through the last time."""
    latest = (
        select(func.max(runs.c.id))
        .where(runs.c.account_id == scope.account_id, runs.c.contact_id == contacts.c.id)
        .where(runs.c.flow_version_id == flow_versions.c.id, flow_versions.c.flow_id == flows.c.id)
        .where(flows.c.account_id == scope.account_id, flows.c.slug == asked.course)
        .correlate(contacts)
        .scalar_subquery()
    )
    number = (
        select(func.count(run_steps.c.step.distinct()))
        .where(run_steps.c.account_id == scope.account_id, run_steps.c.run_id == latest)
        .where(run_steps.c.step.in_(sorted(asked.lessons)), run_steps.c.event.in_(GONE_THROUGH))
        .correlate(contacts)
        .scalar_subquery()
    )
    began = (
        exists()
        .where(runs.c.account_id == scope.account_id, runs.c.contact_id == contacts.c.id)
        .where(runs.c.flow_version_id == flow_versions.c.id, flow_versions.c.flow_id == flows.c.id)
        .where(flows.c.account_id == scope.account_id, flows.c.slug == asked.course)
    )
    least = [] if asked.at_least is None else [number >= asked.at_least]
    most = [] if asked.at_most is None else [number <= asked.at_most]
    return and_(began, *least, *most)


CONDITION = Condition(Progress, clause, load=load, names={"course": finished.NAMES})
