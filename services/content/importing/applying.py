"""Carries an import out: everything in one unit of work, and nothing where nothing is new."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError
from core.flow.definition import Flow, FlowKind
from core.flow.steps.branch import BranchStep
from core.lifecycle import NameKind
from core.text.refusal import words
from services.content.deployments import change_settings, deploy_flow, open_to_all
from services.content.entry.doors import Door, see_door
from services.content.flows import get_flow_id, get_latest_version, list_flows, publish_flow
from services.content.importing.reader import Batch, Course
from services.content.importing.report import Why
from services.content.imports import note_published
from services.content.link_names import find_kind
from services.content.scenarios import restore
from services.content.schemas import Deployment, FlowVersion
from services.content.store import facts as store

TARIFF, FINISHED = "tariff", "finished"
NAMING = {TARIFF: "code", FINISHED: "flow"}  # conditions, and the parameter that names a row


@dataclass(frozen=True, slots=True)
class Planned:
    """A course and the version it has now, if there is one."""

    course: Course
    latest: FlowVersion | None

    @property
    def changes(self) -> bool:
        """Whether publishing makes a new version."""
        return self.latest is None or self.latest.flow != self.course.flow


@dataclass(frozen=True, slots=True)
class Imported:
    """A course as it stands after the import."""

    course: Course
    flow_id: int
    version: int
    changed: bool


async def plan_import(uow: UnitOfWork, batch: Batch) -> list[Planned]:
    """What publishing a batch would do; a name that belongs to something else is an error in its report."""
    planned = [Planned(course, await _find_latest(uow, course.flow.slug)) for course in batch.courses]
    for planned_course in planned:
        await _check_name(uow, planned_course, batch)
        await _note_unknown(uow, planned_course, batch)
    return planned


async def _note_unknown(uow: UnitOfWork, planned: Planned, batch: Batch) -> None:
    """A condition about a tariff or a flow that nobody knows holds for nobody: the author hears of it."""
    asked = list(_list_asked(planned.course.flow))
    if not asked:
        return
    known = {
        TARIFF: await store.list_tariff_codes(uow.conn, uow.account_id),
        FINISHED: {flow.slug for flow in await list_flows(uow)}
        | {course.flow.slug for course in batch.courses},
    }
    for key, when, name in asked:
        if name not in known[when]:
            what = words(f"import-named-{when}", name=name)
            batch.report.warn(planned.course.file, 0, Why.UNKNOWN_NAME, step=key, what=what)


def _list_asked(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """The step, the condition and the name it is about, of all that only the database can answer."""
    for step in flow.steps:
        for _, case in step.asked() if isinstance(step, BranchStep) else ():
            if case.when in NAMING:
                yield step.key, case.when, str(case.params.get(NAMING[case.when], ""))


async def _find_latest(uow: UnitOfWork, slug: str) -> FlowVersion | None:
    try:
        return await get_latest_version(uow, await get_flow_id(uow, slug))
    except DomainError:
        return None


async def _check_name(uow: UnitOfWork, planned: Planned, batch: Batch) -> None:
    flow, file = planned.course.flow, planned.course.file
    if await find_kind(uow, flow.slug) not in {None, NameKind.FLOW}:
        batch.report.error(file, 0, Why.NAME_TAKEN, slug=flow.slug)
    elif planned.latest is not None and planned.latest.flow.kind is not flow.kind:
        batch.report.error(
            file, 0, Why.OTHER_KIND, slug=flow.slug, kind=words(f"flow-kind-{planned.latest.flow.kind}")
        )


async def publish_import(uow: UnitOfWork, batch: Batch, planned: Sequence[Planned]) -> list[Imported]:
    """Keep the files and publish what has changed; the batch has no errors."""
    for shelf in batch.shelves:
        shelf.keep()
    return [await _publish(uow, planned_course) for planned_course in planned]


async def _publish(uow: UnitOfWork, planned: Planned) -> Imported:
    version = planned.latest
    if version is None or planned.changes:
        version = await publish_flow(uow, planned.course.flow)
        await note_published(uow, version, planned.course.file, planned.latest)
    return Imported(planned.course, version.flow_id, version.number, planned.changes)


async def deploy_import(
    uow: UnitOfWork, imported: Imported, bot_id: int, *, public: bool = False
) -> tuple[Deployment, Door]:
    """Put a course on a bot under the terms of its list; gives its door, which is opened whatever it is if `public`.

    A scenario is open to all by its id; an outreach is begun by us, whoever opens the link gets the default one.
    """
    deployment = await deploy_flow(uow, imported.flow_id, bot_id)
    await restore(uow, deployment.id)
    if imported.course.flow.kind is not FlowKind.COURSE:
        return deployment, Door(imported.course.flow.slug)
    terms = imported.course.terms
    if terms is not None:
        await change_settings(uow, deployment.id, terms.settings)
    text = terms.token if terms else None
    door = await see_door(uow, deployment, text)
    if public and door.shut:
        door = Door(await open_to_all(uow, deployment, text))
    return deployment, door
