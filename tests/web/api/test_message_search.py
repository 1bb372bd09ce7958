"""What was said is found by its words over HTTP: caught up on in steps, in both directions, of one account alone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core.db.models.delivery_words import message_words
from core.db.session import Database
from core.lifecycle import Priority
from services.delivery import history
from services.delivery.history import WordKeeper, keep_words
from services.messaging.store import found_messages
from tests.factories import traffic
from tests.factories.accounts import add_account
from tests.factories.persons import ANNA, add_contact
from tests.factories.rows import read_rows
from tests.factories.shops import open_shop
from tests.web.api.callers import Caller, calling, enter

OWNER, BORIS = 1001, ANNA + 1
SAID = (
    (ANNA, "in", "Когда оплата?"),
    (ANNA, "out", "<b>Оплатите</b> до вечера"),
    (BORIS, "in", "Оплачу завтра вечером"),
    (BORIS, "out", "Ещё ждём"),
)


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[Caller]:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        await add_contact(uow, BORIS)
        for hours, (chat, direction, text) in enumerate(SAID):
            at = uow.now + timedelta(hours=hours)
            await traffic.add_message(uow, shop.sales_bot, chat, direction=direction, text=text, at=at)
    async with db.unit(2) as uow:
        await add_account(uow)
        await add_contact(uow, ANNA)
        await traffic.add_message(uow, 99, ANNA, text="Оплата чужая")
    async with calling(db) as nobody:
        yield await enter(nobody, db, OWNER)


async def find(caller: Caller, sought: str, **more: Any) -> list[str]:
    items = (await caller.get("/messages", words=sought, **more)).json()["items"]
    return [one["text"] for one in items]


async def test_what_was_said_is_found_by_its_words(
    owner: Caller, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "AT_ONCE", 2)
    assert await keep_words(db, 0, 10**9, 1) < await keep_words(db, 0, 10**9, 9)
    texts = ["Когда оплата?", "Оплатите до вечера", "Оплачу завтра вечером", "Ещё ждём"]
    for few in (100_000, 0):  # the words lead to the messages, or the messages are gone along
        monkeypatch.setattr(found_messages, "FEW", few)
        assert await find(owner, "ОПЛА") == [texts[2], texts[1], texts[0]]
        assert await find(owner, "оплат") == [texts[1], texts[0]]
        assert await find(owner, "вечер опла", direction="in") == [texts[2]]
        assert await find(owner, "еще") == [texts[3]]
        assert await find(owner, "b") == []
        assert await find(owner, "?!") == []
        [first] = (await owner.get("/messages", words="когда")).json()["items"]
        assert await find(owner, "опла", conversation=first["conversation"]) == [texts[1], texts[0]]
        assert await find(owner, "опла", until=first["at"]) == []
        assert await find(owner, "опла", since=first["at"], bot=first["bot"]) == [
            texts[2],
            texts[1],
            texts[0],
        ]
    page = (await owner.get("/messages", words="опла", limit=2)).json()
    assert len(page["items"]) == 2
    assert await find(owner, "опла", limit=2, cursor=page["next"]) == [texts[0]]


async def test_words_come_a_round_later_and_those_to_many_do_not(owner: Caller, db: Database) -> None:
    async with db.unit(1) as uow:
        told = await traffic.add_call(uow, 7000001, ANNA, "told", priority=Priority.BULK, broadcast_id=1)
        await traffic.add_message(uow, 7000001, ANNA, direction="out", text="Всем", outbox_id=told)
    keeper = WordKeeper(db)
    await keeper.keep_up()
    assert await read_rows(db, message_words) == []
    await keeper.keep_up()
    kept = len(await read_rows(db, message_words))
    async with db.transaction():  # nothing was said meanwhile: it waits for nobody who writes
        await keeper.keep_up()
    assert (await find(owner, "опла", limit=1), await find(owner, "всем")) == (["Оплачу завтра вечером"], [])
    assert len(await read_rows(db, message_words)) == kept
