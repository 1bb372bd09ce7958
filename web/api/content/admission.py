"""Who begins together, and whom a restricted course admits."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.content import deployments
from services.content.entry import cohorts, participants
from services.content.schemas import Cohort, ListedParticipant
from web.api.calls import Call
from web.api.content.tokens import CHANGE, READ
from web.api.ids import CohortId, DeploymentId, DeploymentRef, ParticipantId, ParticipantRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.problems import Problem
from web.api.routes import Room

MOST_ENTRIES = 1_000
Cohorts = Annotated[ListPage, paged(cohorts.ORDERS)]
Participants = Annotated[ListPage, paged(participants.ORDERS)]
Word = Annotated[str, Field(min_length=1, max_length=100)]
room = Room("content")


class CohortItem(Answer):
    """People who begin a course together: when, and when its sections begin."""

    model_config = example(
        id="coh_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        deployment="dep_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        code="may",
        starts_at="2030-05-01T09:00:00Z",
        sections={"week2": "2030-05-08T09:00:00Z"},
    )

    id: CohortId
    deployment: DeploymentId
    code: str
    starts_at: datetime
    sections: dict[str, datetime]


class CohortBody(Body):
    """A cohort, or the new times of the one of this code; moments as `2030-05-01T09:00+03:00`."""

    model_config = example(
        deployment="dep_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        code="may",
        starts_at="2030-05-01T09:00+03:00",
        sections={},
    )

    deployment: DeploymentRef
    code: Word
    starts_at: Word
    sections: Annotated[dict[Word, Word], Field(max_length=200, default_factory=dict)]


class ParticipantItem(Answer):
    """An entry of a restricted course's list: a Telegram number or a name."""

    model_config = example(
        id="par_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        deployment="dep_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        telegram_id=None,
        username="anna",
    )

    id: ParticipantId
    deployment: DeploymentId
    telegram_id: int | None
    username: str | None


class ParticipantsBody(Body):
    """Whom to put on the list: Telegram numbers and @names; all of them, or none."""

    model_config = example(deployment="dep_aaaaaaaaaaaaaaaaaaaaaaaaaa", people=["@anna", "500001"])

    deployment: DeploymentRef
    people: Annotated[list[Word], Field(min_length=1, max_length=MOST_ENTRIES)]


class Added(Answer):
    """How many are new on the list."""

    model_config = example(added=2)

    added: int


def _show_cohort(cohort: Cohort) -> CohortItem:
    return CohortItem(
        id=cohort.id,
        deployment=cohort.deployment_id,
        code=cohort.code,
        starts_at=cohort.starts_at,
        sections=cohorts.section_times(cohort),
    )


def _show_entry(entry: ListedParticipant) -> ParticipantItem:
    return ParticipantItem(
        id=entry.id,
        deployment=entry.deployment_id,
        telegram_id=entry.telegram_id,
        username=entry.username,
    )


@room.get("/cohorts", READ)
async def list_cohorts(
    call: Call, page: Cohorts, deployment: DeploymentRef | None = None
) -> Listed[CohortItem]:
    """The cohorts, the latest first."""
    taken = await page.take(lambda part: cohorts.list_page(call.uow, deployment, part), _show_cohort)
    return Listed(**taken)


@room.post("/cohorts", CHANGE, 201)
async def create_cohort(call: Call, body: CohortBody) -> CohortItem:
    """Make a cohort, or change the times of the one of this code."""
    place = await deployments.get_by_id(call.uow, body.deployment)
    return _show_cohort(await cohorts.add_cohort(call.uow, place, body.code, body.starts_at, body.sections))


@room.get("/participants", READ)
async def list_participants(
    call: Call, page: Participants, deployment: DeploymentRef | None = None
) -> Listed[ParticipantItem]:
    """Whom restricted courses admit, the latest first."""
    taken = await page.take(lambda part: participants.list_page(call.uow, deployment, part), _show_entry)
    return Listed(**taken)


@room.post("/participants", CHANGE)
async def add_participants(call: Call, body: ParticipantsBody) -> Added:
    """Put people on the list of a restricted course, all of them or none."""
    place = await deployments.get_by_id(call.uow, body.deployment)
    return Added(added=await participants.add_participants(call.uow, place, body.people))


@room.delete("/participants/{participant}", CHANGE)
async def remove_participant(call: Call, participant: ParticipantRef) -> None:
    """Take one entry off the list; who is in the course stays."""
    if not await participants.remove_entry(call.uow, participant):
        raise Problem(404)
