"""In-process signals: a writer rings, a loop wakes; missing a ring costs a tick, never a row."""

import asyncio


class Bell:
    """Named wake-ups; ringing with nobody there is remembered until the next wait."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}

    def ring(self, topic: str) -> None:
        """Wake whoever waits for `topic`, now or at the next wait."""
        self._of(topic).set()

    async def wait(self, topic: str, seconds: float) -> bool:
        """Wait for a ring, at most `seconds`; says whether it rang."""
        event = self._of(topic)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True

    def _of(self, topic: str) -> asyncio.Event:
        return self._events.setdefault(topic, asyncio.Event())
