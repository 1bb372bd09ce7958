"""Long jobs over HTTP: looked at by who may do such work, their file, and that one is stopped once."""

from collections.abc import AsyncIterator

import pytest

from core.db.models.delivery import jobs
from core.db.session import Database
from core.lifecycle import JobState
from core.roles import MemberRole
from services.delivery.long_jobs.steps import begin_long_job
from services.tenancy.permissions import Permission
from tests.factories.persons import ANNA
from tests.factories.traffic import add_job, add_long_job
from tests.web.api.callers import Caller, calling, enter

OWNER, CURATOR = 1001, 2002


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, OWNER)


async def test_who_may_do_such_work_sees_it_and_stops_it(owner: Caller, db: Database) -> None:
    curator = await enter(owner, db, CURATOR, MemberRole.CURATOR)
    async with db.unit(1) as uow:
        await add_job(uow, "check", "the house's own")
        await begin_long_job(uow, "bulk", Permission.CONTACTS_CHANGE, {}, OWNER, total=7)
    assert (await curator.get("/jobs")).json()["items"] == []
    [job] = (await owner.get("/jobs", status="pending", kind="bulk")).json()["items"]
    assert (job["status"], job["done"], job["total"], job["ended_at"]) == ("pending", 0, 7, None)
    path = f"/jobs/{job['id']}"
    for refused in (await curator.get(path), await curator.get(f"{path}/result.csv")):
        assert (refused.status_code, refused.json()["code"]) == (404, "JOB_NOT_FOUND")
    assert (await curator.send("POST", f"{path}/cancel")).status_code == 404
    stopped = [await owner.send("POST", f"{path}/cancel") for _ in range(2)]
    assert [one.json()["status"] for one in stopped] == ["cancelled", "cancelled"]
    [deed] = (await owner.get("/audit")).json()["items"]
    assert (deed["act"], deed["before"]) == ("cancelJob", "pending")


async def test_one_that_is_over_is_not_stopped_and_has_its_file(owner: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        await add_long_job(uow, "=1+1", ANNA)
    [job] = (await owner.get("/jobs")).json()["items"]
    file = await owner.get(f"/jobs/{job['id']}/result.csv")
    assert file.text.splitlines()[-1] == "'=1+1"
    assert file.headers["content-type"].startswith("text/csv")
    async with db.unit(1) as uow:
        over = await begin_long_job(uow, "bulk", Permission.WORK, {}, OWNER)
    async with db.transaction() as transaction:
        await transaction.conn.execute(jobs.update().where(jobs.c.id == over).values(state=JobState.DONE))
    [done] = (await owner.get("/jobs", status="done")).json()["items"]
    refused = await owner.send("POST", f"/jobs/{done['id']}/cancel")
    assert (refused.status_code, refused.json()["code"], refused.json()["allowed"]) == (409, "JOB_CANNOT", [])
