"""Publishing: the same again changes nothing, a change is the next version, a version never changes."""

import asyncio

import pytest

from core.db.models.content import deployments, flow_versions, flows, link_names
from core.db.session import Database
from core.errors import DomainError
from services.content import flows as publishing
from services.content.deployments import deploy_flow, get_deployment
from services.content.flows import get_flow_id, get_latest_version, get_version, publish_flow
from services.content.schemas import FlowVersion
from tests.factories.accounts import COURSE_BOT
from tests.factories.flows import make_course
from tests.factories.rows import count_rows, read_heard, read_rows
from tests.factories.shops import Shop


async def _publish(db: Database, slug: str = "new", name: str = "One") -> FlowVersion:
    async with db.unit(1) as uow:
        return await publish_flow(uow, make_course(slug, name=name))


async def test_publishing_the_same_again_changes_nothing(db: Database) -> None:
    first = await _publish(db)
    before = await read_rows(db, flow_versions)
    assert await _publish(db) == first
    assert await read_heard(db, "flow") == [("flow", first.flow_id)], (
        "whoever watches it hears of one version"
    )
    assert await read_rows(db, flow_versions) == before
    assert [await count_rows(db, table) for table in (flows, link_names)] == [1, 1]


async def test_a_change_is_the_next_version_and_the_old_one_stays(db: Database) -> None:
    first, second = await _publish(db, name="One"), await _publish(db, name="Two")
    assert (first.number, second.number, first.flow_id) == (1, 2, second.flow_id)
    async with db.unit(1) as uow:
        assert (await get_version(uow, first.id)).flow == first.flow
        assert (await get_latest_version(uow, first.flow_id)).id == second.id
    assert [row.name for row in await read_rows(db, flows)] == ["Two"]


async def test_going_back_to_an_older_text_is_a_version_too(db: Database) -> None:
    numbers = [(await _publish(db, name=name)).number for name in ("One", "Two", "One")]
    assert numbers == [1, 2, 3]


async def test_a_version_is_read_as_it_was_published(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await _publish(db)
    publishing._parsed.clear()
    async with db.unit(1) as uow:
        assert await get_version(uow, made.id) == made
        assert (await get_version(uow, made.id)).flow is (await get_version(uow, made.id)).flow  # parsed once


async def test_what_is_kept_parsed_has_an_end(db: Database) -> None:
    publishing._parsed.clear()
    publishing._parsed.update({str(n): make_course() for n in range(publishing.KEPT_FLOWS)})
    made = await _publish(db)
    async with db.unit(1) as uow:
        assert await get_version(uow, made.id) == made
    assert len(publishing._parsed) == 1


async def test_what_is_unknown_is_named(db: Database) -> None:
    async with db.unit(1) as uow:
        for look in (get_version(uow, 4242), get_latest_version(uow, 4242), get_flow_id(uow, "4242")):
            with pytest.raises(DomainError, match=r"SCENARIO_NOT_FOUND: .*4242"):
                await look
        with pytest.raises(DomainError, match="DEPLOYMENT_NOT_FOUND: 4242"):
            await get_deployment(uow, flow_id=4242)


async def test_a_flow_is_deployed_once_however_often(db: Database, shop: Shop) -> None:
    async def deploy() -> str:
        async with db.unit(1) as uow:
            return (await deploy_flow(uow, shop.course.flow_id, COURSE_BOT)).public_id

    assert set(await asyncio.gather(*(deploy() for _ in range(20)))) == {shop.deployment.public_id}
    assert await count_rows(db, deployments, flow_id=shop.course.flow_id) == 1


async def test_another_bot_takes_a_deployment_of_its_own(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        moved = await deploy_flow(uow, shop.course.flow_id, COURSE_BOT + 1)
        assert (await get_deployment(uow, flow_id=shop.course.flow_id)) == moved
    assert (moved.bot_id, moved.public_id != shop.deployment.public_id) == (COURSE_BOT + 1, True)
