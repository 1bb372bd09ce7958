"""Calls that must succeed before a bot works: repeated with back-off until Telegram says yes."""

import asyncio
from collections.abc import Mapping
from typing import Any

from loguru import logger

from bots.runtime.client import Answer, NotSentError, OutcomeUnknownError, TelegramClient
from utils.backoff import delay

UNAUTHORIZED = (401, 404)


class TokenRefusedError(Exception):
    """Telegram does not know this token: it was revoked or mistyped."""


class TelegramAwayError(Exception):
    """Telegram gave no answer for as long as somebody was willing to wait."""


async def call_until_answered(
    telegram: TelegramClient,
    token: str,
    method: str,
    fields: Mapping[str, Any],
    patience: float | None = None,
) -> Answer:
    """The first positive answer; raises TokenRefusedError if there can be none.

    With `patience`, in seconds, it raises TelegramAwayError when none has come by then.
    """
    trouble: list[str] = []
    try:
        async with asyncio.timeout(patience):
            return await _try_on(telegram, token, method, fields, trouble)
    except TimeoutError:
        why = trouble[-1] if trouble else "it takes the connection and is silent"
        raise TelegramAwayError(f"Telegram does not answer at {telegram.base_url}: {why}") from None


async def _try_on(
    telegram: TelegramClient, token: str, method: str, fields: Mapping[str, Any], troubles: list[str]
) -> Answer:
    failures = 0
    while True:
        wait = 0.0
        try:
            answer = await telegram.call(token, method, fields)
            if answer.ok:
                return answer
            if answer.code in UNAUTHORIZED:
                raise TokenRefusedError(
                    f"Telegram refuses the token of bot {token.partition(':')[0]}: {answer.error}"
                )
            trouble, wait = answer.error, answer.retry_after
        except (NotSentError, OutcomeUnknownError) as error:
            trouble = str(error)
        failures += 1
        troubles.append(trouble)
        logger.warning("bot {}: {} failed: {}", token.partition(":")[0], method, trouble)
        await asyncio.sleep(max(wait, delay(failures, most=15).total_seconds()))
