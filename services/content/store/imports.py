"""What imports made of flows and what was there before; posts that are gathered for one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import deployments, flows, gathered_posts, gatherings, imports
from core.db.session import Row, dialect_insert
from services.content.schemas import Import

_COLUMNS = (
    imports.c.id,
    imports.c.flow_id,
    flows.c.slug,
    imports.c.file,
    imports.c.made_at,
    imports.c.former_version_id,
    imports.c.version_id,
    imports.c.undone_at,
)


async def add_import(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Note an import; gives its number."""
    rows = await conn.execute(insert(imports).values(account_id=account_id, **row).returning(imports.c.id))
    return int(rows.scalar_one())


async def find_import(conn: AsyncConnection, account_id: int, import_id: int) -> Import | None:
    """An import by its number."""
    rows = await conn.execute(
        select(*_COLUMNS)
        .join(flows, flows.c.id == imports.c.flow_id)
        .where(imports.c.account_id == account_id, imports.c.id == import_id)
    )
    row = rows.one_or_none()
    return None if row is None else Import(*row)


async def list_imports(conn: AsyncConnection, account_id: int, most: int) -> Sequence[Import]:
    """The latest imports, the newest first."""
    rows = await conn.execute(
        select(*_COLUMNS)
        .join(flows, flows.c.id == imports.c.flow_id)
        .where(imports.c.account_id == account_id)
        .order_by(imports.c.id.desc())
        .limit(most)
    )
    return [Import(*row) for row in rows]


async def find_latest_import(conn: AsyncConnection, account_id: int, flow_id: int) -> int | None:
    """The number of the newest import of a flow that is not undone."""
    number: int | None = await conn.scalar(
        select(imports.c.id)
        .where(
            imports.c.account_id == account_id, imports.c.flow_id == flow_id, imports.c.undone_at.is_(None)
        )
        .order_by(imports.c.id.desc())
        .limit(1)
    )
    return number


async def load_former_draft(conn: AsyncConnection, account_id: int, import_id: int) -> Any:
    """The draft an import took the place of; None for none."""
    return await conn.scalar(
        select(imports.c.former_draft).where(imports.c.account_id == account_id, imports.c.id == import_id)
    )


async def set_version(conn: AsyncConnection, account_id: int, import_id: int, version_id: int) -> None:
    """Note what an import was published as."""
    await conn.execute(
        update(imports)
        .where(imports.c.account_id == account_id, imports.c.id == import_id)
        .values(version_id=version_id)
    )


async def mark_undone(conn: AsyncConnection, account_id: int, import_id: int, at: datetime) -> bool:
    """Note that an import is undone; False if it was before."""
    done = await conn.execute(
        update(imports)
        .where(imports.c.account_id == account_id, imports.c.id == import_id, imports.c.undone_at.is_(None))
        .values(undone_at=at)
    )
    return done.rowcount > 0


async def close_deployments(conn: AsyncConnection, account_id: int, flow_id: int, at: datetime) -> None:
    """Take a flow off its bots: nobody gets in until it is put there again."""
    await conn.execute(
        update(deployments)
        .where(deployments.c.account_id == account_id, deployments.c.flow_id == flow_id)
        .values(is_active=False, is_default=False, deleted_at=at)
    )


async def add_gathering(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Begin to gather; gives its number."""
    rows = await conn.execute(
        insert(gatherings).values(account_id=account_id, **row).returning(gatherings.c.id)
    )
    return int(rows.scalar_one())


async def find_gathering(conn: AsyncConnection, account_id: int, gathering_id: int) -> Any:
    """A gathering's row by its number."""
    rows = await conn.execute(
        select(gatherings).where(gatherings.c.account_id == account_id, gatherings.c.id == gathering_id)
    )
    return rows.one_or_none()


async def move_version(conn: AsyncConnection, account_id: int, gathering_id: int, version: int) -> bool:
    """Count a change of the order; False where the list was changed since, or is closed."""
    done = await conn.execute(
        update(gatherings)
        .where(gatherings.c.account_id == account_id, gatherings.c.id == gathering_id)
        .where(gatherings.c.version == version, gatherings.c.closed_at.is_(None))
        .values(version=version + 1)
    )
    return done.rowcount > 0


async def close_gathering(conn: AsyncConnection, account_id: int, gathering_id: int, at: datetime) -> bool:
    """End it; False if it was ended before."""
    done = await conn.execute(
        update(gatherings)
        .where(gatherings.c.account_id == account_id, gatherings.c.id == gathering_id)
        .where(gatherings.c.closed_at.is_(None))
        .values(closed_at=at)
    )
    return done.rowcount > 0


async def add_post(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Add a post behind the others; None if the message is there already."""
    statement = dialect_insert(conn, gathered_posts).values(account_id=account_id, **row)
    rows = await conn.execute(
        statement.on_conflict_do_nothing(index_elements=["gathering_id", "message_id"]).returning(
            gathered_posts.c.id
        )
    )
    number: int | None = rows.scalar_one_or_none()
    return number


async def list_posts(conn: AsyncConnection, account_id: int, gathering_id: int) -> Sequence[Any]:
    """All posts in their order, those that are left out too."""
    rows = await conn.execute(
        select(gathered_posts)
        .where(gathered_posts.c.account_id == account_id, gathered_posts.c.gathering_id == gathering_id)
        .order_by(gathered_posts.c.place, gathered_posts.c.message_id)
    )
    return rows.all()


async def count_posts(conn: AsyncConnection, account_id: int, gathering_id: int) -> int:
    """How many posts there are."""
    number = await conn.scalar(
        select(func.count()).where(
            gathered_posts.c.account_id == account_id, gathered_posts.c.gathering_id == gathering_id
        )
    )
    return int(number or 0)


async def set_places(conn: AsyncConnection, account_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put posts elsewhere: `place`, `joined`, `same_day`, `left_out` by the post's `id`."""
    for row in rows:
        values = {name: value for name, value in row.items() if name != "id"}
        await conn.execute(
            update(gathered_posts)
            .where(gathered_posts.c.account_id == account_id, gathered_posts.c.id == row["id"])
            .values(**values)
        )


async def set_file(
    conn: AsyncConnection, account_id: int, post_id: int, post: Mapping[str, Any] | None, state: str
) -> None:
    """Note what came of a post's file; with it the post, where it changes."""
    values: dict[str, Any] = {"file_state": state, **({"post": dict(post)} if post is not None else {})}
    await conn.execute(
        update(gathered_posts)
        .where(gathered_posts.c.account_id == account_id, gathered_posts.c.id == post_id)
        .values(**values)
    )


async def find_post(conn: AsyncConnection, account_id: int, post_id: int) -> Any:
    """A post's row by its number."""
    rows = await conn.execute(
        select(gathered_posts).where(
            gathered_posts.c.account_id == account_id, gathered_posts.c.id == post_id
        )
    )
    return rows.one_or_none()
