"""Contacts and their chats with one bot, joined here and nowhere else: who of them gets a message to many."""

from dataclasses import dataclass, replace

from sqlalchemy import Select, and_, case, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import chats, contacts
from core.lifecycle import ChatState, Mailing
from services.people.conditions.base import Scope
from services.people.conditions.tree import Node, compile_tree

# PostgreSQL compiles for longer than it counts, and by itself puts lists of a million people down on the disk.
# all accounts: nobody's rows
AS_A_COUNT = select(
    func.set_config("jit", "off", literal(value=True)),
    func.set_config("work_mem", "256MB", literal(value=True)),
)
# all accounts: a part of statements that name one
WILLING = func.coalesce(contacts.c.mailing, "") != Mailing.REFUSED.value


@dataclass(frozen=True)
class Reach:
    """How many people fit, and of those who do, how many are not written to and why."""

    count: int
    blocked: int
    refused: int  # messages that go to many
    never_started: int


def fitting(tree: Node | None, scope: Scope) -> ColumnElement[bool]:
    """The people of an account who fit; all of them without a tree."""
    return and_(contacts.c.account_id == scope.account_id, _fits(tree, scope))


def _fits(tree: Node | None, scope: Scope) -> ColumnElement[bool]:
    return true() if tree is None else compile_tree(tree, scope)


def recipients(bot_id: int, tree: Node | None, scope: Scope) -> Select[tuple[int, str]]:
    """Whom a bot writes to, and where they are: the chats that are open, of people who fit.

    The account is asked of the chats alone: asked of the people too, PostgreSQL looked, in tables that it had not analysed
    yet, at all of them for each chat instead of going by the number of the one.
    """
    return (
        select(chats.c.telegram_id, contacts.c.zone)
        .join(contacts, contacts.c.id == chats.c.contact_id)
        .where(chats.c.account_id == scope.account_id, chats.c.bot_id == bot_id)
        .where(chats.c.state == ChatState.OPEN, WILLING, _fits(tree, scope))
    )


# all accounts: `fitting` names the one of the people
async def count_reach(conn: AsyncConnection, bot_id: int, tree: Node | None, scope: Scope) -> Reach:
    """How many there are now."""
    if conn.dialect.name == "sqlite":  # PostgreSQL makes lists of its own where they pay
        scope = replace(scope, by_lists=True)
    else:
        await conn.execute(AS_A_COUNT)
    everybody = await _have_all_started(conn, bot_id, scope.account_id)
    by_state = func.coalesce(chats.c.state, "") == ChatState.BLOCKED
    blocked = _is_blocked(bot_id) if everybody or scope.by_lists else by_state
    started = true() if everybody else chats.c.contact_id.is_not(None)
    theirs = and_(chats.c.contact_id == contacts.c.id, chats.c.bot_id == bot_id)
    people = select(
        func.count(),
        func.count(case((blocked, 1))),
        func.count(case((and_(~WILLING, started, ~blocked), 1))),
        func.count(case((~started, 1))),
    ).select_from(contacts if everybody else contacts.outerjoin(chats, theirs))
    total, *left_out = (await conn.execute(people.where(fitting(tree, scope)))).one()
    return Reach(total - sum(left_out), *left_out)


async def has_more_than(conn: AsyncConnection, account_id: int, number: int) -> bool:
    """Whether an account knows more people than that; looks at no more of them."""
    next_one = select(contacts.c.id).where(contacts.c.account_id == account_id).offset(number).limit(1)
    return await conn.scalar(next_one) is not None


# all accounts: a bot belongs to one account
def _is_blocked(bot_id: int) -> ColumnElement[bool]:
    """By the few who are: the state of a chat does not stand in the index by which a chat is found."""
    them = chats.alias("blocked")
    few = select(them.c.contact_id).where(them.c.bot_id == bot_id, them.c.state == ChatState.BLOCKED)
    return contacts.c.id.in_(few)


# all accounts: a bot belongs to one account
async def _have_all_started(conn: AsyncConnection, bot_id: int, account_id: int) -> bool:
    """Whether a bot has a chat with everybody: then nobody's has to be looked up. Each has one with it at most."""
    known = select(func.count()).select_from(contacts).where(contacts.c.account_id == account_id)
    met = select(func.count()).where(chats.c.bot_id == bot_id)
    return bool(await conn.scalar(select(met.scalar_subquery() == known.scalar_subquery())))


# all accounts: a bot belongs to one account
async def find_last_chat(conn: AsyncConnection, bot_id: int) -> int:
    """The newest chat of a bot: who comes later is in no audience that was frozen now."""
    return int(await conn.scalar(select(func.max(chats.c.id)).where(chats.c.bot_id == bot_id)) or 0)


# all accounts: a bot belongs to one account
async def find_chunk_end(conn: AsyncConnection, bot_id: int, after: int, size: int) -> int | None:
    """The chat with which the next so many end; None when not so many are left."""
    chunk_end: int | None = await conn.scalar(
        select(chats.c.id)
        .where(chats.c.bot_id == bot_id, chats.c.state == ChatState.OPEN, chats.c.id > after)
        .order_by(chats.c.id)
        .limit(1)
        .offset(size - 1)
    )
    return chunk_end


def within(people: Select[tuple[int, str]], after: int, until: int) -> Select[tuple[int, str]]:
    """Those of the people whose chats lie between two."""
    return people.where(chats.c.id > after, chats.c.id <= until)


async def list_zones(conn: AsyncConnection, account_id: int) -> list[str]:
    """The zones in which an account's people are."""
    rows = await conn.execute(select(contacts.c.zone).where(contacts.c.account_id == account_id).distinct())
    return sorted(rows.scalars())
