"""Many people at once over HTTP: acted on as many as were seen, written out, brought in and taken back."""

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from openpyxl import load_workbook

from core.db.models.delivery import outbox
from core.db.session import Database
from core.lifecycle import Mailing, Priority
from core.roles import MemberRole
from services.delivery.long_jobs.steps import build_performers
from services.people import tags, variables
from services.people.consents import answer_mailing
from services.people.contacts import find_by_telegram_id
from services.reactions.long_jobs import LONG_JOBS
from services.tenancy.members import remove_member
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.shops import Shop, open_shop
from tests.factories.work import run_due
from tests.web.api.callers import Caller, calling, enter
from utils.signing import fingerprint

OWNER, OPERATOR = 1001, 2002
FIRST, NUMBER = 700_000, 5
WARM = {"tag": "warm"}


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, OWNER)


@pytest.fixture
async def shop(db: Database) -> Shop:
    """Five warm people, the last of whom wants no mailings."""
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        for number in range(NUMBER):
            person = await add_contact(uow, FIRST + number, first_name=f"Person {number}", last_name="")
            await add_chat(uow, shop.sales_bot, person)
            await tags.add_tag(uow, person.id, "warm")
        await answer_mailing(uow, person.id, Mailing.REFUSED)
    return shop


async def work(db: Database) -> None:
    assert await run_due(db, build_performers(db, LONG_JOBS)) > 0


async def act(caller: Caller, action: Any, expect: int = NUMBER, **select: Any) -> tuple[int, Any]:
    chosen = select or {"condition": WARM, "expect": expect}
    body = {"select": chosen, "action": action}
    answer = await caller.send("POST", "/contacts/bulk", body, {"Idempotency-Key": fingerprint(str(body))})
    return answer.status_code, answer.json()


async def read_result(caller: Caller, job: Any) -> list[list[str]]:
    text = (await caller.get(f"/jobs/{job['id']}/result.csv")).text
    return [line.split(",") for line in text.splitlines()[1:]]


async def list_named(caller: Caller, tag: str) -> list[str]:
    items = (await caller.get("/contacts", tag=tag)).json()["items"]
    return sorted(one["name"] for one in items)


async def test_as_many_as_were_seen_are_acted_on_each_with_a_line(
    owner: Caller, db: Database, shop: Shop
) -> None:
    other = await act(owner, {"kind": "tag", "tag": "spring"}, expect=4)
    assert (other[0], other[1]["code"], other[1]["count"]) == (409, "AUDIENCE_DIFFERS", 5)
    assert (await act(owner, {"kind": "tag", "tag": "x"}, ids=[]))[0] == 422
    status, job = await act(owner, {"kind": "untag", "tag": "warm"})
    assert (status, job["total"], job["status"]) == (202, 5, "pending")
    assert (await act(owner, {"kind": "untag", "tag": "warm"}))[1] == job
    await work(db)
    done = (await owner.get(f"/jobs/{job['id']}")).json()
    assert (done["status"], done["done"], done["result_until"] is None) == ("done", 5, False)
    assert await list_named(owner, "warm") == []
    assert {line[2] for line in await read_result(owner, job)} == {"сделано"}


async def test_people_get_access_once_and_a_message_unless_they_refuse(
    owner: Caller, db: Database, shop: Shop
) -> None:
    tariffs = {one["code"]: one["id"] for one in (await owner.get("/tariffs")).json()["items"]}
    give = {"kind": "give_access", "tariff": tariffs["basic"]}
    _, first = await act(owner, give)
    await work(db)
    ids = [one["id"] for one in (await owner.get("/contacts", tag="warm")).json()["items"]]
    _, again = await act(owner, give, ids=ids)
    _, said = await act(owner, {"kind": "message", "text": "See you <soon>"})
    await work(db)
    results = [[line[2] for line in await read_result(owner, job)] for job in (first, again, said)]
    assert results == [["сделано"] * 5, ["уже было так"] * 5, ["сделано"] * 4 + ["не сделано"]]
    told = [row for row in await read_rows(db, outbox) if "See you" in str(row.payload)]
    assert [(row.chat_id, row.priority) for row in told] == [(FIRST + one, Priority.BULK) for one in range(4)]


async def test_who_may_not_does_not_and_who_may_no_more_goes_no_further(
    owner: Caller, db: Database, shop: Shop
) -> None:
    operator = await enter(owner, db, OPERATOR, MemberRole.OPERATOR)
    assert (await act(operator, {"kind": "block"}))[0] == 403
    exported = await operator.send("POST", "/contacts/export", {}, {"Idempotency-Key": "one"})
    assert exported.status_code == 403
    _, job = await act(operator, {"kind": "tag", "tag": "spring"})
    file = f"telegram_id,tags\n{FIRST},spring\n".encode()
    brought = await operator.ask("POST", operator.path("/contacts/import?name=people.csv"), content=file)
    async with db.unit(1) as uow:
        await remove_member(uow, OPERATOR, MemberRole.OPERATOR)
    await work(db)
    for begun in (job, brought.json()["job"]):
        assert (await owner.get(f"/jobs/{begun['id']}")).json()["status"] == "cancelled"
    assert await list_named(owner, "spring") == []


