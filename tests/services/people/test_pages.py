"""Pages of people: the same ones, whether many of who came last fit or few."""

import pytest

from core.db.keyset import Slice
from core.db.session import Database, UnitOfWork
from services.people import tags
from services.people.conditions import pages
from tests.factories.persons import ANNA, add_contact

PEOPLE = 12


async def read(uow: UnitOfWork, document: object) -> tuple[list[int], int]:
    people = await pages.read_people(uow, document)
    page = await pages.list_people(uow, people, Slice(pages.ORDERS["-id"], 50))
    return [one.id for one in page], await pages.count_people(uow, people, 50)


async def test_few_are_found_by_what_they_have(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with db.unit(1) as uow:
        numbers = [(await add_contact(uow, ANNA + place)).id for place in range(PEOPLE)]
        for number in numbers[:2]:
            await tags.add_tag(uow, number, "warm")
    trees = (
        {"tag": "warm"},
        {"not": {"tag": "warm"}},
        {"any": [{"tag": "warm"}, {"language": "xx"}]},
        {"all": ["has_not_paid", {"tag": "warm"}]},
        "has_paid",
    )
    async with db.looking(1) as uow:
        before = [await read(uow, tree) for tree in trees]
        monkeypatch.setattr(pages, "PROBED", 5)
        monkeypatch.setattr(pages, "MANY", 4)
        after = [await read(uow, tree) for tree in trees]
    assert before == after
    assert before[0] == ([numbers[1], numbers[0]], 2)
