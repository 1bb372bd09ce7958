"""The sealed settings of payment providers that accounts have set."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce_money import payment_accounts
from core.db.session import Row, dialect_insert


async def put_account(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep the settings of a provider, in place of former ones."""
    insert = dialect_insert(conn, payment_accounts).values(account_id=account_id, **row)
    changed = {"sealed": insert.excluded.sealed}
    await conn.execute(insert.on_conflict_do_update(index_elements=["account_id", "provider"], set_=changed))


async def find_sealed(conn: AsyncConnection, account_id: int, provider: str) -> str | None:
    """The sealed settings of a provider."""
    sealed: str | None = await conn.scalar(
        select(payment_accounts.c.sealed).where(
            payment_accounts.c.account_id == account_id, payment_accounts.c.provider == provider
        )
    )
    return sealed


async def list_sealed(conn: AsyncConnection, account_id: int) -> list[tuple[str, str]]:
    """An account's providers with their sealed settings, the one that was set first before the others."""
    rows = await conn.execute(
        select(payment_accounts.c.provider, payment_accounts.c.sealed)
        .where(payment_accounts.c.account_id == account_id)
        .order_by(payment_accounts.c.id)
    )
    return [(row.provider, row.sealed) for row in rows]


async def drop_account(conn: AsyncConnection, account_id: int, provider: str) -> bool:
    """Forget the settings of a provider; False if there were none."""
    done = await conn.execute(
        delete(payment_accounts).where(
            payment_accounts.c.account_id == account_id, payment_accounts.c.provider == provider
        )
    )
    return done.rowcount == 1


# all accounts: who looks after the installation asks for each of them
async def list_all(conn: AsyncConnection) -> list[tuple[int, str]]:
    """Every account with each provider it has set."""
    rows = await conn.execute(
        select(payment_accounts.c.account_id, payment_accounts.c.provider).order_by(payment_accounts.c.id)
    )
    return [(row.account_id, row.provider) for row in rows]