async def test_people_are_written_out_and_brought_in_and_that_is_taken_back(
    owner: Caller, db: Database, shop: Shop
) -> None:
    body = {"select": {"condition": WARM, "expect": 5}}
    job = (await owner.send("POST", "/contacts/export", body, {"Idempotency-Key": "one"})).json()
    await work(db)
    lines = await read_result(owner, job)
    assert [(line[1], line[7]) for line in lines] == [(f"Person {one}", "warm") for one in range(5)]
    book = load_workbook(io.BytesIO((await owner.get(f"/jobs/{job['id']}/result.xlsx")).content))
    assert [row[0].value for row in book.active.iter_rows()][1:] == [FIRST + one for one in range(5)]
    async with db.unit(1) as uow:
        first = await find_by_telegram_id(uow, FIRST)
        assert first is not None
        await variables.set_variable(uow, first.id, "city", "Kazan")
    file = f'telegram_id,tags,city,level\n{FIRST},"warm, new",Omsk,B1\n{FIRST + 1},new,,\n999,new,Riga,\n'
    path = owner.path("/contacts/import?name=people.csv")
    seen = (await owner.ask("POST", f"{path}&preview=true", content=file.encode())).json()
    assert (seen["people"], seen["known"], seen["job"]) == (3, 2, None)
    made = await owner.ask("POST", path, content=file.encode())
    assert (made.status_code, made.json()["job"]["total"]) == (202, 3)
    imported = made.json()["job"]
    early = await owner.send(
        "POST", f"/contacts/import/{imported['id']}/undo", None, {"Idempotency-Key": "0"}
    )
    assert (early.status_code, early.json()["code"]) == (409, "JOB_CANNOT")
    await work(db)
    assert await list_named(owner, "new") == ["Person 0", "Person 1"]
    assert [line[:2] for line in await read_result(owner, imported)] == [
        [str(FIRST), "сделано"],
        [str(FIRST + 1), "сделано"],
        ["999", "не запускал бота"],
    ]
    async with db.unit(1) as uow:
        await variables.set_variable(uow, first.id, "level", "C2")
    await owner.send("POST", f"/contacts/import/{imported['id']}/undo", None, {"Idempotency-Key": "1"})
    await work(db)
    async with db.looking(1) as uow:
        assert await variables.load_variables(uow, first.id) == {"city": "Kazan", "level": "C2"}
    assert (await list_named(owner, "new"), len(await list_named(owner, "warm"))) == ([], 5)
    wrong = await owner.ask("POST", path, content=b"name\nAnna\n")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "CONTACTS_INVALID")


async def test_one_is_forgotten_in_a_week_unless_undone_and_two_become_one(
    owner: Caller, db: Database, shop: Shop
) -> None:
    people = {
        one["telegram_id"]: one["id"] for one in (await owner.get("/contacts", tag="warm")).json()["items"]
    }
    path = f"/contacts/{people[FIRST]}/erasure"
    planned = [(await owner.send("POST", path)).json() for _ in range(2)]
    assert planned[0] == planned[1] != {"due_at": None}
    assert [row.chat_id for row in await read_rows(db, outbox)] == [FIRST]
    for _ in range(2):
        assert (await owner.send("DELETE", path)).status_code == 204
    assert (await owner.get(path)).json() == {"due_at": None}
    assert [row.chat_id for row in await read_rows(db, outbox)] == [FIRST, FIRST], "each is said to them once"
    tagged = f"/contacts/{people[FIRST]}/tags/vip"
    await owner.send("PUT", tagged)
    heir = f"/contacts/{people[FIRST + 1]}"
    merged = await owner.send("POST", f"{heir}/merge", {"giver": people[FIRST]}, {"Idempotency-Key": "1"})
    assert (merged.status_code, merged.json()["tags"]) == (200, 2)
    assert (await owner.get(heir)).json()["tags"] == ["vip", "warm"]
    same = await owner.send("POST", f"{heir}/merge", {"giver": people[FIRST + 1]}, {"Idempotency-Key": "2"})
    assert (same.status_code, same.json()["code"]) == (409, "SAME_PERSON")


async def test_an_access_gets_another_tariff_of_its_course(owner: Caller, db: Database, shop: Shop) -> None:
    tariffs = {one["code"]: one["id"] for one in (await owner.get("/tariffs")).json()["items"]}
    person = (await owner.get("/contacts", tag="warm")).json()["items"][0]["id"]
    body = {"contact": person, "tariff": tariffs["basic"]}
    access = (await owner.send("POST", "/accesses", body, {"Idempotency-Key": "1"})).json()
    others = (await owner.get(f"/accesses/{access['id']}/tariffs")).json()["items"]
    assert [one["code"] for one in others] == [code for code in tariffs if code != "basic"]
    changed = await owner.send(
        "POST",
        f"/accesses/{access['id']}/change-tariff",
        {"tariff": others[0]["id"]},
        {"Idempotency-Key": "2"},
    )
    assert (changed.status_code, changed.json()["tariff_code"]) == (200, others[0]["code"])
    assert (await owner.get(f"/accesses/{access['id']}")).json()["is_open"] is False
