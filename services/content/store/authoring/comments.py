"""What authors say about the steps of flows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice, narrow
from core.db.models.content_comments import step_comments
from core.db.session import Row

ALL = (
    step_comments.c.id,
    step_comments.c.flow_id,
    step_comments.c.step,
    step_comments.c.author_id,
    step_comments.c.text,
    step_comments.c.at,
    step_comments.c.resolved_by,
    step_comments.c.resolved_at,
)


async def add_comment(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Add one; gives its id."""
    made = insert(step_comments).values(account_id=account_id, **row).returning(step_comments.c.id)
    return int((await conn.execute(made)).scalar_one())


async def list_comments(
    conn: AsyncConnection,
    account_id: int,
    flow_id: int,
    part: Slice,
    *,
    step: str | None,
    is_open: bool | None,
) -> Sequence[Any]:
    """A part of those on a flow: on one step, open or resolved ones."""
    wanted = narrow(
        _select(account_id).where(step_comments.c.flow_id == flow_id), {step_comments.c.step: step}
    )
    if is_open is not None:
        wanted = wanted.where(step_comments.c.resolved_at.is_(None) == is_open)
    return list(await conn.execute(part.cut(wanted)))


async def find_comment(conn: AsyncConnection, account_id: int, comment_id: int) -> Any:
    """One of them; None if there is none."""
    return (await conn.execute(_select(account_id).where(step_comments.c.id == comment_id))).one_or_none()


async def set_resolved(conn: AsyncConnection, account_id: int, comment_id: int, values: Row) -> None:
    """Note who resolved one and when, or that it is open."""
    await conn.execute(
        update(step_comments)
        .where(step_comments.c.account_id == account_id, step_comments.c.id == comment_id)
        .values(**values)
    )


async def drop_comment(conn: AsyncConnection, account_id: int, comment_id: int) -> None:
    """Delete one."""
    await conn.execute(
        delete(step_comments).where(
            step_comments.c.account_id == account_id, step_comments.c.id == comment_id
        )
    )


def _select(account_id: int) -> Select[Any]:
    return select(*ALL).where(step_comments.c.account_id == account_id)
