"""A moved clock: read once by a command, followed by long poll while bots are served (the next tick sees it)."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from loguru import logger

from core.clock import SystemClock

LONG_POLL = 25
PATIENCE = aiohttp.ClientTimeout(total=5)  # of a command
PAUSE_SECONDS = 0.25  # between two questions to a clock that has no long poll, or does not answer


async def read_clock(url: str, clock: SystemClock) -> None:
    """Set the clock once; one that does not answer leaves it as it was, and says so."""
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            clock.offset = _offset(await _ask(session, url, None), clock.real_now())
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
        logger.warning("the moved clock at {} does not answer: {!r}", url, error)


async def follow_clock(url: str, clock: SystemClock) -> None:
    """Until cancelled: `GET url?after=version&timeout=s` answers `{"now": ISO 8601, "offset": s, "version": n}`.

    `offset` wins over `now`; a clock without `version` is asked again and again.
    """
    version: int | None = None
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=LONG_POLL + 10)) as session:
        while True:
            try:
                told = await _ask(session, url, version)
                clock.offset = _offset(told, clock.real_now())
                version = told.get("version")
            except Exception as error:  # loop edge: the clock's server may be away; time goes on as it was
                logger.warning("the moved clock at {} does not answer: {!r}", url, error)
                await asyncio.sleep(4 * PAUSE_SECONDS)
                continue
            if version is None:
                await asyncio.sleep(PAUSE_SECONDS)


async def _ask(session: aiohttp.ClientSession, url: str, version: int | None) -> Mapping[str, Any]:
    query = {} if version is None else {"after": str(version), "timeout": str(LONG_POLL)}
    async with session.get(url, params=query) as response:
        response.raise_for_status()
        told: Mapping[str, Any] = await response.json(content_type=None)
        return told


def _offset(told: Mapping[str, Any], real_now: datetime) -> timedelta:
    if "offset" in told:
        return timedelta(seconds=float(told["offset"]))
    return datetime.fromisoformat(told["now"]) - real_now
