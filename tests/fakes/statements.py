"""Statements compiled once for all tests of a worker, whichever of their engines runs them."""

from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from core.db import session

STATEMENTS = 5_000


def share_compiled_statements() -> None:
    """Let every database of this process use what another one has compiled for the same kind of server.

    A cached statement is found by its dialect, too, and every engine has one of its own: dialects of a kind are
    taken for the same one. All of a run's servers have one version and one set of options.
    """
    for kind in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
        kind.__hash__ = _hash  # type: ignore[method-assign]
        kind.__eq__ = _is_same_kind  # type: ignore[method-assign]
    compiled: dict[type, LRUCache[Any, Any]] = {}

    def create(*args: Any, **options: Any) -> AsyncEngine:
        engine = create_async_engine(*args, **options)
        cache = compiled.setdefault(type(engine.dialect), LRUCache(STATEMENTS))
        engine.sync_engine._compiled_cache = cache
        return engine

    session.create_async_engine = create


def _hash(dialect: object) -> int:
    return hash(type(dialect))


def _is_same_kind(dialect: object, other: object) -> bool:
    return type(dialect) is type(other)
