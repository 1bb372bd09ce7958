"""What was chosen at a publication is carried out, by whichever process is there; drafts reach nobody before."""

import pytest

from core.db.models.content import flow_versions, flows
from core.db.models.delivery import timers
from core.db.models.learning import runs
from core.db.session import Database
from core.errors import DomainError
from core.flow.definition import Flow
from core.flow.events import Entered, Moved
from core.flow.versions import MoveChoice
from services.content.drafts import get_draft, save_draft
from services.content.flows import get_latest_version, publish_flow
from services.delivery.timers import fire_due
from services.learning.runs import version_migration
from services.learning.runs.runs import deliver
from tests.factories.accounts import COURSE_BOT
from tests.factories.flows import make_course
from tests.factories.persons import ANNA, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import add_tariff
from tests.factories.studies import add_run
from tests.fakes.clock import StillClock

ASK = {"key": "ask", "type": "message", "text": "Ready?", "button": "Go"}
END = {"key": "end", "type": "end"}
OLD = make_course(steps=[ASK, END])
NEW = make_course(steps=[{**ASK, "text": "Really ready?"}, END])
EMPTIER = make_course(steps=[{**ASK, "key": "first", "text": "Hello"}])


@pytest.fixture
async def people(db: Database) -> list[int]:
    """Three at the first step of the first version."""
    async with db.unit(1) as uow:
        version = await publish_flow(uow, OLD)
        begun = [
            await add_run(uow, await add_contact(uow, ANNA + n), COURSE_BOT, version.id) for n in range(3)
        ]
        for run_id in begun:
            await deliver(uow, run_id, Entered())
        return begun


async def test_a_process_carries_out_what_another_began(
    db: Database, people: list[int], clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version_migration, "BATCH", 2)
    async with db.unit(1) as uow:
        version = await version_migration.publish(uow, NEW, MoveChoice.RESEND)
    assert {row.flow_version_id for row in await read_rows(db, runs)} == {version.id - 1}
    while await fire_due(db):
        clock.advance(seconds=1)
    moved = await read_rows(db, runs)
    assert [row.flow_version_id for row in moved] == [version.id] * len(people)
    assert [row.state["visit"] for row in moved] == [2, 2, 2]
    assert await read_rows(db, timers) == []


async def test_who_stands_on_one_step_stays_while_others_move(
    db: Database, people: list[int], clock: StillClock
) -> None:
    first = make_course(steps=[ASK, {**ASK, "key": "again"}, END])
    async with db.unit(1) as uow:
        await version_migration.publish(uow, first, MoveChoice.MOVE)
        await version_migration.move_some(uow, (await get_latest_version(uow, 1)).id, MoveChoice.MOVE)
        await deliver(uow, people[0], Moved("again"))
    for choice, by_step, moved in (
        (MoveChoice.MOVE, {"again": MoveChoice.STAY}, people[1:]),
        (MoveChoice.STAY, {"again": MoveChoice.RESEND}, people[:1]),
    ):
        newer = make_course(steps=[ASK, {**ASK, "key": "again", "text": f"Now {choice}?"}, END])
        async with db.unit(1) as uow:
            version = await version_migration.publish(uow, newer, choice, by_step)
        while await fire_due(db):
            clock.advance(seconds=1)
        inside = [row.id for row in await read_rows(db, runs) if row.flow_version_id == version.id]
        assert inside == moved


async def test_nothing_behind_ends_the_course(db: Database, people: list[int]) -> None:
    async with db.unit(1) as uow:
        version = await version_migration.publish(uow, EMPTIER, MoveChoice.MOVE)
        assert await version_migration.move_some(uow, version.id, MoveChoice.MOVE) == len(people)
        assert await version_migration.move_some(uow, version.id, MoveChoice.MOVE) == 0
    assert {row.status for row in await read_rows(db, runs)} == {"completed"}


async def test_who_stands_where_is_said_before(db: Database, people: list[int]) -> None:
    async with db.unit(1) as uow:
        found = await version_migration.survey(uow, NEW)
    assert (found.people, found.touched, found.changes.changed) == (len(people), len(people), ("ask",))
    assert found.standing == (version_migration.Standing("ask", 3, "changed"),)


async def test_a_draft_reaches_nobody_until_it_is_published(db: Database, people: list[int]) -> None:
    async with db.unit(1) as uow:
        flow_id = await save_draft(uow, NEW)
        assert (await get_latest_version(uow, flow_id)).flow == OLD
        assert await get_draft(uow, NEW.slug) == NEW
        await version_migration.publish(uow, NEW, MoveChoice.STAY)
        with pytest.raises(DomainError, match="DRAFT_NOT_FOUND"):
            await get_draft(uow, NEW.slug)
    assert len(await read_rows(db, flow_versions)) == 2
    assert {row.draft for row in await read_rows(db, flows)} == {None}
    assert len({row.flow_version_id for row in await read_rows(db, runs)}) == 1


async def test_an_earlier_version_comes_back_as_the_newest(db: Database, people: list[int]) -> None:
    async with db.unit(1) as uow:
        await version_migration.publish(uow, NEW, MoveChoice.STAY)
        assert await version_migration.restore(uow, NEW.slug, None) == OLD
        again = await version_migration.publish(
            uow, await version_migration.restore(uow, NEW.slug, 1), MoveChoice.STAY
        )
        assert (again.number, again.flow) == (3, OLD)
        with pytest.raises(DomainError, match="VERSION_NOT_FOUND"):
            await version_migration.restore(uow, NEW.slug, 9)


async def test_a_branch_that_asks_about_a_name_nothing_has_is_refused_with_its_place(db: Database) -> None:
    def asking(tariff: str) -> Flow:
        case = {"when": "has_paid", "params": {"tariff": tariff}, "goto": "end"}
        return make_course(steps=[{"key": "fork", "type": "branch", "cases": [case]}, END])

    async with db.unit(1) as uow:  # what is sold of a course comes after its first version
        first = await version_migration.publish(uow, asking("premium"), MoveChoice.STAY)
        await add_tariff(uow, first.flow_id, "premium")
        with pytest.raises(DomainError, match=r"steps\.0.*premum.*premium"):
            await version_migration.publish(uow, asking("premum"), MoveChoice.STAY)
        await version_migration.publish(uow, asking("premium"), MoveChoice.STAY)
    assert len(await read_rows(db, flow_versions)) == 1


async def test_what_cannot_run_is_not_published(db: Database) -> None:
    unknown = {"key": "fork", "type": "branch", "cases": [{"when": "weather", "goto": "end"}]}
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match="weather"):
            await version_migration.publish(uow, make_course(steps=[unknown, END]), MoveChoice.STAY)
    assert await read_rows(db, flows) == []
