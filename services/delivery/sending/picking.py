"""Which calls of a bot leave next: line by line, each with its share, one of each lane."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.lifecycle import Priority
from services.delivery.schemas import QueuedCall
from services.delivery.sending.turns import GroupTurns, Line, Turns
from services.delivery.store.sending import groups, heads

PRIORITIES = {Line.LESSON: Priority.LESSON, Line.GREETING: Priority.GREETING}
LINES = {priority: line for line, priority in PRIORITIES.items()}
TOGETHER = (
    (Line.URGENT,),
    (Line.LESSON, Line.GREETING),
    (Line.BULK,),
)  # most often nothing waits in these two


@dataclass
class Pick:
    """One look at what waits."""

    conn: AsyncConnection
    bot_id: int
    now: datetime
    at: float  # monotonic seconds
    skip: Sequence[int]
    groups: GroupTurns
    taken: dict[int, QueuedCall] = field(default_factory=dict)
    counts: Counter[Line] = field(default_factory=Counter)
    empty: set[Line] = field(default_factory=set)

    async def pick(self, limit: int, turns: Turns) -> list[QueuedCall]:
        """First what a line is owed, then line by line."""
        for line, owed in turns.list_owed():
            await self._take((line,), min(owed, limit - len(self.taken)))
        for lines in TOGETHER:
            await self._take(lines, limit - len(self.taken))
        turns.note(self.counts, self.empty)
        return list(self.taken.values())

    async def _take(self, all_lines: Sequence[Line], wanted: int) -> None:
        lines = [line for line in all_lines if line not in self.empty]
        if wanted <= 0 or not lines:
            return
        found_calls = await self._look_fairly(lines, wanted + len(self.taken))
        new = [call for call in found_calls if call.id not in self.taken][:wanted]
        self.taken |= {call.id: call for call in new}
        reached = lines[0]
        for call in new:
            if call.chat_id < 0:
                self.groups.note(call, self.at)
            line = LINES.get(call.priority, reached)
            self.counts[line if line in lines else lines[0]] += 1
            reached = max(reached, line) if line in lines else reached
        self.empty.update(lines if len(new) < wanted else lines[: lines.index(reached)])

    async def _look_fairly(self, lines: Sequence[Line], limit: int) -> list[QueuedCall]:
        """In groups the one whose turn it is; a group in which nothing may leave now is looked past."""
        while True:
            found_calls = await self._look(lines, limit)
            fair = [await self._whose_turn(call) for call in found_calls]
            if None not in fair:
                return [call for call in fair if call is not None]
            full = [
                call.chat_id for call, allowance in zip(found_calls, fair, strict=True) if allowance is None
            ]
            self.skip = [*self.skip, *full]

    async def _whose_turn(self, call: QueuedCall) -> QueuedCall | None:
        if call.chat_id > 0 or call.id in self.taken:
            return call
        if any(taken_course.chat_id == call.chat_id for taken_course in self.taken.values()):
            return None
        first = await groups.list_first_of_each(self.conn, self.bot_id, call.chat_id, self.now)
        return self.groups.choose(call.chat_id, first, self.at)

    async def _look(self, lines: Sequence[Line], limit: int) -> list[QueuedCall]:
        match lines[0]:
            case Line.URGENT:
                return await heads.list_urgent(self.conn, self.bot_id, self.now, self.skip, limit)
            case Line.BULK:
                return await self._look_at_bulk(limit)
        between = PRIORITIES[lines[0]], PRIORITIES[lines[-1]]
        return await heads.list_of_priorities(self.conn, self.bot_id, between, self.now, self.skip, limit)

    async def _look_at_bulk(self, limit: int) -> list[QueuedCall]:
        calls: list[QueuedCall] = []
        running = await heads.list_running_broadcasts(self.conn, self.bot_id)
        for place, (broadcast_id, to_many) in enumerate(running.items()):
            earlier = list(running)[:place]
            left = limit - len(calls)
            more = await heads.list_bulk(self.conn, broadcast_id, earlier, self.now, self.skip, left)
            calls += [to_many.fill_in(call) for call in more]
            if len(calls) == limit:
                break
        return calls
