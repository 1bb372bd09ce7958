"""Calls that must succeed before a bot works: repeated with back-off until Telegram says yes."""

import asyncio
from collections.abc import Mapping
from typing import Any

from loguru import logger

from bots.shared.telegram import Answer, NotSentError, OutcomeUnknownError, TelegramClient
from utils.backoff import delay

UNAUTHORIZED = (401, 404)


class TokenRefusedError(Exception):
    """Telegram does not know this token: it was revoked or mistyped."""


async def insist(telegram: TelegramClient, token: str, method: str, fields: Mapping[str, Any]) -> Answer:
    """The first positive answer; raises TokenRefusedError if there can be none."""
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
        logger.warning("bot {}: {} failed: {}", token.partition(":")[0], method, trouble)
        await asyncio.sleep(max(wait, delay(failures, most=15).total_seconds()))
