"""`tandem why`: the same at a keyboard, for a person and for a program."""

import json

import pytest
from sqlalchemy import delete

from app.cli.money.why import explain
from core.db.models.commerce import accesses
from core.db.models.content import enrollment_tokens
from core.db.session import Database
from core.errors import DomainError
from tests.factories.persons import ANNA
from tests.factories.shops import open_shop
from tests.services.commerce.buying import buy


async def test_a_broken_purchase_is_explained_and_mended(db: Database) -> None:
    await buy(db, await open_shop(db))
    async with db.unit(1) as uow:
        await uow.conn.execute(delete(enrollment_tokens))
        await uow.conn.execute(delete(accesses))
    async with db.unit(1) as uow:
        lines = await explain(uow, str(ANNA), mends=False, as_json=False)
        (document,) = await explain(uow, f"@person{ANNA}", mends=True, as_json=True)
    assert "❌ Paid, but access was not given" in lines
    told = json.loads(document)
    assert told["done"]
    assert told["purchases"][0]["missing"] == "access"
    links = {one["link"]: one["state"] for one in told["purchases"][0]["links"]}
    assert links == {
        "order": "done",
        "payment": "done",
        "notice": "done",
        "access": "broken",
        "lesson": "ahead",
    }
    async with db.unit(1) as uow:
        (document,) = await explain(uow, str(ANNA), mends=False, as_json=True)
    assert json.loads(document)["purchases"][0]["missing"] == "lesson"


async def test_nobody_is_refused_in_one_sentence(db: Database) -> None:
    await open_shop(db)
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match="USER_NOT_FOUND"):
            await explain(uow, "nobody", mends=False, as_json=True)
