"""Work on very many rows is cut so that no piece holds the writer for long, and one that breaks holds up no other."""

from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql

from core.db.session import Database, UnitOfWork
from services.messaging import pieces
from services.people.conditions import audience
from services.people.conditions.base import Scope
from services.people.conditions.tree import read_tree
from tests.factories.accounts import SALES_BOT


@pytest.mark.parametrize(
    ("size", "took", "after"),
    [(5_000, 0.02, 5_000), (5_000, 0.04, 2_500), (5_000, 0.001, 10_000), (5_000, 0.0, 10_000)],
)
def test_a_piece_is_as_long_as_the_writer_may_be_held(size: int, took: float, after: int) -> None:
    assert pieces.next_size(size, took) == after


def test_a_piece_has_its_bounds() -> None:
    assert pieces.next_size(pieces.MOST, 0.0001) == pieces.MOST
    assert pieces.next_size(pieces.LEAST, 5.0) == pieces.LEAST


async def test_one_that_breaks_holds_up_no_other() -> None:
    done: list[int] = []

    async def work(_: int, broadcast_id: int) -> None:
        if broadcast_id == 1:
            raise ValueError("broken")
        done.append(broadcast_id)

    await pieces.each_alone([(1, 1), (1, 2)], work, "it failed")
    assert done == [2]


@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
async def test_a_piece_looks_at_its_own_rows_whatever_the_statistics_say(db: Database) -> None:
    """Of empty tables PostgreSQL believes that to read them whole is the cheapest way, however many rows come later."""
    found: list[str] = []
    tree = read_tree({"any": [{"tag": "warm"}, "has_paid"]})
    everybody = audience.recipients(SALES_BOT, tree, Scope(1, datetime(2030, 1, 1, tzinfo=UTC)))
    people = audience.within(everybody, 20_000, 25_000)
    piece = partial(note_plan, asked=people, found=found)
    async with db.transaction() as transaction:
        await transaction.conn.execute(text("ANALYZE"))
    async with db.unit(1) as uow:
        usual = await explain(uow, people)
    await pieces.work_in_pieces(db, 1, piece)
    async with db.unit(1) as uow:
        await pieces.work_first_piece(uow, piece)
        after = await explain(uow, people)
    assert "Seq Scan" in usual
    assert after == usual, "what else a unit does is planned as ever"
    assert found
    assert not [plan for plan in found if "Seq Scan" in plan or "Hash Join" in plan]
    assert all("pk_contacts" in plan for plan in found), (
        "each person by their number, not all of the account's"
    )
    assert not [plan for plan in found if "ix_contacts_account" in plan]


async def explain(uow: UnitOfWork, asked: Select[tuple[int, str]]) -> str:
    """How PostgreSQL would find these rows."""
    spoken = postgresql.dialect()  # type: ignore[no-untyped-call]
    sql = asked.compile(dialect=spoken, compile_kwargs={"literal_binds": True})
    plan = await uow.conn.execute(text(f"EXPLAIN {sql}".replace(":", r"\:")))
    return "\n".join(plan.scalars())


async def note_plan(uow: UnitOfWork, _: int, asked: Select[tuple[int, str]], found: list[str]) -> bool:
    found.append(await explain(uow, asked))
    return len(found) < 2
