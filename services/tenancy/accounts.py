"""Accounts: added with their first owner, listed, and found by what they are called outside."""

from dataclasses import dataclass
from datetime import datetime

from core.db.session import Database, Transaction, UnitOfWork
from core.errors import DomainError, ErrorKind, RaceLost
from core.public_ids import new_account_id, new_id_key
from core.roles import MemberRole
from services.tenancy.members import add_member
from services.tenancy.plans.changing import begin_plan
from services.tenancy.store import accounts as store

MOST_NAME = 200
MOST_DIGITS = 18


@dataclass(frozen=True)
class Account:
    """A tenant; `public_id` is what it is called outside."""

    id: int
    public_id: str
    name: str
    created_at: datetime


async def ensure_account(uow: UnitOfWork) -> None:
    """Have the unit's account, under a name to begin with."""
    row = _row(uow.account_id, "Tandem", uow.env.default_language, uow.now)
    await store.add_account(uow.conn, row)


async def add_account(db: Database, name: str, owner_id: int) -> Account:
    """Another account without limits, owned by somebody; raises as `add_in`."""
    async with db.transaction() as transaction:
        return await add_in(transaction, name, owner_id)


async def add_in(transaction: Transaction, name: str, owner_id: int, *, has_plan: bool = False) -> Account:
    """The same in a transaction, on the plan one begins with where it `has_plan`.

    Raises ACCOUNT_NAME, SIGNUP_CLOSED where there is no plan, and RaceLost where one was added meanwhile. The first
    number stays free for the account of the environment.
    """
    named, db = _check_name(name), transaction.database
    now = db.clock.now()
    number = max(await store.find_last_account(transaction.conn), db.env.account_id) + 1
    row = _row(number, named, db.env.default_language, now)
    if not await store.add_account(transaction.conn, row):
        raise RaceLost("another account was added meanwhile")
    async with transaction.unit(number) as uow:
        await add_member(uow, owner_id, MemberRole.OWNER)
        if has_plan:
            await begin_plan(uow)
    return Account(number, str(row["public_id"]), named, now)


def _check_name(name: str) -> str:
    named = " ".join(name.split())
    if not 0 < len(named) <= MOST_NAME:
        raise DomainError(ErrorKind.INVALID, "ACCOUNT_NAME", f"a name has 1 to {MOST_NAME} letters")
    return named


def _row(number: int, name: str, language: str, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "public_id": new_account_id(),
        "id_key": new_id_key(),
        "name": name,
        "default_language": language,
        "created_at": now,
    }


async def get_account(uow: UnitOfWork) -> Account:
    """The unit's account."""
    row = await store.find_account(uow.conn, uow.account_id)
    return Account(row["id"], row["public_id"], row["name"], row["created_at"])


async def rename_account(uow: UnitOfWork, name: str) -> bool:
    """Call the unit's account otherwise; False if it is called so."""
    return await store.rename_account(uow.conn, uow.account_id, name)


async def has_account(uow: UnitOfWork) -> bool:
    """Whether the unit's account is there."""
    return await store.has_account(uow.conn, uow.account_id)


async def list_accounts(db: Database) -> list[Account]:
    """All accounts, the oldest first."""
    async with db.reading() as conn:
        rows = await store.list_accounts(conn)
    return [Account(row["id"], row["public_id"], row["name"], row["created_at"]) for row in rows]


async def find_number(db: Database, name: str) -> int | None:
    """The number of the account that goes by a public id, or by its number."""
    async with db.reading() as conn:
        if not name.isascii() or not name.isdecimal():
            row = await store.find_by_public_id(conn, name)
            return int(row["id"]) if row else None
        number = int(name) if len(name) <= MOST_DIGITS else 0
        return number if await store.has_account(conn, number) else None


async def choose_account(db: Database, wanted: str = "") -> int:
    """The number of the account that is meant by its public id or number; the only one where nothing is said.

    Raises NO_ACCOUNT and WHICH_ACCOUNT, which say what there is.
    """
    number = await find_number(db, wanted) if wanted else None
    if number is not None:
        return number
    accounts = await list_accounts(db)
    listed = ", ".join(f"{account.public_id} ({account.name})" for account in accounts)
    if wanted:
        raise DomainError(
            ErrorKind.NOT_FOUND, "NO_ACCOUNT", f"there is no account {wanted}; there are {listed}"
        )
    if len(accounts) > 1:
        raise DomainError(ErrorKind.INVALID, "WHICH_ACCOUNT", f"say --account with one of {listed}")
    return accounts[0].id if accounts else db.env.account_id
