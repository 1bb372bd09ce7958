"""What is known about a run before something happens to it: loaded for one run, or for many at once."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import FlowKind
from core.flow.run import View
from core.flow.steps.assignment import FEEDBACK
from core.profile import Profile
from services.content import flows
from services.content.entry.cohorts import find_cohort, section_times
from services.content.schemas import Cohort
from services.content.settings import CourseSettings, load_course_settings
from services.learning import dialogs
from services.learning.schemas import LoadedRun, StoredRun
from services.learning.store import runs as store
from services.people import contacts, tags, variables
from services.people.schemas import Contact
from services.tenancy import members
from services.tenancy.permissions import Permission

_AHEAD = "run"  # of which a unit takes its own out, by its id


@dataclass(frozen=True)
class KnownRun:
    """A run with all that decides what happens to it; `rights` are None when its access is closed."""

    run: LoadedRun
    contact: Contact
    variables: Mapping[str, str]
    tags: frozenset[str]
    rights: frozenset[str] | None
    settings: CourseSettings
    cohort: Cohort | None
    ai_used: int = 0  # messages to the model
    profile: Profile | None = None

    @property
    def view(self) -> View:
        """The person as the engine sees them."""
        return View(
            variables=self.variables,
            rights=self.rights or frozenset(),
            zone=self.contact.zone,
            language=self.contact.language,
            tags=self.tags,
            seed=str(self.run.stored.id),
            day=self.settings.day,
            hour=self.contact.hour,
            sections=section_times(self.cohort) if self.cohort else {},
            open_all=self.run.stored.open_all,
            ai_left=dialogs.budget_of(self.settings, self.ai_used),
            ban_text=self.settings.ban_text,
            profile=self.profile,
            quiet=self.settings.quiet_of(self.run.flow),
        )


async def know(uow: UnitOfWork, run_id: int) -> KnownRun:
    """What `prefetch` has loaded, once, or what is loaded now; raises RUN_NOT_FOUND."""
    ahead: KnownRun | None = uow.ahead.pop((_AHEAD, uow.account_id, run_id), None)
    if ahead is not None:
        return ahead
    runs = await load_known(uow, await store.list_runs(uow.conn, uow.account_id, [run_id]))
    if not runs:
        raise DomainError(ErrorKind.NOT_FOUND, "RUN_NOT_FOUND", str(run_id))
    return runs[0]


async def prefetch(uow: UnitOfWork, run_ids: Sequence[int]) -> None:
    """Load many runs at once for the units of this transaction that follow.

    People with several of them are left out: what happens to one run may change what the next one sees.
    """
    stored = await store.list_runs(uow.conn, uow.account_id, run_ids)
    times = Counter(stored_run.contact_id for stored_run in stored)
    for stored_run in await load_known(
        uow, [stored_run for stored_run in stored if times[stored_run.contact_id] == 1]
    ):
        uow.ahead[(_AHEAD, uow.account_id, stored_run.run.stored.id)] = stored_run


async def load_known(uow: UnitOfWork, stored: Sequence[StoredRun]) -> list[KnownRun]:
    """All about these runs, in as many statements for many as for one."""
    conn, account_id = uow.conn, uow.account_id
    people = sorted({stored_run.contact_id for stored_run in stored})
    persons = await contacts.load_contacts(uow, people)
    values = await variables.load_of_many(conn, account_id, people)
    tagged = await tags.load_of_many(conn, account_id, people)
    versions = {
        number: await flows.get_version(uow, number)
        for number in {stored_run.flow_version_id for stored_run in stored}
    }
    settings = {
        number: await load_course_settings(uow, number)
        for number in {stored_run.deployment_id for stored_run in stored}
    }
    rights = await _load_rights(uow, stored, settings)
    cohorts = {
        place: await _load_cohort(uow, *place) for place in {_place_of(stored_run) for stored_run in stored}
    }
    runs = [LoadedRun(stored_run, versions[stored_run.flow_version_id].flow) for stored_run in stored]
    used = await dialogs.load_used(uow, runs)
    return [
        KnownRun(
            run=run,
            contact=persons[stored_run.contact_id],
            variables=values.get(stored_run.contact_id, {}),
            tags=tagged.get(stored_run.contact_id, frozenset()),
            rights=rights[stored_run.id],
            settings=settings[stored_run.deployment_id],
            cohort=cohorts[_place_of(stored_run)],
            ai_used=used.get(stored_run.id, 0),
            profile=uow.env.profile_of(run.flow.profile),
        )
        for stored_run, run in zip(stored, runs, strict=True)
    ]


async def load_rights(uow: UnitOfWork, run: StoredRun) -> frozenset[str] | None:
    """What a person may do in a run; None when their access is closed."""
    settings = {run.deployment_id: await load_course_settings(uow, run.deployment_id)}
    return (await _load_rights(uow, [run], settings))[run.id]


async def _load_rights(
    uow: UnitOfWork, stored: Sequence[StoredRun], settings: Mapping[int | None, CourseSettings]
) -> dict[int, frozenset[str] | None]:
    """Rights by run: of what they bought, else what a course gives to those who came without a tariff."""
    conn, account_id = uow.conn, uow.account_id
    bought = [stored_run for stored_run in stored if stored_run.access_id is not None]
    came_free = any(stored_run.access_id is None for stored_run in stored)
    reviewed = came_free and await members.can_anybody(uow, Permission.REVIEWS)
    persons, versions = (
        {purchase.contact_id for purchase in bought},
        {purchase.flow_version_id for purchase in bought},
    )
    of_tariffs = await store.load_rights(conn, account_id, persons, versions, uow.now)
    undecided = {
        stored_run.flow_version_id
        for stored_run in stored
        if stored_run.access_id is None
        and _is_up_to_tariffs(settings[stored_run.deployment_id], reviewed=reviewed)
    }
    unsold = await list_unsold(uow, undecided) if undecided else set()
    return {
        stored_run.id: of_tariffs.get((stored_run.contact_id, stored_run.flow_version_id))
        if stored_run.access_id
        else free_rights(
            settings[stored_run.deployment_id],
            unsold=stored_run.flow_version_id in unsold,
            reviewed=reviewed,
        )
        for stored_run in stored
    }


async def list_unsold(uow: UnitOfWork, version_ids: Collection[int]) -> set[int]:
    """Those of these versions that are of courses which no tariff on sale opens."""
    sold = await store.list_sold(uow.conn, uow.account_id, version_ids)
    courses = {
        number
        for number in version_ids
        if (await flows.get_version(uow, number)).flow.kind is FlowKind.COURSE
    }
    return courses - sold


def free_rights(settings: CourseSettings, *, unsold: bool, reviewed: bool) -> frozenset[str]:
    """What those may do who came without a tariff: their work is looked at where no tariff sells the course.

    The settings of the place may say otherwise; where nobody reviews (`reviewed`: somebody of the account does, without
    a group), nothing waits for a reviewer.
    """
    wanted = unsold if _is_up_to_tariffs(settings, reviewed=reviewed) else settings.review
    has_reviewers = reviewed or settings.review_chat_id is not None
    return frozenset({FEEDBACK}) if wanted and has_reviewers else frozenset()


def _is_up_to_tariffs(settings: CourseSettings, *, reviewed: bool) -> bool:
    """Whether what is on sale decides: the place does not, and there is somebody to look at work."""
    return settings.review is None and (reviewed or settings.review_chat_id is not None)


def _place_of(stored: StoredRun) -> tuple[int | None, int | None]:
    return stored.deployment_id, stored.cohort_id


async def _load_cohort(uow: UnitOfWork, deployment_id: int | None, cohort_id: int | None) -> Cohort | None:
    if deployment_id is None or cohort_id is None:
        return None
    return await find_cohort(uow, deployment_id, cohort_id)
