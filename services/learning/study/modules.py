"""The modules of a course: how they did in each, and the ways to the one before, the next, and this one once more."""

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow
from core.flow.events import Moved
from core.flow.run import RunStatus
from core.flow.scoring import Score, total_score
from core.presses import PressKind
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Screen, Words
from services.learning import run_lookup
from services.learning.runs import runs
from services.learning.schemas import LoadedRun
from services.learning.store import lessons as store
from services.people.schemas import Contact

GO = PressKind.MODULE_OPEN  # kind of the buttons to a module: run-visit-place, only from the visit one is at


async def show_modules(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """List the modules with their score in each; raises PAYMENT_REQUIRED if they are in no course."""
    run = await _get_current(uow, contact, screen.to)
    names = run.flow.modules()
    if not names:
        speech.show(uow, screen, speech.words("modules-none"))
        return
    here = _module_here(run)
    lines = [_describe(run, name, is_here=name == here) for name in names]
    heading = speech.words("modules-list", course=speech.named(run.flow.name))
    ways = await _ways(uow, run)
    buttons: Keyboard = [
        [speech.button(speech.words(f"modules-{way}", module=name), GO, _target(run, names.index(name)))]
        for way, name in ways.items()
    ]
    speech.show(uow, screen, speech.lines(heading, speech.lines(*lines, gap="\n")), buttons)


async def go_to(uow: UnitOfWork, contact: Contact, to: Address, target: str) -> None:
    """Go to the beginning of a module; raises MODULE_CLOSED for one there is no way to from where they are now."""
    run = await _get_current(uow, contact, to)
    ways = (await _ways(uow, run)).values()
    targets = {_target(run, place): name for place, name in enumerate(run.flow.modules()) if name in ways}
    if target not in targets:
        raise DomainError(ErrorKind.CONFLICT, "MODULE_CLOSED", target)
    await runs.deliver(uow, run.stored.id, Moved(first_of(run.flow, targets[target])))


def _target(run: LoadedRun, place: int) -> str:
    return f"{run.stored.id}-{run.stored.value.visit}-{place}"


def first_of(flow: Flow, module: str) -> str:
    """The key of a module's first step."""
    return next(step.key for step in flow.steps if flow.module_of(step.key) == module)


def score_lines(run: LoadedRun) -> list[Words]:
    """Their score in all and by module, as far as there is one."""
    scores = run.stored.value.scores
    if not scores:
        return []
    parts = [(name, _score(run, name)) for name in run.flow.modules()]
    counted = [_scored(name, score) for name, score in parts if score.maximum]
    whole = speech.words("progress-score", **_points(total_score(scores)))
    return [speech.lines(whole, *(counted if len(counted) > 1 else ()), gap="\n")]


async def _ways(uow: UnitOfWork, run: LoadedRun) -> dict[str, str]:
    """Where they may go, by the word for the way: what they have been in already, or anything where all is open."""
    here, value = _module_here(run), run.stored.value
    if here is None or value.status is not RunStatus.ACTIVE:
        return {}
    records = await store.list_records(uow.conn, uow.account_id, run.stored.id)
    reached = {run.flow.module_of(record.step) for record in records} | {here}
    ways = {
        "previous": run.flow.previous_module(here),
        "again": here,
        "next": run.flow.next_module(here),
    }
    return {way: name for way, name in ways.items() if name and (run.stored.open_all or name in reached)}


def _module_here(run: LoadedRun) -> str | None:
    return run.flow.module_of(run.stored.value.step) if run.stored.value.step else None


def _describe(run: LoadedRun, name: str, *, is_here: bool) -> Words:
    score = _score(run, name)
    line = _scored(name, score) if score.maximum else speech.words("modules-plain", module=name)
    return speech.words("modules-here", line=line) if is_here else line


def _score(run: LoadedRun, name: str) -> Score:
    return total_score(run.stored.value.scores, f"{name}_")


def _scored(name: str, score: Score) -> Words:
    return speech.words("modules-score", module=name, **_points(score))


def _points(score: Score) -> dict[str, str]:
    return {"points": f"{score.points:g}", "maximum": f"{score.maximum:g}"}


async def _get_current(uow: UnitOfWork, contact: Contact, to: Address) -> LoadedRun:
    current = await run_lookup.find_current(uow, contact, to.bot_id)
    if current is None:
        raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
    return await run_lookup.load_flow(uow, current)
