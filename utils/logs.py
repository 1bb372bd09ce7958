"""Logging through loguru: one line per event, the standard library's records too, secrets blacked out."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from loguru import logger

if TYPE_CHECKING:
    from loguru import Message, Record

BLACK = "•••"
TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")  # also right behind “bot”, as in the API's addresses
LINE = "{time:YYYY-MM-DD HH:mm:ss.SSS} {level: <7} {message}"


class _Intercept(logging.Handler):
    """Hands the standard library's records to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        level: str | int = (
            record.levelname if record.levelname in logging.getLevelNamesMapping() else record.levelno
        )
        logger.opt(exception=record.exc_info, depth=6).log(level, record.getMessage())


class _Redactor:
    """Writes finished lines with every known secret, and all that looks like a bot token, blacked out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Longest first: a secret that another one begins with must not leave the rest of it standing.
        self._secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)

    def __call__(self, message: "Message") -> None:
        text = str(message)
        for secret in self._secrets:
            text = text.replace(secret, BLACK)
        sys.stderr.write(TOKEN.sub(BLACK, text))


def _line(record: "Record") -> str:
    """A line that ends with the event's name and fields, if it is one."""
    fields = " ".join(f"{name}={{extra[{name}]}}" for name in record["extra"])
    return LINE + (f" | {fields}" if fields else "") + "\n{exception}"


def start_logging(level: str, secrets: Iterable[str] = ()) -> None:
    """Send everything to stderr from `level` on; never prints the values of variables in tracebacks."""
    logger.remove()
    logger.add(_Redactor(secrets), level=level.upper(), format=_line, diagnose=False, backtrace=False)
    logging.basicConfig(handlers=[_Intercept()], level=logging.WARNING, force=True)
