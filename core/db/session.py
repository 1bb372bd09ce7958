"""Units of work and the one commit: what a unit reads, decides and appends lands together or not at all."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Dialect, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from core.bell import Bell
from core.clock import Clock
from core.db.sqlite_driver import connect_with
from core.environment import Environment
from core.errors import RaceLost
from core.events import DomainEvent
from utils import faultpoints

Row = Mapping[str, Any]
T = TypeVar("T")
React = Callable[["UnitOfWork", DomainEvent], Awaitable[None]]
WriteLast = Callable[["Transaction", Sequence[Row]], Awaitable[None]]
READERS = 4
BUSY_MS = 10_000
LOOP_GUARD = 1_000
PING_AFTER = 5.0  # seconds
MOST_RACES = 5  # tries of one unit
CROSSED = frozenset(
    {"40P01", "40001"}
)  # what PostgreSQL says of units that wait for each other: one is undone
PRAGMAS = (
    "journal_mode=WAL",
    f"busy_timeout={BUSY_MS}",
    "foreign_keys=ON",
    "synchronous=FULL",
    "temp_store=MEMORY",
    "cache_size=-32000",
)


class UnitOfWork:
    """One decision of one account: its connection, its time, what it appends and what it publishes.

    Rows that nobody reads back within the unit are appended (buffered and written by table at the end);
    conditional updates run at once. Nothing here talks to the outside world: `after_commit` does that.
    """

    def __init__(
        self,
        conn: AsyncConnection,
        account_id: int,
        clock: Clock,
        env: Environment,
        ahead: dict[Hashable, Any] | None = None,
    ) -> None:
        self.conn = conn
        self.ahead = (
            {} if ahead is None else ahead
        )  # loaded at once for several units; each takes its own out
        self.account_id = account_id
        self.env = env.of_account(account_id)
        self.clock = clock
        self.now = clock.now()
        self.real_now = clock.real_now()
        self.appended: list[tuple[Table, Row]] = []
        self.last: list[tuple[WriteLast, Row]] = []
        self.events: list[DomainEvent] = []
        self.signals: list[Callable[[], None]] = []
        self.topics: set[str] = set()
        self.strangers: set[int] = set()  # chats of people nobody knows yet: what they get yields to all else

    def append(self, table: Table, row: Row) -> None:
        """Add a row at commit; a row whose unique key is taken already is dropped silently."""
        self.appended.append((table, row))

    def append_last(self, write: WriteLast, row: Row) -> None:
        """Have `write` add a row at commit, behind all else, with those of the transaction's other units.

        It is for rows that stand in a line for which writers wait: so they wait for the commit alone.
        """
        self.last.append((write, row))

    def publish(self, happened: DomainEvent) -> None:
        """Say what has happened; the reactions run before the commit, in this unit."""
        self.events.append(happened)

    def after_commit(self, signal: Callable[[], None]) -> None:
        """Call `signal` once everything is safe, for a best-effort call that may be lost."""
        self.signals.append(signal)

    def wake(self, topic: str) -> None:
        """Ring the bell of `topic` after the commit: somebody in this process waits for such rows."""
        self.topics.add(topic)

    async def settle(self, react: React) -> None:
        """Hand each published event to the reactions until none is left."""
        for _ in range(LOOP_GUARD):
            if not self.events:
                return
            await react(self, self.events.pop(0))
        raise RuntimeError("reactions publish events without end")


class Transaction:
    """One commit, shared by the units of a drained batch."""

    def __init__(self, conn: AsyncConnection, database: "Database") -> None:
        self.conn = conn
        self.database = database
        self._rows: dict[tuple[Table, tuple[str, ...]], list[Row]] = {}
        self._last: dict[WriteLast, list[Row]] = {}
        self._signals: list[Callable[[], None]] = []
        self._topics: set[str] = set()
        self._ahead: dict[Hashable, Any] = {}

    @asynccontextmanager
    async def unit(self, account_id: int) -> AsyncIterator[UnitOfWork]:
        """A unit of this transaction; an error must end the whole transaction."""
        uow = UnitOfWork(self.conn, account_id, self.database.clock, self.database.env, self._ahead)
        yield uow
        await uow.settle(self.database.react)
        for table, row in uow.appended:
            self._rows.setdefault((table, tuple(row)), []).append(row)
        for write, row in uow.last:
            self._last.setdefault(write, []).append(row)
        self._signals.extend(uow.signals)
        self._topics |= uow.topics

    def keep_ahead(self, key: Hashable, value: object) -> None:
        """Have something loaded at once for all units that follow in this transaction, in their `ahead`."""
        self._ahead[key] = value

    async def flush(self) -> None:
        """Write the buffered rows, one statement per table and shape."""
        rows, self._rows = self._rows, {}
        for (table, _), batch in rows.items():
            await self.conn.execute(dialect_insert(self.conn, table).on_conflict_do_nothing(), batch)
        last, self._last = self._last, {}
        for write, batch in last.items():
            await write(self, batch)

    def announce(self) -> None:
        """After the commit: let everybody who waits know."""
        for topic in self._topics:
            self.database.bell.ring(topic)
        for signal in self._signals:
            signal()


class Database:
    """Both databases behind one door: many readers, and units of work that commit here only."""

    def __init__(self, url: str, clock: Clock, env: Environment, react: React) -> None:
        self.url: URL = make_url(url)
        self.clock = clock
        self.env = env
        self.react = react
        self.bell = Bell()
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # SQLite has one writer: a queue in the process is fairer and cheaper than SQLITE_BUSY.
        self._turn = asyncio.Lock() if self.is_sqlite else _NoQueue()
        self._writer = self._engine("BEGIN IMMEDIATE", 1) if self.is_sqlite else self._engine(None, 10)
        self._reader = self._engine("BEGIN", READERS) if self.is_sqlite else _autocommitting(self._writer)

    def _engine(self, begin: str | None, size: int) -> AsyncEngine:
        if begin is None:
            engine = create_async_engine(self.url, pool_size=size, max_overflow=size)
            event.listen(engine.sync_engine, "checkout", _ping_idle(engine.dialect))
            event.listen(engine.sync_engine, "checkin", _note_idle)
            return engine
        engine = create_async_engine(self.url, pool_size=size, max_overflow=0)
        event.listen(engine.sync_engine, "do_connect", connect_with(PRAGMAS, stays=size == 1))
        event.listen(engine.sync_engine, "begin", _begin_with(begin))
        return engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction for several units; commits on a clean exit, else rolls everything back."""
        async with self._turn, self._writer.connect() as conn:
            transaction = Transaction(conn, self)
            try:
                yield transaction
                await transaction.flush()
                faultpoints.reach("before commit")
                await conn.commit()
            except BaseException as error:
                await conn.rollback()
                if getattr(getattr(error, "orig", None), "sqlstate", None) in CROSSED:
                    raise RaceLost("another unit has what this one waits for") from error
                raise
        faultpoints.reach("after commit")
        transaction.announce()

    @asynccontextmanager
    async def unit(self, account_id: int) -> AsyncIterator[UnitOfWork]:
        """One unit of work with a commit of its own."""
        async with self.transaction() as transaction, transaction.unit(account_id) as uow:
            yield uow

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for looking only; it sees what was committed when it began."""
        async with self._reader.connect() as conn:
            yield conn

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """As `reading`; all its statements see the same moment, however long they take, on PostgreSQL too."""
        if self.is_sqlite:
            async with self.reading() as conn:
                yield conn
            return
        async with self._writer.connect() as conn:
            await conn.execution_options(isolation_level="REPEATABLE READ")
            yield conn

    @asynccontextmanager
    async def looking(self, account_id: int) -> AsyncIterator[UnitOfWork]:
        """A unit for use cases that only look: it waits for nobody who writes. RuntimeError if one has changed something."""
        async with self.reading() as conn:
            uow = UnitOfWork(conn, account_id, self.clock, self.env)
            yield uow
        if uow.appended or uow.last or uow.events or uow.signals:
            raise RuntimeError("a unit for looking was given something to keep")

    def count_in_use(self) -> int:
        """Connections that somebody works with at this moment; one that is open when the database closes is never closed."""
        pools = {self._writer.pool, self._reader.pool}  # PostgreSQL's is the same
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    async def close(self) -> None:
        """Give all connections back."""
        await self._writer.dispose()
        await self._reader.dispose()


class _NoQueue:
    """PostgreSQL needs no queue of ours."""

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


async def until_won(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` gives; a unit of it that another one was faster than is done again. Raises RaceLost if that goes on."""
    for _ in range(MOST_RACES - 1):
        with suppress(RaceLost):
            return await work()
    return await work()


async def run_schema_change(url: str, work: Callable[[Connection], None]) -> None:
    """Let `work` change the schema over a connection of its own, and commit."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def dialect_insert(conn: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows ON CONFLICT in the connection's dialect."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)


def _autocommitting(engine: AsyncEngine) -> AsyncEngine:
    """PostgreSQL's statements see what was committed when each began, in a transaction or not: save its round trips."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _note_idle(_: object, record: Any) -> None:
    record.info["idle_since"] = time.monotonic()


def _ping_idle(dialect: Dialect) -> Callable[[Any, Any, object], None]:
    """A connection that answered just now is taken to be alive; another is asked, and replaced if it is not."""

    def ping(connection: Any, record: Any, _: object) -> None:
        if time.monotonic() - record.info.get("idle_since", -PING_AFTER) < PING_AFTER:
            return
        try:
            dialect.do_ping(connection)
            connection.rollback()
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    return ping


def _begin_with(statement: str) -> Callable[[Connection], None]:
    def begin(conn: Connection) -> None:
        ours: Any = conn.connection.dbapi_connection
        ours.begin_with(statement)

    return begin
