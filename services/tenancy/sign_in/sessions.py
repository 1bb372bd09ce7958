"""Sessions of browsers: opened once signed in, renewed when a role changes, listed and ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Row, UnitOfWork
from core.environment import Environment
from services.tenancy.sign_in.callers import Caller
from services.tenancy.store import sessions as store
from utils.signing import fingerprint, mac, random_token, same

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
ON_ITS_WAY = timedelta(seconds=30)
"""How long a token counts after another one took its place: requests were on their way with it."""
SEEN_WITHIN = timedelta(minutes=5)
TOKEN_BYTES = 32
MOST_DEVICE = 200


class SignInWay(StrEnum):
    """How somebody showed who they are."""

    CODE = "code"
    WIDGET = "widget"
    MINI_APP = "init_data"


@dataclass(frozen=True)
class Session:
    """A browser that is signed in; `is_stale` if it is to be noted that it was here, `must_rotate` if it needs a new token."""

    id: int
    account_id: int
    telegram_id: int
    way: SignInWay
    device: str
    created_at: datetime
    seen_at: datetime
    must_rotate: bool = False
    is_stale: bool = False

    @property
    def caller(self) -> Caller:
        """Who asks with it."""
        bound = is_bound(self.account_id, self.way)
        return Caller(self.telegram_id, self.account_id, session_id=self.id, is_bound=bound)


def is_bound(account_id: int, way: SignInWay) -> bool:
    """Whether a session counts in one account alone: a bot's signature proves nothing to others than who connected the bot.

    Whoever has the token of a bot can sign as anybody. The bots of the account that the environment seeds belong to
    who runs the installation; a code was handed out by us.
    """
    return way is not SignInWay.CODE and not Environment.speaks_of(account_id)


async def open_session(uow: UnitOfWork, telegram_id: int, way: SignInWay, device: str) -> tuple[int, str]:
    """Sign a browser in; gives the session's number and its token, which is kept nowhere."""
    token = random_token(TOKEN_BYTES)
    row = {
        "telegram_id": telegram_id,
        "token_hash": fingerprint(token),
        "rotated_at": uow.real_now,
        "way": way,
        "device": device[:MOST_DEVICE],
        "created_at": uow.real_now,
        "seen_at": uow.real_now,
    }
    return await store.add_session(uow.conn, uow.account_id, row), token


async def find_session(conn: AsyncConnection, token: str, now: datetime) -> Session | None:
    """The session of a token, unless it is over."""
    token_hash = fingerprint(token)
    row = await store.find_session(conn, token_hash)
    if row is None or _is_over(row, now):
        return None
    is_former = not same(row["token_hash"], token_hash)
    if is_former and now - row["rotated_at"] > ON_ITS_WAY:
        return None
    return _read(row, now, is_former=is_former)


def _is_over(row: Row, now: datetime) -> bool:
    return bool(now - row["seen_at"] > IDLE or now - row["created_at"] > LONGEST)


def _read(row: Row, now: datetime, *, is_former: bool = False) -> Session:
    names = ("id", "account_id", "telegram_id", "device", "created_at", "seen_at")
    return Session(
        **{name: row[name] for name in names},
        way=SignInWay(row["way"]),
        must_rotate=row["must_rotate"] and not is_former,
        is_stale=now - row["seen_at"] > SEEN_WITHIN,
    )


async def keep_open(uow: UnitOfWork, session: Session) -> str | None:
    """Note that a session was used; gives its new token where it needs one."""
    token = random_token(TOKEN_BYTES) if session.must_rotate else None
    if token is None:
        await store.note_seen(uow.conn, session.id, uow.real_now)
    elif not await store.rotate(uow.conn, session.id, fingerprint(token), uow.real_now):
        return None
    return token


async def list_sessions(conn: AsyncConnection, caller: Caller, now: datetime) -> list[Session]:
    """Where somebody is signed in, the newest first, as far as they reach."""
    rows = await store.list_sessions(conn, caller.telegram_id, caller.reach)
    return [_read(row, now) for row in rows if not _is_over(row, now)]


async def end_session(uow: UnitOfWork, caller: Caller, session_id: int) -> bool:
    """End one of somebody's sessions; False if it is none of theirs, or beyond their reach."""
    return await store.drop_sessions(uow.conn, caller.telegram_id, caller.reach, session_id) == 1


async def end_all(uow: UnitOfWork, caller: Caller) -> None:
    """Sign somebody out everywhere, as far as they reach."""
    await store.drop_sessions(uow.conn, caller.telegram_id, caller.reach)


async def renew_sessions(uow: UnitOfWork, telegram_id: int) -> None:
    """Have each of somebody's sessions get a new token with its next request: what they may do has changed."""
    await store.ask_to_rotate(uow.conn, telegram_id)


def csrf_token(env: Environment, session_id: int) -> str:
    """What every request of a session that changes something has to show."""
    return mac(env.signing_key, "csrf", str(session_id))


def is_csrf_token(env: Environment, session_id: int, shown: str) -> bool:
    """Whether it is the one of the session, made with this key or one before it."""
    return any(same(mac(key, "csrf", str(session_id)), shown) for key in env.signing_keys)
