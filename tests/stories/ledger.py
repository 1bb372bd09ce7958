"""What stands in a school's database, to see what a story has changed there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.db.base import metadata
from core.db.models.delivery import jobs, outbox, timers
from core.db.models.people import chats, contacts
from core.lifecycle import JobState, OutboxState
from sandbox.client.client import SandboxClient
from tests.stories.school import School, eventually, is_quiet

Ledger = Mapping[str, Sequence[tuple[Any, ...]]]
RESTLESS = frozenset(
    {"inbox", "feed", "messages", "message_words", "leases", "bot_menus", "rate_holds", "chat_bursts"}
)  # every update leaves a trace
SAID = frozenset({"outbox"})
SEEN = frozenset({chats.c.seen_at, contacts.c.answered})


async def read_ledger(school: School) -> Ledger:
    """All rows of all tables, but what changes with any update: who does anything is seen."""
    async with school.looking() as conn:
        return {
            name: [
                tuple(row)
                for row in await conn.execute(
                    select(*(one for one in table.c if one not in SEEN)).order_by(*table.primary_key)
                )
            ]
            for name, table in metadata.tables.items()
            if name not in RESTLESS
        }


def list_changes(
    before: Ledger, after: Ledger, *, but: Collection[str] = ()
) -> dict[str, list[tuple[Any, ...]]]:
    """The rows that are new, changed or gone, by table."""
    changed = {}
    for name in before.keys() - set(but):
        old, new = before[name], after[name]
        rows = [row for row in new if row not in old] + [row for row in old if row not in new]
        if rows:
            changed[name] = rows
    return changed


async def settled(tg: SandboxClient, school: School) -> None:
    """Wait until everything received is handled, every job and what is due done, and everything said has left."""
    await eventually(lambda: _is_idle(tg, school))


async def _is_idle(tg: SandboxClient, school: School) -> bool:
    if not await is_quiet(tg, school):
        return False
    leaving = select(func.count()).where(outbox.c.state.in_([OutboxState.PENDING, OutboxState.SENDING]))
    doing = select(func.count()).where(jobs.c.state.in_([JobState.PENDING, JobState.RUNNING]))
    due = select(func.count()).where(timers.c.due_at <= await tg.clock.now(), timers.c.error.is_(None))
    async with school.looking() as conn:
        return not any([await conn.scalar(one) for one in (leaving, doing, due)])
