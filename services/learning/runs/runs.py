"""The shell of the engine: load a run, advance it, save it with everything that follows, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.db.models.learning import run_steps
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind, RaceLost
from core.events import CourseFinished, CourseMoved, FirstLessonGiven, LessonGiven, RunFinished, RunHeld
from core.flow.definition import FlowKind
from core.flow.effects import AskPayment, Complete, Redraw, Say, WakeAt
from core.flow.engine import Advanced, advance
from core.flow.events import Entered, Event, Held, Moved, Released, Replied, Retimed
from core.flow.history import Outcome, Record, RecordEvent
from core.flow.pausing import length_of, shift
from core.flow.run import HoldReason, OpenStep, Run, RunStatus, dump_run_state
from core.flow.steps.lesson import LessonStep
from core.flow.steps.offer import OfferStep
from core.lifecycle import Priority
from services.content.schemas import FlowVersion
from services.content.settings import load_course_settings
from services.delivery import speech
from services.delivery.speech import Address, Screen
from services.delivery.timers import drop_timers, set_date
from services.learning import run_lookup
from services.learning.run_context import KnownRun, know, load_known
from services.learning.runs import effects, intake_form, reminders
from services.learning.runs.stuck import tell_of_a_stop
from services.learning.schemas import LoadedRun, StoredRun
from services.learning.store import runs as store
from services.people import contacts, variables
from services.people.schemas import Contact

BEGIN = "begin"  # kind of the timer that begins a run with its cohort
RECENT_VISITS = 20  # among which the last message of a scenario is looked for
LISTENING_RUNS = 5  # how many of a person's runs may take a reply
ACTIVE_CODES = {FlowKind.SCENARIO: "SCENARIO_ALREADY_ACTIVE"}
_ORDERS = (Held, Released, Moved)


@dataclass(frozen=True)
class NewRun:
    """What a run is begun with."""

    contact: Contact
    address: Address
    version: FlowVersion
    deployment_id: int | None = None
    access_id: int | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)  # columns of `runs` that say how they came
    waits: bool = False  # for its turn: another course is active
    by_us: bool = False  # we turn to them: it does not go before what others wait for


async def start_run(uow: UnitOfWork, new: NewRun) -> int:
    """Begin a flow for a person, or let it wait; gives the run's id.

    Raises SCENARIO_ALREADY_ACTIVE, or ALREADY_ACTIVE for other kinds, if one of its kind is active here.
    """
    run_id = await store.add_run(
        uow.conn,
        uow.account_id,
        {
            "bot_id": new.address.bot_id,
            "contact_id": new.contact.id,
            "chat_id": new.address.chat_id,
            "flow_version_id": new.version.id,
            "deployment_id": new.deployment_id,
            "access_id": new.access_id,
            **new.origin,
            "kind": new.version.flow.kind,
            "status": HoldReason.PARKED if new.waits else RunStatus.ACTIVE,
            "state": dump_run_state(Run.new()),
            "version": 0,
            "spoke_at": uow.now,
            "started_at": uow.now,
        },
    )
    if run_id is None:
        code = ACTIVE_CODES.get(new.version.flow.kind, "ALREADY_ACTIVE")
        raise DomainError(ErrorKind.CONFLICT, code, new.version.flow.slug)
    if not new.waits:
        await open_run(uow, run_id, by_us=new.by_us)
    return run_id


async def open_run(
    uow: UnitOfWork, run_id: int, dedupe_key: str | None = None, *, by_us: bool = False
) -> None:
    """Let a run take its first step; one that has begun or waits stays.

    Its deployment's fields are asked first; who has not answered when their cohort begins is asked again.
    """
    run = await run_lookup.load_run(uow, run_id)
    if run.stored.status == HoldReason.PARKED or run.stored.value.started_at is not None:
        return
    cohort = (await know(uow, run_id)).cohort
    is_early = cohort is not None and cohort.starts_at > uow.now
    if cohort and is_early:
        await set_date(uow, BEGIN, f"begin:{run_id}", cohort.starts_at, {"run_id": run_id})
    if await intake_form.ask_missing(uow, run.stored, dedupe_key):
        return
    if cohort and is_early:
        contact = await contacts.get_contact(uow, run.stored.contact_id)
        words = speech.words("course-begins", moment=speech.moment(cohort.starts_at, contact.zone))
        speech.say(uow, run.stored.address, words, dedupe_key or f"begins:{run_id}")
        return
    settings = await load_course_settings(uow, run.stored.deployment_id)
    for name, value in settings.variables.items():
        await variables.set_variable(uow, run.stored.contact_id, name, value)
    start = run.flow.step(settings.start)
    await deliver(uow, run_id, Moved(start.key) if start else Entered(by_us))


async def deliver(uow: UnitOfWork, run_id: int, event: Event) -> Outcome:
    """Let an event happen to a run; says what it did. Raises RUN_NOT_FOUND."""
    return await _happen(uow, await know(uow, run_id), event)


async def put_at(uow: UnitOfWork, run_id: int, step: str, until: datetime | None = None) -> int:
    """Put a run at a step without a word, its wait over at `until`; gives how many timers that took.

    What the step would have said is said when they come back to it. A parked run is held there.
    Raises MESSAGE_NOT_FOUND for a step the flow has not.
    """
    known = await know(uow, run_id)
    run, now = known.run, uow.now
    if run.flow.step(step) is None:
        raise DomainError(ErrorKind.NOT_FOUND, "MESSAGE_NOT_FOUND", f"{run.flow.slug} has no {step}")
    advanced = advance(run.flow, run.stored.value, Moved(step), now, known.view)
    alarms = [effect.at for effect in advanced.effects if isinstance(effect, WakeAt)]
    if until is not None and alarms:
        advanced = advance(run.flow, run.stored.value, Moved(step), now + (until - min(alarms)), known.view)
    silent = tuple(effect for effect in advanced.effects if not isinstance(effect, Say | Redraw))
    if run.stored.status == HoldReason.PARKED:
        held = advance(run.flow, advanced.run, Held(HoldReason.PARKED), now, known.view)
        advanced = replace(held, records=(*advanced.records, *held.records))
    here = advanced.run.here and replace(advanced.run.here, said=0)
    await _save(uow, run.stored, replace(advanced, run=replace(advanced.run, here=here)))
    await effects.perform(uow, run, silent, may_ask=False)
    return len(alarms)


async def go_on(uow: UnitOfWork, run_id: int) -> None:
    """Let a paused run go on, everything of it moved by the length of the pause."""
    known = await know(uow, run_id)
    stored, now = known.run.stored, uow.now
    moved = shift(stored.value, length_of(stored.value, now))
    released = advance(known.run.flow, moved, Released(), now, known.view)
    retimed = advance(known.run.flow, released.run, Retimed(), now, known.view)
    whole = replace(
        retimed,
        effects=(*released.effects, *retimed.effects),
        records=(*released.records, *retimed.records),
    )
    await _save(uow, stored, whole)
    await effects.perform(
        uow, known.run, whole.effects, may_ask=run_lookup.may_ask(known.run, known.rights or frozenset())
    )
    after = replace(known.run, stored=replace(stored, value=whole.run, version=stored.version + 1))
    _tell(uow, stored.value, after)
    await tell_of_a_stop(uow, stored.value, after)


async def stop(uow: UnitOfWork, run: LoadedRun) -> None:
    """Let nothing more happen in a run until it is moved; one that was completed stays so."""
    stored = run.stored
    await drop_timers(uow, effects.TIMER, f"run:{stored.id}:")
    if stored.value.status is RunStatus.COMPLETED:
        return
    state = dump_run_state(replace(stored.value, status=RunStatus.STOPPED, waiting=(), held_for=None))
    values = {"state": state, "finished_at": uow.now}
    if not await store.stop_run(uow.conn, uow.account_id, stored.id, stored.version, values):
        raise RaceLost(f"run {stored.id} was advanced by another unit")


async def finish(uow: UnitOfWork, run_id: int) -> None:
    """End a run that has nothing more before it, as its last step would."""
    known = await know(uow, run_id)
    stored, before = known.run.stored, known.run.stored.value
    over = replace(before, status=RunStatus.COMPLETED, here=None, waiting=(), held_for=None)
    await _save(uow, stored, Advanced(over))
    await effects.perform(uow, known.run, (Complete(visit=over.visit),), may_ask=False)
    _tell(uow, before, replace(known.run, stored=replace(stored, value=over, version=stored.version + 1)))


async def reply(uow: UnitOfWork, contact: Contact, screen: Screen, said: Replied, about: int | None) -> bool:
    """Give what a person wrote to the run it answers (`about`), else to the one that waits; False if none does."""
    bot_id = screen.to.bot_id
    candidates = await store.list_of_contact(uow.conn, uow.account_id, bot_id, contact.id, LISTENING_RUNS)
    candidates.sort(key=lambda run: run.id != about)
    for known in await load_known(uow, candidates):
        answer = await intake_form.take_answer(uow, known.run.stored, said, screen.key)
        if answer:
            await open_run(uow, known.run.stored.id)
        if answer is not None:
            return True
        if await _happen(uow, known, said) is not Outcome.IGNORED:
            return True
    return False


async def say_again(uow: UnitOfWork, run_id: int, dedupe_key: str) -> bool:
    """Repeat the last message of the latest visit that has said one and is still open; False if none has.

    In a scenario the last message counts even if nothing waits for an answer to it. An offer is made anew instead: it may have changed what is on sale, and for how much.
    """
    run = await run_lookup.load_run(uow, run_id)
    stored = run.stored
    if stored.value.started_at is None:
        await open_run(uow, run_id, dedupe_key)
        return True
    for visit in filter(None, (stored.value.here, *reversed(stored.value.open))):
        step = run.flow.step(visit.step)
        if step and step.is_settled(visit.data):
            continue
        if await say_visit_again(uow, run, visit, dedupe_key):
            return True
    if await _say_for_the_first_time(uow, run):
        return True
    latest = range(stored.value.visit, max(0, stored.value.visit - RECENT_VISITS), -1)
    return run.flow.kind is FlowKind.SCENARIO and await _say_over(uow, stored, latest, dedupe_key)


async def say_visit_again(uow: UnitOfWork, run: LoadedRun, visit: OpenStep, dedupe_key: str) -> bool:
    """Repeat the last message of a visit, an offer anew; False if it has said none."""
    step = run.flow.step(visit.step)
    if isinstance(step, OfferStep):
        ask = AskPayment(message=step.message(), tariffs=step.tariffs, visit=visit.visit)
        effects.make_offer(uow, run, ask, dedupe_key)
        return True
    return await _say_over(uow, run.stored, (visit.visit,), dedupe_key)


async def _say_over(uow: UnitOfWork, stored: StoredRun, visits: Sequence[int], dedupe_key: str) -> bool:
    """Repeat the last message of these visits; False if they have said none."""
    refs = [effects.ref_of(stored.id, visit) for visit in visits]
    said = await store.find_last_said(uow.conn, uow.account_id, stored.bot_id, refs)
    if said is not None:
        effects.say_over(uow, stored, said, dedupe_key, Priority.INTERACTIVE)
    return said is not None


async def _say_for_the_first_time(uow: UnitOfWork, run: LoadedRun) -> bool:
    """Enter the step of a run that was put there in silence, if it wants something of them."""
    here = run.stored.value.here
    step = run.flow.step(here.step) if here and not here.said else None
    if here is None or step is None or step.expects(here.data) is None:
        return False
    return await deliver(uow, run.stored.id, Moved(step.key)) is Outcome.MOVED


async def retime_runs(uow: UnitOfWork, contact_id: int) -> None:
    """Let the lessons a person waits for follow their changed zone or hour."""
    for stored in await store.list_with_status(uow.conn, uow.account_id, contact_id, store.ACTIVE):
        await deliver(uow, stored.id, Retimed())


async def _happen(uow: UnitOfWork, known: KnownRun, event: Event) -> Outcome:
    """Access is checked at everything that happens: a run whose access is closed is held first."""
    stored = known.run.stored
    if known.contact.is_stranger(uow.now):
        uow.strangers.add(stored.chat_id)
    if known.rights is None and stored.value.status is RunStatus.ACTIVE and not isinstance(event, _ORDERS):
        held, _ = await _advance(uow, known, Held(HoldReason.NO_ACCESS))
        uow.publish(RunHeld(stored.id, held.stored.version))
        await _advance(uow, replace(known, run=held), event)
        return Outcome.STAYED
    return (await _advance(uow, known, event))[1]


async def _advance(uow: UnitOfWork, known: KnownRun, event: Event) -> tuple[LoadedRun, Outcome]:
    run, before = known.run, known.run.stored.value
    advanced = advance(run.flow, before, event, uow.now, known.view)
    if advanced.run == before:
        # A timer that was early changes nothing, and is set anew.
        await effects.perform(uow, run, advanced.effects, may_ask=False)
        return run, advanced.outcome
    await _save(uow, run.stored, advanced)
    await effects.perform(
        uow, run, advanced.effects, may_ask=run_lookup.may_ask(run, known.rights or frozenset())
    )
    after = replace(run, stored=replace(run.stored, value=advanced.run, version=run.stored.version + 1))
    _tell(uow, before, after)
    _tell_lessons(uow, before, after, advanced.records)
    await tell_of_a_stop(uow, before, after)
    await reminders.follow(uow, known, event, advanced.run)
    if after.stored.external_id is not None and advanced.outcome is Outcome.MOVED:
        uow.publish(CourseMoved(after.stored.id))
    return after, advanced.outcome


def _tell(uow: UnitOfWork, before: Run, run: LoadedRun) -> None:
    after = run.stored.value
    if run.flow.kind is FlowKind.OUTREACH and after.status is RunStatus.COMPLETED is not before.status:
        uow.publish(RunFinished(run.stored.id))
    if run.flow.kind is not FlowKind.COURSE:
        return
    if before.last_lesson is None and after.last_lesson is not None:
        uow.publish(FirstLessonGiven(run.stored.id))
    if after.status is RunStatus.COMPLETED is not before.status:
        uow.publish(CourseFinished(run.stored.id))


def _tell_lessons(uow: UnitOfWork, before: Run, run: LoadedRun, records: Sequence[Record]) -> None:
    if run.flow.kind is not FlowKind.COURSE or run.stored.value.last_lesson == before.last_lesson:
        return
    for record in records:
        is_sent = record.event in {RecordEvent.LISTENING, RecordEvent.LEFT} and record.step is not None
        if is_sent and isinstance(run.flow.step(record.step or ""), LessonStep):
            uow.publish(LessonGiven(run.stored.id, record.step or "", record.visit))


async def _save(uow: UnitOfWork, stored: StoredRun, advanced: Advanced) -> None:
    over = advanced.run.status in {RunStatus.COMPLETED, RunStatus.STOPPED}
    values = {
        "state": dump_run_state(advanced.run),
        "status": HoldReason.PARKED if stored.status == HoldReason.PARKED else advanced.run.status,
        "spoke_at": uow.now,
        "finished_at": uow.now if over else None,
    }
    if not await store.save_run(uow.conn, uow.account_id, stored.id, stored.version, values):
        raise RaceLost(f"run {stored.id} was advanced by another unit")
    for record in advanced.records:
        uow.append(
            run_steps,
            {
                "account_id": uow.account_id,
                "run_id": stored.id,
                "step": record.step or "",
                "visit": record.visit,
                "event": record.event,
                "answer": record.answer,
                "score": record.score and record.score.points,
                "max_score": record.score and record.score.maximum,
                "at": uow.now,
            },
        )
