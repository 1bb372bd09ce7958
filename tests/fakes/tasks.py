"""Ends what runs beside a test, and what it leaves."""

import asyncio
import gc
import warnings
from typing import Any

from sqlalchemy.exc import SAWarning


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
