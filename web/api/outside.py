"""Whom a route may ask beyond this machine while somebody waits for its answer: Telegram, and who takes money."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import DomainError, ErrorKind
from payment.spec import Surroundings
from services.tenancy.bot_care.connecting import Ask, Said
from web.api.stage import Stage


async def ask_nobody(_token: str, method: str, _fields: Mapping[str, Any]) -> Said:
    """Raise TELEGRAM_AWAY: this application was built without it."""
    raise DomainError(ErrorKind.CONFLICT, "TELEGRAM_AWAY", method)


@dataclass(frozen=True)
class Outside:
    """`ask` calls Telegram as any bot, `surround` gives what a provider of an account gets besides its settings.

    `stage` is where drafts are rehearsed.
    """

    ask: Ask = ask_nobody
    surround: Callable[[int], Surroundings] | None = None
    stage: Stage | None = None


NOBODY = Outside()
