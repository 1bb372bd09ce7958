"""Sessions and the codes that open them. Somebody is signed in for all accounts of which they are a member."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.tenancy_api import login_codes, sessions
from core.db.session import Row, dialect_insert


async def add_code(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Keep a code; False if there is the same."""
    insert = dialect_insert(conn, login_codes).values(account_id=account_id, **row)
    return (await conn.execute(insert.on_conflict_do_nothing())).rowcount == 1


# all accounts: the code says whose it is
async def find_code(conn: AsyncConnection, code_hash: str) -> Row | None:
    """A code, good or not."""
    rows = await conn.execute(select(login_codes).where(login_codes.c.code_hash == code_hash))
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


async def use_code(conn: AsyncConnection, account_id: int, code_hash: str, now: datetime) -> bool:
    """Use up a code that is still good; False if it is not."""
    done = await conn.execute(
        update(login_codes)
        .where(login_codes.c.account_id == account_id, login_codes.c.code_hash == code_hash)
        .where(login_codes.c.used_at.is_(None), login_codes.c.expires_at >= now)
        .values(used_at=now)
    )
    return done.rowcount == 1


async def add_session(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Keep a session; gives its id."""
    insert = dialect_insert(conn, sessions).values(account_id=account_id, **row)
    return int((await conn.execute(insert.returning(sessions.c.id))).scalar_one())


# all accounts: the token says whose it is
async def find_session(conn: AsyncConnection, token_hash: str) -> Row | None:
    """The session of a token, or of the one before it."""
    theirs = or_(sessions.c.token_hash == token_hash, sessions.c.former_hash == token_hash)
    row = (await conn.execute(select(sessions).where(theirs))).mappings().first()
    return dict(row) if row else None


# all accounts: somebody is signed in for all of theirs
async def list_sessions(conn: AsyncConnection, telegram_id: int, within: int | None) -> list[Row]:
    """All of somebody's, or those of one account, the newest first."""
    theirs = select(sessions).where(*_are_theirs(telegram_id, within)).order_by(sessions.c.id.desc())
    return [dict(row) for row in (await conn.execute(theirs)).mappings()]


# all accounts: somebody is signed in for all of theirs
async def note_seen(conn: AsyncConnection, session_id: int, now: datetime) -> None:
    """A session was just used."""
    await conn.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now))


# all accounts: somebody is signed in for all of theirs
async def rotate(conn: AsyncConnection, session_id: int, token_hash: str, now: datetime) -> bool:
    """Give a session that needs it another token; False if it has one already."""
    done = await conn.execute(
        update(sessions)
        .where(sessions.c.id == session_id, sessions.c.must_rotate)
        .values(
            former_hash=sessions.c.token_hash,
            token_hash=token_hash,
            rotated_at=now,
            seen_at=now,
            must_rotate=False,
        )
    )
    return done.rowcount == 1


# all accounts: somebody is signed in for all of theirs
async def ask_to_rotate(conn: AsyncConnection, telegram_id: int) -> None:
    """Have somebody's sessions get other tokens."""
    await conn.execute(update(sessions).where(sessions.c.telegram_id == telegram_id).values(must_rotate=True))


# all accounts: somebody is signed in for all of theirs
async def drop_sessions(
    conn: AsyncConnection, telegram_id: int, within: int | None, session_id: int | None = None
) -> int:
    """Forget all of somebody's sessions, or those of one account, or the one; says how many."""
    theirs = delete(sessions).where(*_are_theirs(telegram_id, within))
    if session_id is not None:
        theirs = theirs.where(sessions.c.id == session_id)
    return (await conn.execute(theirs)).rowcount


def _are_theirs(telegram_id: int, within: int | None) -> list[ColumnElement[bool]]:
    theirs = [sessions.c.telegram_id == telegram_id]
    return theirs if within is None else [*theirs, sessions.c.account_id == within]


# all accounts: what is over is over for all
async def drop_over(conn: AsyncConnection, seen_before: datetime, made_before: datetime) -> None:
    """Forget sessions that were idle or are there for too long."""
    is_over = or_(sessions.c.seen_at < seen_before, sessions.c.created_at < made_before)
    await conn.execute(delete(sessions).where(is_over))


# all accounts: what is over is over for all
async def drop_codes(conn: AsyncConnection, now: datetime) -> None:
    """Forget codes that are good no more; until then a used one is known as used."""
    await conn.execute(delete(login_codes).where(login_codes.c.expires_at < now))
