"""All open payments are asked for at once, because somebody wants to know now."""

from core.db.session import Database
from services.commerce.payments.payments import ask_now
from services.commerce.store.lists import order_lists as store

PIECE = 20  # payments in a commit: nobody who pays or studies meanwhile waits long for the writer


async def ask_all(db: Database, account_id: int) -> int:
    """Have every provider asked how the payments stand that are open; says how many there are."""
    asked, last = 0, 0
    while True:
        async with db.unit(account_id) as uow:
            piece = await store.list_open_payments(uow.conn, account_id, last, PIECE)
            for payment_id in piece:
                await ask_now(uow, payment_id)
        asked += len(piece)
        if len(piece) < PIECE:
            return asked
        last = piece[-1]
