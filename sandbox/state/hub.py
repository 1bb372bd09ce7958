"""Waking those who wait: long polls wait on a topic, live pages listen to a person's events."""

import asyncio
from collections.abc import Callable
from typing import Any

MAX_WAITING_EVENTS = 2000


class Hub:
    """Topics with sleepers and people with live listeners, all within one event loop."""

    def __init__(self) -> None:
        self._sleepers: dict[str, set[asyncio.Future[None]]] = {}
        self._listeners: dict[int, set[asyncio.Queue[dict[str, Any]]]] = {}
        self.stopping = False

    def wake(self, topic: str) -> None:
        """Wake everyone who sleeps on the topic."""
        for sleeper in self._sleepers.pop(topic, ()):
            if not sleeper.done():
                sleeper.set_result(None)

    async def until(self, topic: str, seconds: float, ready: Callable[[], bool]) -> bool:
        """Wait until `ready()` holds, checked whenever the topic is woken; false when time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not ready():
            left = deadline - loop.time()
            if left <= 0 or self.stopping or not await self._doze(topic, left):
                return ready()
        return True

    async def _doze(self, topic: str, seconds: float) -> bool:
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._sleepers.setdefault(topic, set())
        waiting.add(sleeper)
        try:
            await asyncio.wait_for(sleeper, seconds)
        except TimeoutError:
            return False
        finally:
            self._rise(topic, sleeper)
        return True

    def _rise(self, topic: str, sleeper: asyncio.Future[None]) -> None:
        """Leave the topic; an empty one is forgotten, or every button ever pressed would stay here."""
        waiting = self._sleepers.get(topic, set())
        waiting.discard(sleeper)
        if not waiting:
            self._sleepers.pop(topic, None)

    def stop(self) -> None:
        """Let every waiter and listener go: the sandbox is closing."""
        self.stopping = True
        for topic in list(self._sleepers):
            self.wake(topic)
        for person_id in self._listeners:
            self.tell(person_id, {"event": "stop"})

    def listen(self, *people: int) -> asyncio.Queue[dict[str, Any]]:
        """Open one stream of events of one or several people."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MAX_WAITING_EVENTS)
        for person_id in people:
            self._listeners.setdefault(person_id, set()).add(queue)
        return queue

    def unlisten(self, queue: asyncio.Queue[dict[str, Any]], *people: int) -> None:
        """Close such a stream."""
        for person_id in people:
            queues = self._listeners.get(person_id, set())
            queues.discard(queue)
            if not queues:
                self._listeners.pop(person_id, None)

    def listening(self) -> frozenset[int]:
        """Return the people somebody watches right now."""
        return frozenset(self._listeners)

    def tell(self, person_id: int, event: dict[str, Any]) -> None:
        """Send an event to the person's live pages; a page that does not read loses it."""
        for queue in self._listeners.get(person_id, ()):
            if not queue.full():
                queue.put_nowait({"person": person_id, **event})
