"""Buttons of visits that are over: what they showed is shown again, and the run stays where it is."""

import json
from datetime import timedelta

from core.db.session import UnitOfWork
from core.flow.events import Pressed
from core.flow.old_presses import OldWay, find_way
from core.flow.run import OpenStep, RunStatus
from core.flow.steps import Step
from core.flow.steps.choosing import ChoosingStep, Option
from core.text.template import find_variables
from core.text.wording import fold
from services.learning.run_context import KnownRun, know
from services.learning.runs import effects, runs
from services.learning.schemas import SaidCall, StoredRun
from services.learning.store import runs as store

JUST_NOW = timedelta(minutes=1)
"""What was said so lately is before their eyes; an old button pressed again and again speaks once in such a time."""
_SHOWS = (RunStatus.ACTIVE, RunStatus.COMPLETED)


async def show_again(uow: UnitOfWork, run_id: int, press: Pressed) -> bool:
    """Say what an old button led to, as far as it is words; False where it led to an act, or is not old.

    Nothing is kept, asked of others or counted. Where the run stands at the end of that way, its own last
    message follows, with buttons that work.
    """
    known = await know(uow, run_id)
    way = await _find_way(uow, known, press)
    if way is None:
        return False
    here = known.run.stored.value.here
    stands = here if here and way.stop and way.stop.key == here.step else None
    if not way.words and stands is None:
        return False
    if not await _is_just_said(uow, run_id, way.steps):
        minute = int(uow.now.timestamp() // JUST_NOW.total_seconds())
        await _say(uow, known, way, stands, f"again:{run_id}:{press.visit}:{press.option}:{minute}")
    return True


async def _find_way(uow: UnitOfWork, known: KnownRun, press: Pressed) -> OldWay | None:
    """Where it led; a wait that nobody has waited for is not cut short."""
    stored = known.run.stored
    living = {visit.visit for visit in (stored.value.here, *stored.value.open) if visit}
    if stored.value.status not in _SHOWS or press.visit in living or known.rights is None:
        return None
    key = await store.find_step_of(uow.conn, uow.account_id, stored.id, press.visit)
    way = find_way(known.run.flow, key, press.option) if key else None
    if way is None or not await _says_so_still(uow, stored, press, way.option):
        return None
    return None if way.option.wait and not await _was_there(uow, stored.id, way.steps) else way


async def _says_so_still(uow: UnitOfWork, stored: StoredRun, press: Pressed, option: Option) -> bool:
    """Whether the button bears these words: a version since may have another one in its place."""
    ref = effects.ref_of(stored.id, press.visit)
    said = await store.find_last_said(uow.conn, uow.account_id, stored.bot_id, [ref])
    target = f".{stored.id}-{press.visit}-{press.option}."
    shown = [button["text"] for button in _list_buttons(said) if target in button.get("callback_data", "")]
    words = {fold(text) for text in option.text.values()}
    is_template = any(find_variables(text) for text in option.text.values())
    return is_template or not shown or fold(shown[0]) in words


def _list_buttons(said: SaidCall | None) -> list[dict[str, str]]:
    """The buttons below a message as they were sent."""
    markup = json.loads(said.payload).get("reply_markup", {}) if said else {}
    return [button for row in markup.get("inline_keyboard", ()) for button in row]


async def _was_there(uow: UnitOfWork, run_id: int, steps: tuple[Step, ...]) -> bool:
    first = steps[0].key if steps else ""
    return await store.find_last_visit(uow.conn, uow.account_id, run_id, first) is not None


async def _is_just_said(uow: UnitOfWork, run_id: int, steps: tuple[Step, ...]) -> bool:
    last = await store.find_last_visit(uow.conn, uow.account_id, run_id, steps[0].key)
    return last is not None and uow.now - last[1] < JUST_NOW


async def _say(uow: UnitOfWork, known: KnownRun, way: OldWay, stands: OpenStep | None, key: str) -> None:
    for number, step in enumerate(way.words):
        if stands is None or step.key != stands.step:
            await _say_words(uow, known, step, f"{key}:{number}")
    if stands is not None:
        await runs.say_visit_again(uow, known.run, stands, f"{key}:here")


async def _say_words(uow: UnitOfWork, known: KnownRun, step: ChoosingStep, key: str) -> None:
    """The step's words as they are now, with its options where they have had them before."""
    run_id, words = known.run.stored.id, step.own_words(known.view)
    last = await store.find_last_visit(uow.conn, uow.account_id, run_id, step.key)
    visit = last[0] if last else known.run.stored.value.visit
    message = step.with_options(words) if last else words
    await effects.say_words(uow, known.run, message, visit, key)
