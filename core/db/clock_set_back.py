"""Marks of what has happened that lie in the future, since the clock was ahead when they were written."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.schema import Column, Table

from core.db.models.commerce import accesses, orders, partner_clicks, referrals
from core.db.models.commerce_partners import commissions
from core.db.models.commerce_plans import subscriptions
from core.db.models.content_wizards import wizard_states
from core.db.models.delivery import carried, chat_bursts
from core.db.models.learning import questions, runs, submissions
from core.db.models.messaging import handoffs, trigger_firings
from core.db.models.people import awaited_inputs, chats, contacts


@dataclass(frozen=True)
class Mark:
    """When something happened, and by the name of their columns the moments that were counted from then."""

    table: Table
    at: str
    counted: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[Column[datetime], ...]:
        """The mark and what was counted from it."""
        return tuple(self.table.c[name] for name in (self.at, *self.counted))


# By which the product decides what comes next. What was said to people, and the books, stay as they are: ends of
# accesses and of paid time, days on which somebody leaves a group, the times of payments and of what was said.
MARKS = (
    Mark(contacts, "created_at"),
    Mark(chats, "seen_at"),
    Mark(awaited_inputs, "asked_at", ("expires_at",)),
    Mark(wizard_states, "touched_at"),
    Mark(chat_bursts, "until"),
    Mark(carried, "at"),
    Mark(runs, "spoke_at"),
    Mark(runs, "started_at"),
    Mark(submissions, "handed_in_at"),
    Mark(questions, "opened_at"),
    Mark(questions, "asked_at"),
    Mark(handoffs, "last_at"),
    Mark(trigger_firings, "at"),
    Mark(orders, "created_at"),
    Mark(orders, "paid_at"),
    Mark(accesses, "granted_at"),
    Mark(partner_clicks, "at"),
    Mark(referrals, "at"),
    Mark(commissions, "created_at", ("payable_at",)),
    Mark(subscriptions, "warned_at"),
    Mark(subscriptions, "asked_at"),
    Mark(subscriptions, "tried_at"),
    Mark(subscriptions, "frozen_at"),
)


# all accounts: one clock is everybody's
async def put_earlier(conn: AsyncConnection, mark: Mark, moment: datetime, by: timedelta, limit: int) -> bool:
    """Have marks after a moment lie so much earlier, so many of them at most; whether there were any."""
    table, at = mark.table, mark.columns[0]
    rows = (await conn.execute(select(table.c.id, *mark.columns).where(at > moment).limit(limit))).all()
    if rows:
        changed = [
            {
                "row": row.id,
                **{f"to_{column.name}": row._mapping[column] - by for column in mark.columns},  # noqa: SLF001 - its public name
            }
            for row in rows
        ]
        values: dict[str, Any] = {column.name: bindparam(f"to_{column.name}") for column in mark.columns}
        await conn.execute(update(table).where(table.c.id == bindparam("row")).values(values), changed)
    return bool(rows)
