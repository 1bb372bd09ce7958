"""An import is noted with what was there before; undone, that is back, as long as nothing came after it."""

import pytest

from core.db.models.content import deployments, flows, imports
from core.db.session import Database, UnitOfWork
from core.errors import DomainError
from core.flow.definition import Flow, parse_flow
from services.content.drafts import get_draft, save_draft
from services.content.flows import find_version
from services.content.importing.applying import plan_import
from services.content.importing.reader import Batch, Course
from services.workflows.course_import import importing as course_import
from services.workflows.course_import.steps import Undone, publish_import, undo_import
from tests.factories.accounts import COURSE_BOT
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop
from tests.factories.studies import add_run


def course(text: str, slug: str = "talk") -> Flow:
    steps = [{"key": "one", "type": "message", "text": text}]
    return parse_flow({"kind": "course", "slug": slug, "name": "Talk", "steps": steps})


async def draft(db: Database, flow: Flow) -> int:
    batch = Batch(courses=[Course(flow, "talk.docx")])
    async with db.unit(1) as uow:
        await course_import.keep_drafts(uow, batch, await plan_import(uow, batch))
    return (await read_rows(db, imports))[-1].id


async def publish(db: Database, flow: Flow) -> int:
    batch = Batch(courses=[Course(flow, "talk.docx")])
    async with db.unit(1) as uow:
        planned = await plan_import(uow, batch)
        await course_import.import_courses(uow, batch, planned, deploy=True, public=False)
    return (await read_rows(db, imports))[-1].id


async def undo(db: Database, number: int) -> Undone:
    async with db.unit(1) as uow:
        return (await undo_import(uow, number))[1]


async def texts(uow: UnitOfWork, slug: str = "talk") -> tuple[str | None, str | None]:
    """Of the newest version and of the draft."""
    version = await find_version(uow, slug)
    try:
        kept = await get_draft(uow, slug)
    except DomainError:
        kept = None
    return tuple(flow and flow.steps[0].text["*"] for flow in (version and version.flow, kept))  # type: ignore[union-attr,return-value]


async def test_an_undone_draft_brings_back_the_one_before(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await save_draft(uow, course("hers"))
    number = await draft(db, course("imported"))
    assert await undo(db, number) is Undone.DRAFT
    async with db.unit(1) as uow:
        assert await texts(uow) == (None, "hers")
    fresh = await draft(db, course("new", "other"))
    assert await undo(db, fresh) is Undone.DRAFT
    async with db.unit(1) as uow:
        assert await texts(uow, "other") == (None, None)


async def test_a_published_draft_undone_is_the_version_before_again(db: Database, shop: Shop) -> None:
    await publish(db, course("first"))
    number = await draft(db, course("second"))
    async with db.unit(1) as uow:
        made = await publish_import(uow, number)
        assert (made.imported.version, made.door.shut) == (2, None)
    async with db.unit(1) as uow:
        assert await texts(uow) == ("second", None)
    assert await undo(db, number) is Undone.VERSION
    async with db.unit(1) as uow:
        assert await texts(uow) == ("first", None)
    with pytest.raises(DomainError, match="IMPORT_UNDONE"):
        await undo(db, number)
    with pytest.raises(DomainError, match="IMPORT_UNDONE"):
        async with db.unit(1) as uow:
            await publish_import(uow, number)


async def test_a_course_an_import_made_is_withdrawn_and_comes_back(db: Database, shop: Shop) -> None:
    number = await publish(db, course("first"))
    [flow] = [row for row in await read_rows(db, flows) if row.slug == "talk"]
    assert await undo(db, number) is Undone.WITHDRAWN
    assert [row.is_active for row in await read_rows(db, deployments) if row.flow_id == flow.id] == [False]
    batch = Batch(courses=[Course(course("first"), "talk.docx")])
    async with db.unit(1) as uow:
        planned = await plan_import(uow, batch)
        await course_import.import_courses(uow, batch, planned, deploy=True, public=False)
    assert [row.is_active for row in await read_rows(db, deployments) if row.flow_id == flow.id] == [True]


async def test_nothing_that_came_after_it_is_lost(db: Database, shop: Shop) -> None:
    first = await publish(db, course("first"))
    await draft(db, course("second"))
    with pytest.raises(DomainError, match="IMPORT_NOT_LAST"):
        await undo(db, first)
    with pytest.raises(DomainError, match="IMPORT_NOT_FOUND"):
        await undo(db, 999)


async def test_a_course_with_people_in_it_stays(db: Database, shop: Shop) -> None:
    number = await publish(db, course("first"))
    async with db.unit(1) as uow:
        version = await find_version(uow, "talk")
        assert version is not None
        await add_run(uow, shop.buyer, COURSE_BOT, version.id)
    with pytest.raises(DomainError, match="IMPORT_IN_USE"):
        await undo(db, number)
    assert (await read_rows(db, imports))[-1].undone_at is None


async def test_the_same_again_is_no_import(db: Database, shop: Shop) -> None:
    await publish(db, course("first"))
    batch = Batch(courses=[Course(course("first"), "talk.docx")])
    async with db.unit(1) as uow:
        planned = await plan_import(uow, batch)
        await course_import.keep_drafts(uow, batch, planned)
        await course_import.import_courses(uow, batch, planned, deploy=True, public=False)
    assert await count_rows(db, imports) == 1
