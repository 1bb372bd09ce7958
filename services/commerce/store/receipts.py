"""Receipts among the calls to Telegram, and the reports about those that are held."""

from sqlalchemy import String, cast, exists, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.delivery import outbox

RECEIPTS = "order:%:receipt"
FIRST = 0  # among the reports about one receipt
# A literal, not a parameter: both databases prove only so that a partial index covers the question.
HELD: ColumnElement[str] = literal_column("'hold'")
REPORT = outbox.alias("report")


def receipt_key(order_id: int) -> str:
    """The dedupe key of an order's receipt."""
    return f"order:{order_id}:receipt"


def report_key(call_id: int, number: int) -> str:
    """The dedupe key of the n-th report about a held receipt."""
    return f"held:{call_id}:{number}"


# all accounts: the tick of a process looks after every account's receipts
async def list_unreported(conn: AsyncConnection) -> list[tuple[int, int, int]]:
    """Held receipts nobody was told of, as (account, call, order)."""
    first = literal("held:") + cast(outbox.c.id, String) + literal(f":{FIRST}")
    reported = exists().where(
        REPORT.c.account_id == outbox.c.account_id,
        REPORT.c.dedupe_key == first,
        REPORT.c.broadcast_id.is_(None),
    )
    rows = await conn.execute(
        select(outbox.c.account_id, outbox.c.id, outbox.c.dedupe_key)
        .where(outbox.c.state == HELD, outbox.c.dedupe_key.like(RECEIPTS), ~reported)
        .order_by(outbox.c.id)
    )
    return [(row[0], row[1], int(row[2].split(":")[1])) for row in rows]
