"""Work and questions in pages, each with whose it is and in which flow."""

from typing import Any

from sqlalchemy import Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.content import flow_versions
from core.db.models.learning import questions, runs, submissions
from core.db.models.people import contacts
from core.lifecycle import CardKind, QuestionStatus
from core.text.names import show_name
from services.learning.schemas import Claim, Sought, WaitingItem

TABLES = {CardKind.WORK: submissions, CardKind.QUESTION: questions}
OF_BOTH = ("id", "run_id", "step", "text", "status", "claimed_by", "claimed_until")
OWN = {
    CardKind.WORK: (
        submissions.c.title,
        submissions.c.attempt,
        submissions.c.handed_in_at.label("since"),
        submissions.c.decided_at.label("over_at"),
    ),
    CardKind.QUESTION: (questions.c.asked_at.label("since"), questions.c.answered_at.label("over_at")),
}


async def list_items(
    conn: AsyncConnection, account_id: int, sought: Sought, part: Slice
) -> list[WaitingItem]:
    """A part of them."""
    rows = await conn.execute(part.cut(_select(account_id, sought)))
    return [_read(row) for row in rows]


async def count_items(conn: AsyncConnection, account_id: int, sought: Sought, most: int) -> int:
    """How many there are, counted up to `most`."""
    counted = select(func.count()).select_from(_select(account_id, sought).limit(most).subquery())
    return int(await conn.scalar(counted) or 0)


async def find_item(
    conn: AsyncConnection, account_id: int, sought: Sought, subject_id: int
) -> WaitingItem | None:
    """One of them."""
    table = TABLES[sought.kind]
    rows = await conn.execute(_select(account_id, sought).where(table.c.id == subject_id))
    row = rows.one_or_none()
    return _read(row) if row else None


def _select(account_id: int, sought: Sought) -> Select[Any]:
    table = TABLES[sought.kind]
    wanted = (
        select(
            *(table.c[name] for name in OF_BOTH),
            *OWN[sought.kind],
            contacts.c.id.label("contact_id"),
            contacts.c.first_name,
            contacts.c.last_name,
            contacts.c.username,
            contacts.c.telegram_id,
            flow_versions.c.flow_id,
            flow_versions.c.id.label("version_id"),
        )
        .join(runs, runs.c.id == table.c.run_id)
        .join(contacts, contacts.c.id == runs.c.contact_id)
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .where(table.c.account_id == account_id)
    )
    if sought.kind is CardKind.QUESTION:
        wanted = wanted.where(table.c.status.in_((QuestionStatus.ASKED, QuestionStatus.ANSWERED)))
    return _narrow(wanted, table, sought)


def _narrow(wanted: Select[Any], table: Table, sought: Sought) -> Select[Any]:
    if sought.status is not None:
        wanted = wanted.where(table.c.status == sought.status)
    if sought.curator_id is not None:
        wanted = wanted.where(table.c.claimed_by == sought.curator_id, table.c.claimed_until > sought.now)
    if sought.flow_id is not None:
        wanted = wanted.where(flow_versions.c.flow_id == sought.flow_id)
    return wanted


def _read(row: Any) -> WaitingItem:
    return WaitingItem(
        id=row.id,
        run_id=row.run_id,
        contact_id=row.contact_id,
        student=show_name(row.first_name, row.last_name, row.username, row.telegram_id),
        flow_id=row.flow_id,
        version_id=row.version_id,
        step=row.step or "",
        title=getattr(row, "title", ""),
        text=row.text,
        attempt=getattr(row, "attempt", 1),
        status=row.status,
        since=row.since,
        over_at=row.over_at,
        claim=Claim(row.claimed_by, row.claimed_until) if row.claimed_by else None,
    )
