"""An account that somebody makes for themselves: whoever Telegram says they are owns it, on the plan one begins with."""

from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.roles import MemberRole
from services.tenancy.accounts import add_in
from services.tenancy.sign_in.callers import Caller
from services.tenancy.sign_in.codes import use_signed
from services.tenancy.sign_in.entering import INIT_DATA_GOOD_FOR, Entered, Known
from services.tenancy.sign_in.sessions import SignInWay, open_session
from services.tenancy.store.members import list_memberships

MOST_OWNED = 3
"""Accounts one person may own before the operator has to add another one."""


async def register(db: Database, known: Known, name: str, device: str) -> Entered | None:
    """Make an account and open its owner's session; None for a proof that was used, or that another account could forge.

    Whoever has a bot's token can sign as anybody: the operator's bots alone vouch here. Raises SIGNUP_CLOSED,
    SIGNUP_MOST, ACCOUNT_NAME, and RaceLost as `add_in`.
    """
    if not db.env.enable_signup:
        raise DomainError(ErrorKind.FORBIDDEN, "SIGNUP_CLOSED", "ENABLE_SIGNUP is off")
    if known.way is SignInWay.CODE or not Environment.speaks_of(known.account_id):
        return None
    async with db.transaction() as transaction:
        async with transaction.unit(known.account_id) as uow:
            until = uow.real_now + INIT_DATA_GOOD_FOR
            if not await use_signed(uow, known.telegram_id, f"{known.way}:{known.proof}", until):
                return None
            owned = await list_memberships(uow.conn, known.telegram_id)
            if sum(MemberRole.OWNER in roles for roles in owned.values()) >= MOST_OWNED:
                raise DomainError(ErrorKind.CONFLICT, "SIGNUP_MOST", f"they own {MOST_OWNED}")
            session_id, token = await open_session(uow, known.telegram_id, known.way, device)
        account = await add_in(transaction, name, known.telegram_id, has_plan=True)
    caller = Caller(known.telegram_id, known.account_id, session_id=session_id)
    return Entered(caller, session_id, token, account.public_id)
