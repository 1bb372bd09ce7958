"""Ends what runs beside a test, and what it leaves."""

import asyncio
import gc
import warnings
from typing import Any

from sqlalchemy.exc import SAWarning

from core.db.session import Database

PATIENCE = 120.0  # for what is at work on a database to be over


async def end_tasks(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel tasks wherever they are, and wait until they are over."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    bury()


def bury() -> None:
    """Connections that were being opened when the blow fell are found by the collector: here, not in a later test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def close_at_rest(database: Database) -> None:
    """Close a database once nobody is at work on it: a connection that is out by then would be closed by nobody.

    Raises TimeoutError where something that the test began, and did not end, keeps one.
    """
    async with asyncio.timeout(PATIENCE):
        while database.count_in_use():  # noqa: ASYNC110 - connections tell nobody when they are given back
            await asyncio.sleep(0.01)
    await database.close()
