"""Who asks over HTTP, which account they ask about, and what they may do there: read anew for every request."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Row, UnitOfWork
from core.environment import Environment
from core.public_ids import IdCipher, Kind
from core.roles import MemberRole
from services.tenancy.permissions import MAY, Permission
from services.tenancy.store import accounts, members, rows


@dataclass(frozen=True)
class Caller:
    """Somebody who has shown a session, or a program with a key: a key is good for its account and its permissions."""

    telegram_id: int
    home_id: int  # the account through which they came in, or the key's
    session_id: int | None = None
    key_id: int | None = None
    granted: frozenset[Permission] | None = None
    is_bound: bool = False  # a bot has vouched for them, whose token the account has: no word in another one

    @property
    def reach(self) -> int | None:
        """The one account in which they are anybody; None: all of theirs."""
        return self.home_id if self.is_bound or self.granted is not None else None

    @property
    def actor(self) -> str:
        """Who it is, where what they asked for is counted and kept."""
        return f"key:{self.key_id}" if self.key_id is not None else f"member:{self.telegram_id}"


@dataclass(frozen=True)
class Place:
    """An account that is asked about, with what the caller is in it."""

    id: int
    public_id: str
    name: str
    id_key: str
    roles: frozenset[MemberRole]
    granted: frozenset[Permission] | None = None  # all that a key may do; None: whatever the roles allow

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What the caller may do here now."""
        allowed = frozenset[Permission]().union(*(MAY[role] for role in self.roles))
        return allowed if self.granted is None else allowed & self.granted

    @property
    def ranked_roles(self) -> list[MemberRole]:
        """What the caller is here, the highest first."""
        return [role for role in MemberRole if role in self.roles]

    @cached_property
    def ids(self) -> IdCipher:
        """Its rows' names."""
        return IdCipher(bytes.fromhex(self.id_key))


async def find_place(conn: AsyncConnection, env: Environment, caller: Caller, public_id: str) -> Place | None:
    """The account of a public id; None if it is none, or the caller is nobody there."""
    row = await accounts.find_by_public_id(conn, public_id)
    if row is None or caller.reach not in {None, row["id"]}:
        return None
    roles = await load_roles(conn, env, row["id"], caller.telegram_id)
    return _place(row, roles, caller.granted) if roles else None


async def load_ids(conn: AsyncConnection, account_id: int) -> IdCipher:
    """How an account calls its rows."""
    [row] = await accounts.list_by_ids(conn, [account_id])
    return IdCipher(bytes.fromhex(row["id_key"]))


async def find_row(conn: AsyncConnection, place: Place, kind: Kind, public_id: str) -> int | None:
    """The number of the account's row that a public id names; of a foreign and of a missing one the same is asked."""
    number = place.ids.read(kind, public_id)
    return number if await rows.has_row(conn, place.id, kind, number) else None


async def hold_row(uow: UnitOfWork, kind: Kind, number: int) -> bool:
    """Keep others from changing a row until this unit ends; False if it is not there any more."""
    return await rows.lock_row(uow.conn, uow.account_id, kind, number)


async def list_places(conn: AsyncConnection, env: Environment, caller: Caller) -> list[Place]:
    """Every account in which the caller is a member, by its age."""
    known = await members.list_memberships(conn, caller.telegram_id)
    if caller.telegram_id in env.of_account(env.account_id).admin_ids:
        known[env.account_id] = known.get(env.account_id, frozenset()) | {MemberRole.OWNER}
    within = [number for number in sorted(known) if caller.reach in {None, number}]
    described = await accounts.list_by_ids(conn, within)
    return [_place(row, known[row["id"]], caller.granted) for row in described]


async def load_roles(
    conn: AsyncConnection, env: Environment, account_id: int, telegram_id: int
) -> frozenset[MemberRole]:
    """What somebody is in an account, whom the environment names included."""
    roles = (await members.load_roles(conn, account_id, [telegram_id])).get(telegram_id, frozenset())
    named = telegram_id in env.of_account(account_id).admin_ids
    return roles | {MemberRole.OWNER} if named else roles


def _place(row: Row, roles: frozenset[MemberRole], granted: frozenset[Permission] | None) -> Place:
    return Place(row["id"], row["public_id"], row["name"], row["id_key"], roles, granted)
