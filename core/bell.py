"""In-process signals: a writer rings, a loop wakes; missing a ring costs a tick, never a row."""

import asyncio


class Bell:
    """Named wake-ups; ringing with nobody there is remembered until the next wait."""

    def __init__(self) -> None:
        # Futures, not events: an event weighs four times as much, and there is one of these for each bot.
        self._rings: dict[str, asyncio.Future[None]] = {}

    def ring(self, topic: str) -> None:
        """Wake whoever waits for `topic`, now or at the next wait."""
        ring = self._of(topic)
        if not ring.done():
            ring.set_result(None)

    async def wait(self, topic: str, seconds: float) -> bool:
        """Wait for a ring, at most `seconds`; says whether it rang."""
        ring = self._of(topic)
        await asyncio.wait((ring,), timeout=seconds)
        if not ring.done():
            return False
        if self._rings.get(topic) is ring:  # another who waited may have taken it down already
            del self._rings[topic]
        return True

    def _of(self, topic: str) -> asyncio.Future[None]:
        if topic not in self._rings:
            self._rings[topic] = asyncio.get_running_loop().create_future()
        return self._rings[topic]
