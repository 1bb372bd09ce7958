"""Exceptions for one student: a lesson once more or now, all of them open, a step passed over or taken again."""

from core.db.session import UnitOfWork
from core.flow.events import Hurried, Moved, Retimed
from core.flow.history import Outcome
from core.flow.run import RunStatus
from core.flow.steps.lesson import LessonStep
from core.lifecycle import Priority
from services.delivery.timers import drop_timers
from services.learning import run_lookup
from services.learning.runs import effects, runs
from services.learning.schemas import LoadedRun
from services.learning.store import lessons as store
from services.learning.store import runs as runs_store


async def repeat_last_lesson(uow: UnitOfWork, run_id: int, dedupe_key: str) -> bool:
    """Say the lesson a run gave last once more, all of its messages; False if it has given none."""
    run = await run_lookup.load_run(uow, run_id)
    visit = await _find_last_lesson(uow, run)
    if visit is None:
        return False
    stored, ref = run.stored, effects.ref_of(run_id, visit[1])
    key = f"run:{run_id}:{visit[0]}:{visit[1]}:"
    said = await store.list_said(uow.conn, uow.account_id, stored.bot_id, stored.chat_id, ref, key)
    for n, effect in enumerate(said):
        effects.say_over(uow, stored, effect, f"{dedupe_key}:{n}", Priority.LESSON)
    return bool(said)


async def open_next_lesson(uow: UnitOfWork, run_id: int) -> bool:
    """Let what a run waits for come now, whatever the hour; False if it waits for no hour."""
    visit = (await run_lookup.load_run(uow, run_id)).stored.value.visit
    if await runs.deliver(uow, run_id, Hurried(visit)) in {Outcome.STALE, Outcome.IGNORED}:
        return False
    await drop_timers(uow, effects.TIMER, f"run:{run_id}:{visit}:")
    return True


async def open_all_lessons(uow: UnitOfWork, run_id: int) -> None:
    """Let no lesson of a run wait for its day any more; what waits now comes."""
    await runs_store.set_open_all(uow.conn, uow.account_id, run_id)
    await runs.deliver(uow, run_id, Retimed())


async def skip_step(uow: UnitOfWork, run_id: int) -> bool:
    """Go on behind the step a run stands on, as if it were over; False if it stands on none."""
    run = await run_lookup.load_run(uow, run_id)
    key = run.stored.value.step
    if key is None or run.stored.value.status is not RunStatus.ACTIVE:
        return False
    following = run.flow.after(key)
    if following is None:
        await runs.finish(uow, run_id)
        return True
    return await runs.deliver(uow, run_id, Moved(following.key)) is Outcome.MOVED


async def send_back(uow: UnitOfWork, run_id: int, key: str) -> bool:
    """Put a run on a step of its course once more; False if there is no such step, or the run is held or over."""
    run = await run_lookup.load_run(uow, run_id)
    if run.stored.value.status is not RunStatus.ACTIVE or run.flow.step(key) is None:
        return False
    return await runs.deliver(uow, run_id, Moved(key)) is Outcome.MOVED


async def _find_last_lesson(uow: UnitOfWork, run: LoadedRun) -> tuple[str, int] | None:
    for step, visit in await store.list_visits(uow.conn, uow.account_id, run.stored.id):
        if isinstance(run.flow.step(step), LessonStep):
            return step, visit
    return None
