"""Where people's receipts go."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce_money import payers
from core.db.session import Row, dialect_insert
from core.rules.receipt_contact import ReceiptContact


async def find_payer(conn: AsyncConnection, account_id: int, contact_id: int) -> ReceiptContact | None:
    """The contact of a person's receipts."""
    row = (
        await conn.execute(
            select(payers.c.email, payers.c.phone).where(
                payers.c.account_id == account_id, payers.c.contact_id == contact_id
            )
        )
    ).one_or_none()
    return ReceiptContact(*row) if row else None


async def put_payer(conn: AsyncConnection, account_id: int, contact_id: int, row: Row) -> None:
    """Keep it, in place of a former one."""
    insert = dialect_insert(conn, payers).values(account_id=account_id, contact_id=contact_id, **row)
    changed = {name: insert.excluded[name] for name in row}
    own = payers.c.account_id == account_id
    await conn.execute(insert.on_conflict_do_update(index_elements=["contact_id"], set_=changed, where=own))
