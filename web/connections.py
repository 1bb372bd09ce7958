"""Connections that have to say what they want: half-open ones are closed, and leave room for who asks in time."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
BODY_SECONDS = 30.0
PIECE = 65_536
"""So many bytes of a body earn it that time anew: a large file over a slow line is no half-open connection."""
_OWED = {h11.IDLE: "head", h11.SEND_BODY: "body"}


class Door:
    """The connections of one server: at most `most`, each with its time to send a head and a body.

    Where one more comes, the one that has owed its request longest is closed; if none does, the oldest.
    """

    def __init__(self, most: int, head: float = HEAD_SECONDS, body: float = BODY_SECONDS) -> None:
        self.most = most
        self.seconds = {"head": head, "body": body}
        self.owing: dict[GuardedProtocol, None] = {}
        self.answered: dict[GuardedProtocol, None] = {}

    def build_protocol(self, *arguments: Any, **named: Any) -> "GuardedProtocol":
        """What the server makes for each connection."""
        return GuardedProtocol(self, *arguments, **named)

    def enter(self, guarded_protocol: "GuardedProtocol") -> None:
        """A connection was made."""
        if len(self.owing) + len(self.answered) >= self.most:
            next(iter(self.owing or self.answered)).give_up()
        self.owing[guarded_protocol] = None

    def leave(self, guarded_protocol: "GuardedProtocol") -> None:
        """A connection was closed."""
        self.owing.pop(guarded_protocol, None)
        self.answered.pop(guarded_protocol, None)


class GuardedProtocol(H11Protocol):
    """Uvicorn's own, with a time for what it owes."""

    def __init__(self, door: Door, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._door = door
        self._owes: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._come = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Count it, and make room for it."""
        super().connection_made(transport)
        self._door.enter(self)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._door.leave(self)
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and see whether anything is still owed."""
        super().data_received(data)
        self._come += len(data)
        if self._owes == "body" and self._come >= PIECE:
            self._owes = None
        self._look()

    def on_response_complete(self) -> None:
        """The next request is owed from now on."""
        super().on_response_complete()
        self._look()

    def give_up(self) -> None:
        """Close it, whatever it is at."""
        self._door.leave(self)
        self._stop_timer()
        self.transport.abort()

    def _look(self) -> None:
        owes = None if self.transport.is_closing() else _OWED.get(self.conn.their_state)
        if owes == self._owes:
            return
        self._owes, self._come = owes, 0
        self._stop_timer()
        self._door.leave(self)
        if owes is None:
            self._door.answered[self] = None
            return
        self._door.owing[self] = None
        self._timer = self.loop.call_later(self._door.seconds[owes], self.give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def guard(most: int, head: float = HEAD_SECONDS, body: float = BODY_SECONDS) -> Any:
    """The protocol of a server with at most `most` connections; see `Door`."""
    return Door(most, head, body).build_protocol
