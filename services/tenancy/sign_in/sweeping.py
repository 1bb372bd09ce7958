"""What is over is forgotten: sessions, codes, invitations, answers that were kept to be given again."""

from core.db.session import Database
from services.tenancy.idempotency import KEPT
from services.tenancy.sign_in.sessions import IDLE, LONGEST
from services.tenancy.store import idempotency, invitations, sessions


async def forget_old(db: Database) -> None:
    """Forget what nobody can use any more."""
    now = db.clock.real_now()
    async with db.transaction() as transaction:
        await sessions.drop_over(transaction.conn, now - IDLE, now - LONGEST)
        await sessions.drop_codes(transaction.conn, now)
        await invitations.drop_over(transaction.conn, now)
        await idempotency.drop_before(transaction.conn, now - KEPT)
