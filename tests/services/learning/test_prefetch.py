"""What many runs need is loaded at once, and serves once; nobody sees too late what another timer has changed."""

from core.db.models.learning import runs
from core.db.session import Database, UnitOfWork
from core.flow.events import Entered, Pressed
from core.flow.history import Outcome
from services.content.flows import publish_flow
from services.delivery.timers import fire_due
from services.learning.run_context import prefetch
from services.learning.runs.runs import deliver
from services.people.schemas import Contact
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.flows import make_course
from tests.factories.persons import ANNA, add_contact
from tests.factories.rows import read_rows
from tests.factories.studies import add_run
from tests.fakes.clock import StillClock

WAIT = {"key": "wait", "type": "delay", "wait": "1d"}
ASK = {"key": "ask", "type": "message", "text": "Ready?", "button": "Next"}
SET = {"key": "set", "type": "set", "name": "word", "value": "said"}
END = {"key": "end", "type": "end"}
SPLIT = {
    "key": "split",
    "type": "branch",
    "cases": [{"when": "variable", "params": {"name": "word", "value": "said"}, "goto": "end"}],
}


async def begin(uow: UnitOfWork, contact: Contact, *steps: object, bot_id: int = COURSE_BOT) -> int:
    slug = f"course{contact.telegram_id}-{bot_id}"
    version = await publish_flow(uow, make_course(slug, steps=steps))
    run_id = await add_run(uow, contact, bot_id, version.id)
    await deliver(uow, run_id, Entered())
    return run_id


async def test_what_is_loaded_ahead_serves_once(db: Database) -> None:
    async with db.unit(1) as uow:
        run_id = await begin(uow, await add_contact(uow), ASK, {**ASK, "key": "again"})
        await prefetch(uow, [run_id])
        assert len(uow.ahead) == 1
        assert await deliver(uow, run_id, Pressed(1, "1")) is Outcome.MOVED
        assert uow.ahead == {}
        assert await deliver(uow, run_id, Pressed(1, "1")) is Outcome.STALE
        assert await deliver(uow, run_id, Pressed(2, "1")) is Outcome.MOVED


async def test_a_tick_moves_everybody_once(db: Database, clock: StillClock) -> None:
    async with db.unit(1) as uow:
        people = [await add_contact(uow, ANNA + n) for n in range(5)]
        begun = [await begin(uow, one, WAIT, ASK) for one in people]
    clock.advance(days=1)
    assert await fire_due(db) == len(begun)
    assert [row.state["here"]["step"] for row in await read_rows(db, runs)] == ["ask"] * len(begun)
    assert {row.version for row in await read_rows(db, runs)} == {2}


async def test_two_runs_of_one_person_are_not_loaded_together(db: Database, clock: StillClock) -> None:
    """What the first of them sets, the second sees, though both are due in one tick."""
    async with db.unit(1) as uow:
        anna = await add_contact(uow)
        first = await begin(uow, anna, WAIT, SET)
        second = await begin(uow, anna, WAIT, SPLIT, ASK, END, bot_id=SALES_BOT)
        await prefetch(uow, [first, second])
        assert uow.ahead == {}
    clock.advance(days=1)
    assert await fire_due(db) == 2
    assert {row.status for row in await read_rows(db, runs)} == {"completed"}
