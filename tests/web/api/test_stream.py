"""Streams of changes: what is said, to whom, from where on, and that they end with the right to them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from core.db.models.delivery_feed import feed
from core.db.session import Database
from core.public_ids import CONVERSATION, FLOW, NOBODY
from core.roles import MemberRole
from services.delivery.feed.changes import KEPT, Change, Topic, forget_old, list_changes, note_change
from services.delivery.history import remember_incoming
from services.tenancy.members import remove_member
from tests.factories.persons import ANNA
from tests.factories.rows import count_rows
from tests.fakes.clock import StillClock
from tests.web.api.callers import Caller, calling, enter
from web.api import stream as streams
from web.api import watching
from web.api.watching import Watch

OWNER, OPERATOR = 1001, 2002


class Reader:
    """A stream over the application itself, without a server between: ASGI is asked for block after block."""

    def __init__(self, caller: Caller, topics: str, last: str = "") -> None:
        headers = {"cookie": caller.cookie, "host": "tandem"} | ({"last-event-id": last} if last else {})
        self.blocks: asyncio.Queue[str] = asyncio.Queue()
        self.status: int | None = None
        self._gone = asyncio.Event()
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": caller.path("/events"),
            "raw_path": caller.path("/events").encode(),
            "query_string": f"topics={topics}".encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "server": ("tandem", 80),
            "client": ("127.0.0.1", 1),
        }
        transport: Any = caller.http._transport
        self._task = asyncio.create_task(transport.app(self._scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if not hasattr(self, "_asked"):
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif text := message.get("body", b"").decode():
            await self.blocks.put(text)

    async def next(self) -> dict[str, Any]:
        """The fields of the next block."""
        block = await asyncio.wait_for(self.blocks.get(), 120)
        pairs = [line.partition(": ") for line in block.strip().splitlines()]
        return {name: json.loads(value) if name == "data" else value for name, _, value in pairs}

    async def close(self) -> None:
        """The reader goes away."""
        self._gone.set()
        await asyncio.wait_for(self._task, 120)


@pytest.fixture
async def nobody(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as caller:
        yield caller


async def change(db: Database, topic: Topic = Topic.INBOX, row_id: int = ANNA, account_id: int = 1) -> None:
    async with db.unit(account_id) as uow:
        note_change(uow, topic, FLOW if topic is Topic.FLOW else CONVERSATION, row_id)


async def test_a_message_is_one_change_and_the_stream_goes_on_behind_it(nobody: Caller, db: Database) -> None:
    owner = await enter(nobody, db, OWNER)
    reader = Reader(owner, "inbox")
    assert await reader.next() == {"retry": "1000"}
    async with db.unit(1) as uow:
        remember_incoming(uow, 7, ANNA, 1, "hello")
    first = await reader.next()
    assert first["event"] == "changed"
    assert first["data"]["topic"] == "inbox"
    assert first["data"]["id"].startswith("cnv_")
    await reader.close()
    for number in (1, 2):
        await change(db, row_id=ANNA + number)
    again = Reader(owner, "inbox", first["id"])
    await again.next()
    seen = [(await again.next())["data"]["id"] for _ in (1, 2)]
    assert len({first["data"]["id"], *seen}) == 3
    await again.close()


async def test_others_changes_and_other_topics_are_not_heard(nobody: Caller, db: Database) -> None:
    owner = await enter(nobody, db, OWNER)
    reader = Reader(owner, "reviews")
    await reader.next()
    await change(db, Topic.REVIEWS, account_id=2)
    await change(db, Topic.INBOX)
    await change(db, Topic.REVIEWS, row_id=5)
    heard = await reader.next()
    assert heard["data"]["topic"] == "reviews"
    assert reader.blocks.empty()
    await reader.close()


async def test_where_too_much_was_missed_it_says_reset(
    nobody: Caller, db: Database, clock: StillClock
) -> None:
    owner = await enter(nobody, db, OWNER)
    reader = Reader(owner, "inbox")
    await reader.next()
    await change(db)
    last = (await reader.next())["id"]
    await reader.close()
    clock.advance(seconds=KEPT.total_seconds() + 1)
    await forget_old(db)
    assert await count_rows(db, feed) == 0
    again = Reader(owner, "inbox", last)
    await again.next()
    assert (await again.next())["event"] == "reset"
    await again.close()


async def test_a_stream_ends_with_the_right_to_it(
    nobody: Caller, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LOOK_SECONDS", 0.05)
    operator = await enter(nobody, db, OPERATOR, MemberRole.OPERATOR)
    reader = Reader(operator, "inbox")
    await reader.next()
    async with db.unit(1) as uow:
        await remove_member(uow, OPERATOR, MemberRole.OPERATOR)
    while (told := await reader.next()).get("event") != "bye":
        assert "event" not in told
    await asyncio.wait_for(reader._task, 120)


@pytest.mark.parametrize(
    ("topics", "status"), [("nothing", 400), ("flow", 400), ("inbox:con_x", 400), ("inbox,orders", 403)]
)
async def test_a_topic_is_known_and_allowed(nobody: Caller, db: Database, topics: str, status: int) -> None:
    operator = await enter(nobody, db, OPERATOR, MemberRole.OPERATOR)
    assert (await operator.get("/events", topics=topics)).status_code == status


async def test_five_streams_a_session(nobody: Caller, db: Database) -> None:
    owner = await enter(nobody, db, OWNER)
    readers = [Reader(owner, "inbox") for _ in range(streams.MOST_STREAMS)]
    for reader in readers:
        await reader.next()
    refused = await owner.get("/events", topics="inbox")
    assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_STREAMS")
    for reader in readers:
        await reader.close()
    again = Reader(owner, "inbox")
    assert await again.next() == {"retry": "1000"}
    await again.close()


async def test_a_foreign_flow_is_watched_in_vain(nobody: Caller, db: Database) -> None:
    owner = await enter(nobody, db, OWNER)
    reader = Reader(owner, f"flow:flw_{'a' * 26},inbox")
    await reader.next()
    await change(db, Topic.FLOW, row_id=NOBODY + 1)
    await change(db)
    assert (await reader.next())["data"]["topic"] == "inbox"
    await reader.close()


def count_looks() -> int:
    return sum("Watch._look" in repr(task.get_coro()) for task in asyncio.all_tasks())


async def test_who_come_at_once_are_told_by_one_look_which_ends_behind_the_last(db: Database) -> None:
    await change(db, row_id=ANNA + 1)
    watch = Watch(db)
    both = await asyncio.gather(*(watch.open(1, ["inbox"], None) for _ in range(2)))
    assert count_looks() == 1
    await change(db)
    for stream in both:
        await asyncio.wait_for(stream.news.wait(), 120)
        assert [told.row_id for told in stream.waiting] == [ANNA]
        watch.leave(stream)
    await watch.end()
    assert count_looks() == 0


async def test_a_database_that_was_away_ends_no_stream(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    away = [OSError("away"), OSError("away")]

    async def list_or_fail(database: Database, after: int) -> list[Change]:
        if away:
            raise away.pop()
        return await list_changes(database, after)

    monkeypatch.setattr(watching, "list_changes", list_or_fail)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.01)
    watch = Watch(db)
    stream = await watch.open(1, ["inbox"], None)
    away.append(OSError("away"))
    await change(db)
    await asyncio.wait_for(stream.news.wait(), 120)
    assert (away, [told.row_id for told in stream.waiting]) == ([], [ANNA])
    await watch.end()


async def test_who_goes_while_asking_leaves_no_question_half_asked(db: Database) -> None:
    watch, asked, answered = Watch(db), asyncio.Event(), asyncio.Event()

    async def question() -> None:
        asked.set()
        async with db.reading() as conn:
            await conn.execute(text("SELECT 1"))
        answered.set()

    reader = asyncio.create_task(watch.ask(question()))
    await asked.wait()
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    await watch.end()
    assert answered.is_set()
