"""Things that happen at their time by the sandbox's clock, however it is moved."""

import heapq
import itertools
from collections.abc import Callable

from sandbox.state.hub import Hub
from sandbox.state.timing import Clock

LONGEST_SLEEP = 3600.0


class Alarms:
    """Acts in the order of their time; moving the clock over them sets them off."""

    def __init__(self, clock: Clock, hub: Hub) -> None:
        self._clock = clock
        self._hub = hub
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def set(self, at: float, act: Callable[[], None]) -> None:
        """Do `act` when the clock shows `at`."""
        heapq.heappush(self._heap, (at, next(self._numbers), act))
        self._hub.wake("clock")

    async def run(self) -> None:
        """Set them off until cancelled."""
        while not self._hub.stopping:
            while self._is_due():
                heapq.heappop(self._heap)[2]()
            await self._hub.until("clock", self._seconds(), self._stirring())

    def _is_due(self) -> bool:
        return bool(self._heap) and self._heap[0][0] <= self._clock.timestamp()

    def _seconds(self) -> float:
        if not self._heap:
            return LONGEST_SLEEP
        return min(max(self._heap[0][0] - self._clock.timestamp(), 0.0), LONGEST_SLEEP)

    def _stirring(self) -> Callable[[], bool]:
        """Tell when the time to sleep has to be reckoned anew."""
        seen, known = self._clock.version, len(self._heap)
        return lambda: self._is_due() or self._clock.version != seen or len(self._heap) != known
