"""Where people want letters."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.people import mail_addresses
from core.db.session import Row
from core.db.upserts import upsert


async def put_address(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep where somebody wants letters, in place of what they said before."""
    changed = tuple(name for name in row if name != "contact_id")
    statement = upsert(conn, mail_addresses, ("account_id", "contact_id"), changed)
    await conn.execute(statement, {"account_id": account_id, **row})


async def find_address(conn: AsyncConnection, account_id: int, contact_id: int) -> Row | None:
    """Where somebody wants letters."""
    mine = select(mail_addresses).where(
        mail_addresses.c.account_id == account_id, mail_addresses.c.contact_id == contact_id
    )
    row = (await conn.execute(mine)).mappings().one_or_none()
    return dict(row) if row else None


# all accounts: whoever has the link says whose it is
async def find_by_token(conn: AsyncConnection, token_hash: str) -> Row | None:
    """The address of a link."""
    rows = await conn.execute(select(mail_addresses).where(mail_addresses.c.token_hash == token_hash))
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


async def confirm(conn: AsyncConnection, account_id: int, token_hash: str) -> bool:
    """Have an address count; False if it does."""
    mine = mail_addresses.c.account_id == account_id, mail_addresses.c.token_hash == token_hash
    done = await conn.execute(
        update(mail_addresses)
        .where(*mine, mail_addresses.c.is_confirmed.is_(False))
        .values(is_confirmed=True)
    )
    return done.rowcount == 1


async def drop_address(conn: AsyncConnection, account_id: int, contact_id: int) -> bool:
    """Forget where somebody wanted letters; False if nothing was known."""
    done = await conn.execute(
        delete(mail_addresses).where(
            mail_addresses.c.account_id == account_id, mail_addresses.c.contact_id == contact_id
        )
    )
    return done.rowcount == 1
