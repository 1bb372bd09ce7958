"""SQLite without crossings: a reader's statement is one hop to its thread and back, a writer's none at all.

The stock adapter crosses to the connection's thread for a cursor, its statement, its rows and its end, once more to
begin and once more to reset; a unit of work spent half its time on these crossings. Here begin, statement and rows
travel together; and between BEGIN and COMMIT, which may have to wait for another process and for the disk, the one
writer runs its statements where they are asked for: each takes microseconds, and nobody else could write meanwhile.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor
from sqlalchemy.util.concurrency import await_

STATEMENTS_KEPT = 512  # compiled by SQLite, per connection
CHUNK = 64  # rows aiosqlite would fetch at once; ours come all together
Done = tuple[Any, int, int | None, list[Any]]
OnConnection = Callable[[sqlite3.Connection], Done]


class Cursor(AsyncAdapt_aiosqlite_cursor):
    """A statement and all its rows; nothing of it stays open."""

    __slots__ = ("_done",)

    _adapt_connection: Any

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._done: Done = (None, -1, None, [])
        self._rows: deque[Any] = deque()

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        """Run one statement."""
        self._keep(self._adapt_connection.run(partial(_execute, operation, parameters or ())))

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        """Run one statement for each of the parameters."""
        self._keep(self._adapt_connection.run(partial(_execute_many, operation, seq_of_parameters)))

    def _keep(self, done: Done) -> None:
        self._done = done
        self._rows = deque(done[3])

    @property
    def description(self) -> Any:
        """The columns, if the statement gives rows."""
        return self._done[0]

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        return self._done[1]

    @property
    def lastrowid(self) -> Any:
        """The number of the last row added."""
        return self._done[2]

    async def _async_soft_close(self) -> None:
        pass

    def close(self) -> None:
        """Forget the rows."""
        self._rows.clear()


class Connection(AsyncAdapt_aiosqlite_connection):
    """One connection and its thread; with `stays` the statements of an open transaction do not go there."""

    __slots__ = ("_begin", "_is_open", "_stays", "_touched")

    _cursor_cls = Cursor

    def __init__(self, dbapi: Any, connection: Any, *, stays: bool) -> None:
        super().__init__(dbapi, connection)
        self._stays = stays
        self._begin: str | None = None
        self._is_open = False
        self._touched = False

    def begin_with(self, statement: str) -> None:
        """Open a transaction together with the next statement."""
        self._begin = statement

    def run(self, work: OnConnection) -> Done:
        """Do something with the connection; begins first if that is due."""
        if self._is_open and self._stays:
            here: Done = await_(_stay(work, self._connection._conn))  # noqa: SLF001
            return here
        begin, self._begin = self._begin, None
        self._touched = True
        done: Done = self._cross(partial(_begin_and, begin, work, self._connection))
        self._is_open = begin is not None
        return done

    def commit(self) -> None:
        """Make it last; a transaction in which nothing was said needs no crossing."""
        self._begin, self._is_open = None, False
        if self._touched:
            self._cross(self._connection._conn.commit)  # noqa: SLF001
            self._touched = False

    def _cross(self, work: Callable[[], Any]) -> Any:
        try:
            return await_(self._connection._execute(work))  # noqa: SLF001
        except ValueError as error:
            self._handle_exception(error)  # which knows a closed connection from a wrong value

    def rollback(self) -> None:
        """Undo without waiting: whatever is asked next comes after it on the thread."""
        self._begin, self._is_open = None, False
        holder = self._connection
        if self._touched and holder._connection:  # noqa: SLF001
            self._touched = False
            holder._tx.put_nowait((None, holder._conn.rollback))  # noqa: SLF001


async def _stay(work: OnConnection, connection: sqlite3.Connection) -> Done:
    """A coroutine only because SQLAlchemy insists on having awaited something."""
    return work(connection)


def _begin_and(begin: str | None, work: OnConnection, holder: Any) -> Done:
    connection: sqlite3.Connection = holder._conn  # noqa: SLF001
    if begin:
        connection.execute(begin)
    return work(connection)


def _execute(operation: str, parameters: Sequence[Any], connection: sqlite3.Connection) -> Done:
    cursor = connection.execute(operation, parameters)
    rows = cursor.fetchall() if cursor.description else []
    return cursor.description, cursor.rowcount, cursor.lastrowid, rows


def _execute_many(operation: str, parameters: Sequence[Any], connection: sqlite3.Connection) -> Done:
    cursor = connection.executemany(operation, parameters)
    return None, cursor.rowcount, cursor.lastrowid, []


def connect_with(pragmas: Sequence[str], *, stays: bool) -> Callable[..., Any]:
    """How an engine opens its connections: each with these pragmas, none in a transaction by itself."""

    def open_file(*arguments: Any, **options: Any) -> sqlite3.Connection:
        more = {"isolation_level": None, "cached_statements": STATEMENTS_KEPT, "check_same_thread": False}
        connection: sqlite3.Connection = sqlite3.connect(*arguments, **{**options, **more})
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def do_connect(dialect: Any, _: Any, arguments: Any, options: Any) -> Any:
        connection = aiosqlite.Connection(partial(open_file, *arguments, **options), CHUNK)
        connection._thread.daemon = True  # noqa: SLF001 - as the stock adapter does it
        return Connection(dialect.dbapi, await_(connection), stays=stays)

    return do_connect
