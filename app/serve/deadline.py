"""The last word about when a process that was told to stop ends, whatever hangs in it."""

import os
import threading
from contextlib import suppress
from typing import Self

from loguru import logger

HUNG = 1  # the exit status, as after a kill


class Deadline:
    """Ends the process some seconds after `start`, unless the work inside it came to its end."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, _end)
        self._timer.daemon = True

    def start(self) -> None:
        """From now on; said twice it changes nothing."""
        with suppress(RuntimeError):
            self._timer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _end() -> None:
    logger.bind(event="process.hung").error(
        "something does not come to its end: what is under way is done after the restart"
    )
    os._exit(HUNG)
