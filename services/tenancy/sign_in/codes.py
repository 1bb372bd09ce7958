"""One-time codes: given to a member by a bot or on the console, good for ten minutes and one session."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from services.tenancy.sign_in.callers import load_roles
from services.tenancy.store import sessions as store
from utils.signing import fingerprint, random_token

GOOD_FOR = timedelta(minutes=10)
CODE_BYTES = 24
LOGIN_PAGE = "/panel/login#code="


async def make_login_link(uow: UnitOfWork, telegram_id: int, base: str | None = None) -> str:
    """Where a member comes in, once, below `base`, else below the installation's address; raises NOT_A_MEMBER.

    The code stands behind the `#`: a browser sends it to nobody, and nothing that fetches pages ahead uses it up.
    """
    if not await load_roles(uow.conn, uow.env, uow.account_id, telegram_id):
        raise DomainError(ErrorKind.FORBIDDEN, "NOT_A_MEMBER")
    code = random_token(CODE_BYTES)
    row = {"telegram_id": telegram_id, "code_hash": fingerprint(code), "expires_at": uow.real_now + GOOD_FOR}
    await store.add_code(uow.conn, uow.account_id, row)
    return f"{uow.env.public_url if base is None else base}{LOGIN_PAGE}{code}"


async def find_code(conn: AsyncConnection, code: str, now: datetime) -> tuple[int, int] | None:
    """The account and the Telegram id of a code that is still good."""
    row = await store.find_code(conn, fingerprint(code))
    is_good = row is not None and row["used_at"] is None and now <= row["expires_at"]
    return (row["account_id"], row["telegram_id"]) if row and is_good else None


async def use_code(uow: UnitOfWork, code: str) -> bool:
    """Use a code up; False if somebody was faster."""
    return await store.use_code(uow.conn, uow.account_id, fingerprint(code), uow.real_now)


async def use_signed(uow: UnitOfWork, telegram_id: int, signed: str, until: datetime) -> bool:
    """Use signed data up, which are good until then; False if they were shown before."""
    row = {
        "telegram_id": telegram_id,
        "code_hash": fingerprint(signed),
        "expires_at": until,
        "used_at": uow.real_now,
    }
    return await store.add_code(uow.conn, uow.account_id, row)
