"""Bots, and which of them work for an account."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.tenancy import accounts, bots
from core.db.session import Row, dialect_insert
from core.lifecycle import BotEnd, BotTrouble


async def put_bot(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Connect a bot, or give one that is known its token and names anew; false if it belongs to another account."""
    insert = dialect_insert(conn, bots).values(account_id=account_id, **row)
    changed = {name: insert.excluded[name] for name in row if name not in {"id", "created_at"}}
    own = bots.c.account_id == account_id
    done = await conn.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed, where=own))
    return done.rowcount == 1


async def end_bot(conn: AsyncConnection, account_id: int, bot_id: int, ended: BotEnd) -> bool:
    """Have a bot work no more; False if it did not."""
    own = update(bots).where(bots.c.account_id == account_id, bots.c.id == bot_id, bots.c.is_active)
    done = await conn.execute(own.values(is_active=False, is_default=False, ended=ended))
    return done.rowcount == 1


async def make_default(conn: AsyncConnection, account_id: int, kind: str, bot_id: int) -> None:
    """Have one bot of a kind count where nothing names another."""
    await conn.execute(
        update(bots)
        .where(bots.c.account_id == account_id, bots.c.kind == kind)
        .values(is_default=bots.c.id == bot_id)
    )


async def set_trouble(
    conn: AsyncConnection, account_id: int, bot_id: int, trouble: BotTrouble | None
) -> bool:
    """Note what keeps a bot from receiving, or that nothing does; False if that is known."""
    own = update(bots).where(bots.c.account_id == account_id, bots.c.id == bot_id, bots.c.is_active)
    done = await conn.execute(own.where(bots.c.trouble.is_distinct_from(trouble)).values(trouble=trouble))
    return done.rowcount == 1


async def rename_bot(conn: AsyncConnection, account_id: int, bot_id: int, username: str, name: str) -> bool:
    """Keep what Telegram calls a bot now; False if that is known."""
    own = update(bots).where(bots.c.account_id == account_id, bots.c.id == bot_id)
    other = (bots.c.username != username) | (bots.c.name != name)
    return (await conn.execute(own.where(other).values(username=username, name=name))).rowcount == 1


async def note_change(conn: AsyncConnection, account_id: int) -> None:
    """Let every process see that something about the account's bots is new."""
    await conn.execute(
        update(accounts).where(accounts.c.id == account_id).values(revision=accounts.c.revision + 1)
    )


# all accounts: a process looks whether anything of any of them is new
async def sum_revisions(conn: AsyncConnection) -> tuple[int, int]:
    """Two numbers, at least one of which is another after each change of an account, its settings or its bots."""
    row = (await conn.execute(select(func.count(), func.coalesce(func.sum(accounts.c.revision), 0)))).one()
    return int(row[0]), int(row[1])


# all accounts: a process serves every account's bots
async def list_bots(conn: AsyncConnection) -> list[Row]:
    """All bots in use, as they are stored."""
    rows = await conn.execute(select(bots).where(bots.c.is_active).order_by(bots.c.id))
    return [dict(row) for row in rows.mappings()]


async def list_own(conn: AsyncConnection, account_id: int) -> list[Row]:
    """All bots of an account as they are stored, those in use first."""
    rows = await conn.execute(
        select(bots)
        .where(bots.c.account_id == account_id)
        .order_by(bots.c.is_active.desc(), bots.c.kind.desc(), bots.c.is_default.desc(), bots.c.id)
    )
    return [dict(row) for row in rows.mappings()]


async def find_bot(conn: AsyncConnection, account_id: int, kind: str) -> Row | None:
    """The account's bot of a kind, the default one if there are several."""
    rows = await conn.execute(
        _select_own(account_id)
        .where(bots.c.kind == kind, bots.c.is_active)
        .order_by(bots.c.is_default.desc(), bots.c.id)
        .limit(1)
    )
    return _read_row(rows)


# all accounts: those of one member
async def find_doors(conn: AsyncConnection, account_ids: Collection[int]) -> dict[int, str]:
    """The user name of a bot of each account that has one in use, of the default one that sells if it can be."""
    rows = await conn.execute(
        select(bots.c.account_id, bots.c.username)
        .where(bots.c.account_id.in_(account_ids), bots.c.is_active)
        .order_by(bots.c.kind, bots.c.is_default, bots.c.id.desc())
    )
    return {row.account_id: row.username for row in rows}


async def find_bot_by_id(conn: AsyncConnection, account_id: int, bot_id: int) -> Row | None:
    """One of the account's bots in use."""
    return _read_row(await conn.execute(_select_own(account_id).where(bots.c.id == bot_id, bots.c.is_active)))


# all accounts: the question is whose bot it is, in use or not
async def find_known(conn: AsyncConnection, bot_id: int) -> Row | None:
    """A bot of any account, as it is stored."""
    return _read_row(await conn.execute(select(bots).where(bots.c.id == bot_id)))


def _select_own(account_id: int) -> Any:
    return select(bots).where(bots.c.account_id == account_id)


def _read_row(rows: Any) -> Row | None:
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


async def find_sealed_token(conn: AsyncConnection, account_id: int, bot_id: int) -> str | None:
    """The token of a bot in use, as it is stored."""
    row = await find_bot_by_id(conn, account_id, bot_id)
    return None if row is None else str(row["token_sealed"])


# all accounts: the question is whose bot it is
async def find_account_of_bot(conn: AsyncConnection, bot_id: int) -> int | None:
    """The account of a bot in use."""
    account: int | None = await conn.scalar(
        select(bots.c.account_id).where(bots.c.id == bot_id, bots.c.is_active)
    )
    return account
