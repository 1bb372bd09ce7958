"""Streams of changes: one look at the feed for all streams of a process, each told of its own account and topics."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from loguru import logger

from core.db.session import Database
from services.delivery.feed.changes import BELL, Change, find_last, list_changes, list_missed

Answer = TypeVar("Answer")
LOOK_SECONDS = 1.0  # what another process has changed is seen so late
OVERLAP = 200
"""So many of the newest changes are looked at again: one that began earlier may be committed later."""
MOST_WAITING = 500


@dataclass(eq=False)
class Stream:
    """Somebody who watches: what is for them, until they have read it."""

    account_id: int
    topics: frozenset[str]
    waiting: deque[Change] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_behind: bool = False  # more has changed than is kept for them: they have to look at everything anew

    def offer(self, change: Change) -> None:
        """A change, if it is for them."""
        if change.account_id != self.account_id or not self.topics & names_of(change):
            return
        if len(self.waiting) >= MOST_WAITING:
            self.waiting.clear()
            self.is_behind = True
        self.waiting.append(change)
        self.news.set()


def names_of(change: Change) -> frozenset[str]:
    """The topics under which a change is heard of: its own, and that of its very row."""
    return frozenset({change.topic.value, f"{change.topic.value}:{change.row_id}"})


class Watch:
    """All streams of a process; it looks at the feed while there are some."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._streams: set[Stream] = set()
        self._looking: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()
        self._last = 0
        self._seen: deque[int] = deque(maxlen=2 * OVERLAP)
        self._asking: set[asyncio.Task[Any]] = set()
        self.is_closed = False

    async def open(self, account_id: int, topics: Collection[str], after: int | None) -> Stream:
        """A stream from now on, or from behind a change on."""
        stream = Stream(account_id, frozenset(topics))
        self._streams.add(stream)
        try:
            if self._looking is None:
                self._begun.clear()
                self._looking = asyncio.create_task(self._look())
            await self._begun.wait()
            if after is not None:
                missed = await self.ask(list_missed(self._db, account_id, after))
                stream.is_behind = missed is None
                for change in missed or ():
                    stream.offer(change)
        except BaseException:  # whoever asked has gone meanwhile
            self.leave(stream)
            raise
        return stream

    async def ask(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        """Answer a reader's question; whoever goes away leaves no half-asked one with the database."""
        task = asyncio.create_task(question)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return await asyncio.shield(task)

    def leave(self, stream: Stream) -> None:
        """Nobody reads it any more; behind the last one the look ends by itself, with no question half asked."""
        self._streams.discard(stream)
        if not self._streams:
            self._db.bell.ring(BELL)

    def close(self) -> None:
        """End all streams: the process stops."""
        self.is_closed = True
        for stream in self._streams:
            stream.news.set()

    async def end(self) -> None:
        """Nothing asks the database any more."""
        self._streams.clear()
        self._db.bell.ring(BELL)
        if self._looking is not None:
            await self._looking
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def _look(self) -> None:
        while self._streams:
            try:
                await (self._read() if self._begun.is_set() else self._begin())
            except Exception as error:  # loop edge: the database may be away for a moment
                logger.opt(exception=error).error("looking for changes failed")
            await self._db.bell.wait(BELL, LOOK_SECONDS)
        self._looking = None

    async def _begin(self) -> None:
        """What there is by now is told to nobody."""
        self._last = await find_last(self._db)
        self._seen.extend(change.id for change in await self._list_newest())
        self._begun.set()

    async def _read(self) -> None:
        changes = await self._list_newest()
        for change in changes:
            if change.id <= self._last and change.id in self._seen:
                continue
            self._seen.append(change.id)
            self._tell(change)
        self._last = max([self._last, *(change.id for change in changes)])

    async def _list_newest(self) -> list[Change]:
        return await list_changes(self._db, max(0, self._last - OVERLAP))

    def _tell(self, change: Change) -> None:
        for stream in self._streams:
            stream.offer(change)


async def iterate_news(stream: Stream, seconds: float) -> AsyncIterator[bool]:
    """Whether there is news, at the latest after so many seconds."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stream.news.wait()
        has_news = stream.news.is_set()
        stream.news.clear()
        yield has_news
