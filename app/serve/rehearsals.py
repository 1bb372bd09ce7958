"""The rehearsals that members play in the panel: each a process of its own, few at a time, over when nobody plays any more."""

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.errors import DomainError
from core.flow.definition import Flow, dump_flow
from web.api.stage import Owner, Wish, broke, full, not_found

ROOT = Path(__file__).parents[2]
MOST_OF_ACCOUNT, MOST = 2, 4
"""How many may go on at once: each takes two processes."""
IDLE_SECONDS = 600.0
PATIENCE = 90.0  # a jump of the clock is told in less, also on a small machine
END_SECONDS = 15.0
MOST_BYTES = 2**22  # of a scene
Key = tuple[int, int]
Scene = Mapping[str, Any]


@dataclass
class Seat:
    """One rehearsal while it goes on; who looks gets the last scene."""

    owner: Owner
    process: asyncio.subprocess.Process
    scene: Scene = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    idle: asyncio.TimerHandle | None = None

    async def ask(self, told: Mapping[str, Any]) -> Scene:
        """Send a line, take the scene that comes; raises REHEARSAL_BROKE."""
        sending, coming = self.process.stdin, self.process.stdout
        async with self.turn:
            with suppress(OSError, TimeoutError, ValueError):
                if sending and coming:
                    sending.write(f"{json.dumps(told)}\n".encode())
                    await sending.drain()
                    line = await asyncio.wait_for(coming.readline(), PATIENCE)
                    self.scene = json.loads(line)
                    return self.scene
        raise broke()

    async def end(self) -> None:
        """Close its input, by which it ends; what does not is killed."""
        if self.idle:
            self.idle.cancel()
        if self.process.stdin:
            self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), END_SECONDS)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


class Rehearsals:
    """The stage of one installation: a member has one rehearsal, an account few."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._seats: dict[Key, Seat] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def start(self, owner: Owner, flow: Flow, language: str, step: str) -> Scene:
        """Begin one; the one that this member had is over. Raises REHEARSALS_FULL, REHEARSAL_BROKE."""
        self._drop(_key(owner))
        ours = sum(account == owner.account_id for account, _ in self._seats)
        if ours >= MOST_OF_ACCOUNT or len(self._seats) + len(self._ending) >= MOST:
            raise full()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "app.rehearsal.seat",
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            process_group=0,
            limit=MOST_BYTES,
        )
        seat = self._seats[_key(owner)] = Seat(owner, process)
        asked = {
            "flow": dump_flow(flow),
            "step": step,
            "language": language,
            "data_dir": str(self._data_dir.absolute()),
        }
        return await self._ask(seat, asked)

    async def look(self, owner: Owner) -> Scene:
        """The last scene; raises REHEARSAL_NOT_FOUND."""
        return self._get(owner).scene

    async def do(self, owner: Owner, wish: Wish) -> Scene:
        """Do something in it; raises REHEARSAL_NOT_FOUND, REHEARSAL_BROKE."""
        return await self._ask(self._get(owner), asdict(wish))

    async def end(self, owner: Owner) -> None:
        """It is over, whether or not there was one."""
        self._drop(_key(owner))

    async def close(self) -> None:
        """All of them are over."""
        for key in list(self._seats):
            self._drop(key)
        await asyncio.gather(*self._ending)

    async def _ask(self, seat: Seat, told: Mapping[str, Any]) -> Scene:
        key = _key(seat.owner)
        if seat.idle:
            seat.idle.cancel()
        try:
            scene = await seat.ask(told)
        except (DomainError, asyncio.CancelledError):
            self._drop_seat(key, seat)
            raise
        seat.idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._drop_seat, key, seat)
        return scene

    def _get(self, owner: Owner) -> Seat:
        seat = self._seats.get(_key(owner))
        if seat is None or seat.owner != owner or not seat.scene:
            raise not_found()
        return seat

    def _drop(self, key: Key) -> None:
        if key in self._seats:
            self._drop_seat(key, self._seats[key])

    def _drop_seat(self, key: Key, seat: Seat) -> None:
        """It is over, unless another has taken its place already."""
        if self._seats.get(key) is seat:
            del self._seats[key]
            ending = asyncio.get_running_loop().create_task(seat.end())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)


def _key(owner: Owner) -> Key:
    return owner.account_id, owner.telegram_id
