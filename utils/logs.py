"""Logging through loguru: one line per event, the standard library's records too, no secrets, nothing a thousand times."""

import logging
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from loguru import logger

from utils.redaction import hide, redact

if TYPE_CHECKING:
    from loguru import Message, Record

MINUTE = timedelta(minutes=1)
MOST_SAID = 1_000  # different troubles of a minute that are told from each other
ADDRESS = re.compile(r"0x[0-9a-f]+")  # of an object: the same trouble has another one
LINE = "{time:YYYY-MM-DD HH:mm:ss.SSS} {level: <7} {message}"


class _Intercept(logging.Handler):
    """Hands the standard library's records to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        level: str | int = (
            record.levelname if record.levelname in logging.getLevelNamesMapping() else record.levelno
        )
        logger.opt(exception=record.exc_info, depth=6).log(level, record.getMessage())


@dataclass(slots=True)
class _Said:
    """A warning or an error, and how often it came again."""

    at: datetime
    message: str
    again: int = 0


class _Sink:
    """Writes finished lines without secrets; the same trouble once a minute, with how often it came meanwhile."""

    def __init__(self) -> None:
        self._said: dict[str, _Said] = {}

    def __call__(self, message: "Message") -> None:
        record = message.record
        for line in self._lines(record, str(message)):
            sys.stderr.write(redact(line))

    def _lines(self, record: "Record", line: str) -> Iterator[str]:
        yield from self._tell_repeats(record["time"])
        if record["level"].no < logging.WARNING:
            yield line
            return
        key = ADDRESS.sub("", f"{record['name']}:{record['line']}:{record['message']}:{record['extra']}")
        if (said := self._said.get(key)) is not None:
            said.again += 1
            return
        if len(self._said) < MOST_SAID:
            self._said[key] = _Said(record["time"], record["message"])
        yield line

    def _tell_repeats(self, now: datetime) -> Iterator[str]:
        """What came again within its minute; the oldest stand first."""
        for key, said in list(self._said.items()):
            if now - said.at < MINUTE:
                return
            del self._said[key]
            if said.again:
                yield f"{now:%Y-%m-%d %H:%M:%S.000} WARNING {said.again} times more within a minute: {said.message}\n"


def _line(record: "Record") -> str:
    """A line that ends with the event's name and fields, if it is one."""
    fields = " ".join(f"{name}={{extra[{name}]}}" for name in record["extra"])
    return LINE + (f" | {fields}" if fields else "") + "\n{exception}"


def start_logging(level: str, secrets: Iterable[str] = ()) -> None:
    """Send everything to stderr from `level` on; never prints the values of variables in tracebacks."""
    hide(*secrets)
    logger.remove()
    logger.add(_Sink(), level=level.upper(), format=_line, diagnose=False, backtrace=False)
    logging.basicConfig(handlers=[_Intercept()], level=logging.WARNING, force=True)
