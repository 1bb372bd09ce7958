"""People who were read are put where they were: runs, histories, talks, timers, bans and lists, all in one unit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError
from core.flow.definition import Flow
from core.flow.run import HoldReason, Run, RunStatus, dump_run_state
from core.flow.scoring import Score
from core.flow.steps.dialog import DialogStep
from services.content.entry.participants import add_participants, read_entry
from services.content.entry.tokens import find_course
from services.content.flows import get_latest_version
from services.content.importing.report import Tick, Why, quietly
from services.content.schemas import DeployedCourse
from services.content.settings import load_course_settings
from services.learning.dialogs import ASSISTANT, USER
from services.learning.runs import runs
from services.learning.runs.past import PastVisit, add_past_answer, add_past_turn
from services.learning.store import people_import as store
from services.learning.store.runs import add_run
from services.people.contacts import meet_people
from services.people.schemas import Contact, Encounter
from services.workflows.people_import.reader import People, Person
from services.workflows.people_import.rows import TurnRow

PEOPLE_AT_ONCE = 500
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_OF_MODEL = frozenset({"assistant", "bot", "ai", "model"})


@dataclass(frozen=True)
class TargetCourse:
    """A course here: its newest version and where it is deployed."""

    course: DeployedCourse
    version_id: int
    flow: Flow


@dataclass
class ImportedPeople:
    """How many came with the tables; who was in their course already is left as they are."""

    runs: int = 0
    records: int = 0
    timers: int = 0
    bans: int = 0
    participants: int = 0
    known: int = 0


@dataclass
class Plan:
    """Where everybody goes, and which of them are new."""

    targets: dict[str, TargetCourse] = field(default_factory=dict)
    persons: list[Person] = field(default_factory=list)
    known: int = 0


async def plan_people(uow: UnitOfWork, people: People, bot_id: int) -> Plan:
    """Check all that was read against the courses of a bot; what does not fit is noted in the report."""
    plan = Plan()
    for course in sorted({person.course for person in people.persons} | people.listed.keys()):
        target = await _find_target(uow, course, bot_id)
        if target is None:
            table = "courseparticipants" if course in people.listed else "run"
            people.notes(table).error(0, Why.NO_SUCH_COURSE, course=course[:100])
        else:
            plan.targets[course] = target
    _check_elements(people, plan.targets)
    for word in (word for words in people.listed.values() for word in words):
        try:
            read_entry(word)
        except DomainError:
            people.notes("courseparticipants").error(0, Why.BAD_NAME, name=word[:100])
    if not people.report.errors:
        await _leave_out_known(uow, people, plan, bot_id)
    return plan


async def _find_target(uow: UnitOfWork, slug: str, bot_id: int) -> TargetCourse | None:
    try:
        course = await find_course(uow, bot_id, slug)
    except DomainError:
        return None
    version = await get_latest_version(uow, course.deployment.flow_id)
    return TargetCourse(course, version.id, version.flow)


def _check_elements(people: People, targets: Mapping[str, TargetCourse]) -> None:
    for person in people.persons:
        step, target = _standing(person), targets.get(person.course)
        if target is not None and step is not None and target.flow.step(step) is None:
            table, line = ("waiting", person.wait.line) if person.wait else ("run", person.run.line)
            people.notes(table).error(
                line, Why.NO_SUCH_ELEMENT, element=step[:100], course=person.course[:100]
            )


async def _leave_out_known(uow: UnitOfWork, people: People, plan: Plan, bot_id: int) -> None:
    flows = [target.course.deployment.flow_id for target in plan.targets.values()]
    known = await store.list_known(uow.conn, uow.account_id, bot_id, flows)
    for person in people.persons:
        key = (person.run.chat_id, plan.targets[person.course].course.deployment.flow_id)
        if key in known:
            plan.known += 1
        else:
            plan.persons.append(person)


async def write_people(
    uow: UnitOfWork, people: People, plan: Plan, bot_id: int, tick: Tick = quietly
) -> ImportedPeople:
    """Carry out a plan without errors; nobody is written to."""
    imported = ImportedPeople(known=plan.known)
    contacts = await _meet(uow, plan, bot_id)
    # Of several courses under way the one that moved last is the active one; the others wait.
    for person in sorted(plan.persons, key=_last_moved, reverse=True):
        await _write_run(
            uow, _Arrival(person, plan.targets[person.course], contacts[person.run.chat_id], bot_id), imported
        )
        tick(person.course, 1)
    for course, words in people.listed.items():
        deployment = plan.targets[course].course.deployment
        imported.participants += await add_participants(uow, deployment, words)
    return imported


def _batched(whole: Iterable[Encounter], size: int) -> Iterator[list[Encounter]]:
    """In lists of at most `size`."""
    rest = iter(whole)
    while part := list(islice(rest, size)):
        yield part


async def _meet(uow: UnitOfWork, plan: Plan, bot_id: int) -> dict[int, Contact]:
    found_met: dict[int, Contact] = {}
    seen = {
        person.run.chat_id: Encounter(
            account_id=uow.account_id,
            bot_id=bot_id,
            telegram_id=person.run.chat_id,
            first_name=person.run.name or person.run.username or "",
            last_name="",
            username=(person.run.username or "").removeprefix("@") or None,
            language_code=None,
            in_private=True,
        )
        for person in plan.persons
    }
    for batch in _batched(seen.values(), PEOPLE_AT_ONCE):
        met = await meet_people(uow.conn, uow.env, uow.now, batch)
        found_met |= {telegram_id: contact for (_, telegram_id), contact in met.items()}
    return found_met


@dataclass(frozen=True)
class _Arrival:
    person: Person
    target: TargetCourse
    contact: Contact
    bot_id: int

    def row(self, uow: UnitOfWork, value: Run) -> dict[str, Any]:
        run = self.person.run
        return {
            "bot_id": self.bot_id,
            "contact_id": self.contact.id,
            "chat_id": self.contact.telegram_id,
            "flow_version_id": self.target.version_id,
            "deployment_id": self.target.course.deployment.id,
            "utm": run.utm,
            "kind": self.target.flow.kind,
            "state": dump_run_state(value),
            "version": 0,
            "spoke_at": _last_moved(self.person),
            "started_at": run.started_at or uow.now,
            "finished_at": (run.finished_at or uow.now) if _is_over(self.person) else None,
        }


async def _write_run(uow: UnitOfWork, arrival: _Arrival, imported: ImportedPeople) -> None:
    person, over = arrival.person, _is_over(arrival.person)
    visits = _visits(person.turns)
    step = None if over else _standing(person)
    value = Run(
        status=RunStatus.COMPLETED if over else RunStatus.ACTIVE,
        started_at=(person.run.started_at or uow.now) if over or step else None,
        visit=max(visits, default=0),
        scores={turn.element: _score(turn) for turn in person.turns if turn.score is not None},
    )
    row = arrival.row(uow, value)
    run_id = await add_run(uow.conn, uow.account_id, {**row, "status": value.status})
    if run_id is None:
        run_id = await add_run(uow.conn, uow.account_id, {**row, "status": HoldReason.PARKED})
    assert run_id is not None, "a parked run is refused by nobody"  # noqa: S101
    _remember(uow, run_id, arrival, visits)
    if step is not None:
        imported.timers += await runs.put_at(uow, run_id, step, person.wait.until if person.wait else None)
    if person.ban is not None:
        settings = await load_course_settings(uow, arrival.target.course.deployment.id)
        await store.ban(uow.conn, uow.account_id, run_id, settings.ai_limit, person.ban.at or uow.now)
        imported.bans += 1
    imported.runs += 1
    imported.records += len(person.turns)


def _remember(uow: UnitOfWork, run_id: int, arrival: _Arrival, visits: list[int]) -> None:
    """The history: what they talked with a model is a talk, everything else an answer or a lesson given."""
    for number, (turn, visit) in enumerate(zip(arrival.person.turns, visits, strict=True)):
        at = turn.at or arrival.person.run.started_at or uow.now
        target = PastVisit(run_id, turn.element, visit, at)
        is_ours = (turn.role or USER).lower() in _OF_MODEL
        if isinstance(arrival.target.flow.step(turn.element), DialogStep):
            add_past_turn(uow, target, number, ASSISTANT if is_ours else USER, turn.text or "")
        else:
            score = _score(turn) if turn.score is not None else None
            add_past_answer(uow, target, None if is_ours else turn.text, score)


def _visits(turns: list[TurnRow]) -> list[int]:
    """The number of the visit each row belongs to: what follows one another about one element is one visit."""
    visits: list[int] = []
    for number, turn in enumerate(turns):
        is_new = number == 0 or turns[number - 1].element != turn.element
        visits.append((visits[-1] if visits else 0) + is_new)
    return visits


def _score(turn: TurnRow) -> Score:
    points = turn.score or 0.0
    return Score(points, max(points, 1.0) if turn.maximum is None else turn.maximum)


def _standing(person: Person) -> str | None:
    """Where they stand: what they wait at, else what their run says, else what was talked about last."""
    if person.wait is not None:
        return person.wait.element
    return person.run.element or (person.turns[-1].element if person.turns else None)


def _is_over(person: Person) -> bool:
    return person.run.is_finished or person.run.finished_at is not None


def _last_moved(person: Person) -> datetime:
    moments = [person.run.finished_at, person.run.started_at, *(turn.at for turn in person.turns[-1:])]
    return max((moment for moment in moments if moment is not None), default=LONG_AGO)
