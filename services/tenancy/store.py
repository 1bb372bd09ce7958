"""The SQL of tenancy."""

from sqlalchemy import delete, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.tenancy import accounts, bot_menus, bots, members
from core.db.session import Row, dialect_insert


# all accounts: the account is the row itself
async def add_account(conn: AsyncConnection, row: Row) -> None:
    """Add an account; one that is there stays as it is."""
    await conn.execute(dialect_insert(conn, accounts).values(**row).on_conflict_do_nothing())


async def put_bot(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Connect a bot; another bot of its kind gives way, its own token and names are replaced.

    False if it belongs to another account, and then it stays as it is.
    """
    await conn.execute(
        sql_update(bots)
        .where(bots.c.account_id == account_id, bots.c.kind == row["kind"], bots.c.id != row["id"])
        .values(is_active=False)
    )
    insert = dialect_insert(conn, bots).values(account_id=account_id, **row)
    changed = {
        name: insert.excluded[name] for name in ("kind", "username", "name", "token_sealed", "is_active")
    }
    own = bots.c.account_id == account_id
    done = await conn.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed, where=own))
    return done.rowcount == 1


# all accounts: a process serves every account's bots
async def list_bots(conn: AsyncConnection) -> list[Row]:
    """All bots in use, as they are stored."""
    rows = await conn.execute(select(bots).where(bots.c.is_active).order_by(bots.c.id))
    return [dict(row) for row in rows.mappings()]


async def find_bot(conn: AsyncConnection, account_id: int, kind: str) -> Row | None:
    """The account's bot of a kind."""
    rows = await conn.execute(
        select(bots).where(bots.c.account_id == account_id, bots.c.kind == kind, bots.c.is_active)
    )
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


async def find_sealed_token(conn: AsyncConnection, account_id: int, bot_id: int) -> str | None:
    """The token of a bot in use, as it is stored."""
    found: str | None = await conn.scalar(
        select(bots.c.token_sealed).where(
            bots.c.account_id == account_id, bots.c.id == bot_id, bots.c.is_active
        )
    )
    return found


# all accounts: the question is whose bot it is
async def find_account_of_bot(conn: AsyncConnection, bot_id: int) -> int | None:
    """The account of a bot in use."""
    found: int | None = await conn.scalar(
        select(bots.c.account_id).where(bots.c.id == bot_id, bots.c.is_active)
    )
    return found


async def load_menu_digests(conn: AsyncConnection, account_id: int, bot_id: int) -> dict[int, str]:
    """What a bot's menus were when Telegram took them, by chat."""
    rows = await conn.execute(
        select(bot_menus.c.chat_id, bot_menus.c.digest).where(
            bot_menus.c.account_id == account_id, bot_menus.c.bot_id == bot_id
        )
    )
    return {row.chat_id: row.digest for row in rows}


async def put_menu_digest(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep what a menu is now."""
    insert = dialect_insert(conn, bot_menus).values(account_id=account_id, **row)
    own, changed = bot_menus.c.account_id == account_id, {"digest": insert.excluded.digest}
    await conn.execute(
        insert.on_conflict_do_update(
            index_elements=["account_id", "bot_id", "chat_id"], set_=changed, where=own
        )
    )


async def add_member(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Give somebody a role; False if she has it."""
    done = await conn.execute(
        dialect_insert(conn, members).values(account_id=account_id, **row).on_conflict_do_nothing()
    )
    return done.rowcount == 1


async def remove_member(conn: AsyncConnection, account_id: int, telegram_id: int, role: str) -> bool:
    """Take a role away; False if she did not have it."""
    done = await conn.execute(
        delete(members).where(
            members.c.account_id == account_id,
            members.c.telegram_id == telegram_id,
            members.c.role == role,
        )
    )
    return done.rowcount == 1


async def list_members(conn: AsyncConnection, account_id: int, role: str) -> list[int]:
    """Telegram ids of those with a role, in the order they got it."""
    rows = await conn.execute(
        select(members.c.telegram_id)
        .where(members.c.account_id == account_id, members.c.role == role)
        .order_by(members.c.id)
    )
    return list(rows.scalars())
