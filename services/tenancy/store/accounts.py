"""Accounts, their bots and groups."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.tenancy import accounts, bot_menus, group_people, group_seats, groups
from core.db.session import Row, dialect_insert
from core.db.upserts import upsert
from core.groups import GroupTrouble
from services.tenancy.schemas import Group, Seat


# all accounts: the account is the row itself
async def add_account(conn: AsyncConnection, row: Row) -> bool:
    """Add an account; one that is there stays as it is, and then it is False."""
    done = await conn.execute(dialect_insert(conn, accounts).values(**row).on_conflict_do_nothing())
    return done.rowcount == 1


# all accounts: the number of the next one
async def find_last_account(conn: AsyncConnection) -> int:
    """The highest number of an account; 0 for none."""
    return int(await conn.scalar(select(func.max(accounts.c.id))) or 0)


async def rename_account(conn: AsyncConnection, account_id: int, name: str) -> bool:
    """Call an account otherwise; False if it is called so."""
    mine = sql_update(accounts).where(accounts.c.id == account_id, accounts.c.name != name)
    return (await conn.execute(mine.values(name=name))).rowcount == 1


async def find_account(conn: AsyncConnection, account_id: int) -> Row:
    """An account that is there."""
    rows = await conn.execute(select(accounts).where(accounts.c.id == account_id))
    return dict(rows.mappings().one())


async def has_account(conn: AsyncConnection, account_id: int) -> bool:
    """Whether there is such an account."""
    return await conn.scalar(select(accounts.c.id).where(accounts.c.id == account_id)) is not None


# all accounts: for what concerns each of them
async def list_accounts(conn: AsyncConnection) -> list[Row]:
    """All accounts as they are stored, the oldest first."""
    columns = accounts.c.id, accounts.c.public_id, accounts.c.name, accounts.c.created_at
    rows = await conn.execute(select(*columns).order_by(accounts.c.id))
    return [dict(row) for row in rows.mappings()]


# all accounts: the account is asked for by its name outside
async def find_by_public_id(conn: AsyncConnection, public_id: str) -> Row | None:
    """An account by what it is called outside."""
    rows = await conn.execute(select(accounts).where(accounts.c.public_id == public_id))
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


# all accounts: those of one member
async def list_by_ids(conn: AsyncConnection, account_ids: Collection[int]) -> list[Row]:
    """Accounts by their ids, the oldest first."""
    rows = await conn.execute(select(accounts).where(accounts.c.id.in_(account_ids)).order_by(accounts.c.id))
    return [dict(row) for row in rows.mappings()]


async def load_menu_digests(conn: AsyncConnection, account_id: int, bot_id: int) -> dict[int, str]:
    """What a bot's menus were when Telegram took them, by chat."""
    rows = await conn.execute(
        select(bot_menus.c.chat_id, bot_menus.c.digest).where(
            bot_menus.c.account_id == account_id, bot_menus.c.bot_id == bot_id
        )
    )
    return {row.chat_id: row.digest for row in rows}


async def put_menu_digest(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep what a menu is now."""
    insert = dialect_insert(conn, bot_menus).values(account_id=account_id, **row)
    own, changed = bot_menus.c.account_id == account_id, {"digest": insert.excluded.digest}
    await conn.execute(
        insert.on_conflict_do_update(
            index_elements=["account_id", "bot_id", "chat_id"], set_=changed, where=own
        )
    )


async def put_group(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Keep what is told about a group; gives its id. What the row does not name stays as it was."""
    changed = tuple(name for name in row if name != "chat_id")
    values = {"account_id": account_id, "type": "", "title": "", **row}
    statement = upsert(conn, groups, ("account_id", "chat_id"), changed or ("chat_id",))
    rows = await conn.execute(statement.returning(groups.c.id), values)
    return int(rows.scalar_one())


async def put_person(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep whether somebody is in a group."""
    key = ("account_id", "chat_id", "telegram_id")
    await conn.execute(
        upsert(conn, group_people, key, ("is_inside", "at")), {"account_id": account_id, **row}
    )


async def put_seat(conn: AsyncConnection, account_id: int, group_id: int, bot_id: int, row: Row) -> int:
    """Keep what a bot is in a group, or that nobody knows yet; gives the id. What the row does not name stays."""
    values = {"account_id": account_id, "group_id": group_id, "bot_id": bot_id, "status": "", "rights": {}}
    statement = upsert(conn, group_seats, ("group_id", "bot_id"), tuple(row) or ("bot_id",))
    rows = await conn.execute(statement.returning(group_seats.c.id), {**values, **row})
    return int(rows.scalar_one())


def _select_seats(account_id: int) -> Any:
    return (
        select(
            group_seats.c.id,
            groups.c.chat_id,
            groups.c.type,
            groups.c.title,
            groups.c.may_speak,
            groups.c.is_forum,
            group_seats.c.bot_id,
            group_seats.c.status,
            group_seats.c.rights,
            group_seats.c.trouble,
        )
        .join(groups, groups.c.id == group_seats.c.group_id)
        .where(group_seats.c.account_id == account_id)
    )


def _seat(row: Any) -> Seat:
    group = Group(row.chat_id, row.type, row.title, row.may_speak, row.is_forum)
    trouble = GroupTrouble(row.trouble) if row.trouble else None
    return Seat(row.id, group, row.bot_id, row.status, row.rights, trouble)


async def find_seat(conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int) -> Seat | None:
    """What a bot is in a group, by the number it has or had."""
    rows = await conn.execute(
        _select_seats(account_id)
        .where(group_seats.c.bot_id == bot_id)
        .where(or_(groups.c.chat_id == chat_id, groups.c.former_id == chat_id))
    )
    row = rows.first()
    return _seat(row) if row else None


async def list_seats(conn: AsyncConnection, account_id: int, bot_id: int) -> list[Seat]:
    """What a bot is in its groups."""
    rows = await conn.execute(_select_seats(account_id).where(group_seats.c.bot_id == bot_id))
    return [_seat(row) for row in rows]


async def find_seat_by_id(conn: AsyncConnection, account_id: int, seat_id: int) -> Seat | None:
    """What a bot is in a group, by its id."""
    row = (await conn.execute(_select_seats(account_id).where(group_seats.c.id == seat_id))).one_or_none()
    return _seat(row) if row else None


async def set_trouble(
    conn: AsyncConnection, account_id: int, seat_id: int, trouble: GroupTrouble | None
) -> bool:
    """Note what keeps a bot from its work in a group, or that nothing does; False if that is known."""
    statement = group_seats.update().where(
        group_seats.c.id == seat_id, group_seats.c.account_id == account_id
    )
    changed = statement.where(group_seats.c.trouble.is_distinct_from(trouble))
    return (await conn.execute(changed.values(trouble=trouble))).rowcount == 1


async def list_bots_in(conn: AsyncConnection, account_id: int, chat_id: int) -> list[int]:
    """The bots of which something is known in a group."""
    rows = await conn.execute(
        _select_seats(account_id).where(groups.c.chat_id == chat_id).order_by(group_seats.c.bot_id)
    )
    return [row.bot_id for row in rows]


async def load_current_ids(
    conn: AsyncConnection, account_id: int, chat_ids: Collection[int]
) -> dict[int, int]:
    """The numbers that moved groups have now, by the former ones."""
    rows = await conn.execute(
        select(groups.c.former_id, groups.c.chat_id).where(
            groups.c.account_id == account_id, groups.c.former_id.in_(chat_ids)
        )
    )
    return {row.former_id: row.chat_id for row in rows}


async def find_former_id(conn: AsyncConnection, account_id: int, chat_id: int) -> int | None:
    """The number a group had before it moved; None if it has not."""
    former_id: int | None = await conn.scalar(
        select(groups.c.former_id).where(groups.c.account_id == account_id, groups.c.chat_id == chat_id)
    )
    return former_id


async def move_group(conn: AsyncConnection, account_id: int, chat_id: int, new_id: int) -> bool:
    """Give a group its new number; False if it has it. What was known under the new one already gives way."""
    own = groups.c.account_id == account_id
    old = await conn.scalar(select(groups.c.id).where(own, groups.c.chat_id == chat_id))
    if old is None:
        done = await conn.execute(
            sql_update(groups)
            .where(own, groups.c.chat_id == new_id, groups.c.former_id.is_(None))
            .values(former_id=chat_id)
        )
        return done.rowcount == 1
    heirs = select(groups.c.id).where(own, groups.c.chat_id == new_id).scalar_subquery()
    await conn.execute(
        delete(group_seats).where(group_seats.c.account_id == account_id, group_seats.c.group_id.in_(heirs))
    )
    await conn.execute(delete(groups).where(own, groups.c.chat_id == new_id))
    moved = {"chat_id": new_id, "former_id": chat_id, "type": "supergroup"}
    await conn.execute(sql_update(groups).where(own, groups.c.id == old).values(moved))
    return True


async def load_titles(conn: AsyncConnection, account_id: int, chat_ids: Collection[int]) -> dict[int, str]:
    """The titles of groups that are known."""
    rows = await conn.execute(
        select(groups.c.chat_id, groups.c.title).where(
            groups.c.account_id == account_id, groups.c.chat_id.in_(chat_ids), groups.c.title != ""
        )
    )
    return {row.chat_id: row.title for row in rows}


# all accounts: a batch of calls may speak for several
async def load_languages(conn: AsyncConnection, chat_ids: Collection[int]) -> Mapping[tuple[int, int], str]:
    """In which languages the bots speak in groups, by (account, chat)."""
    rows = await conn.execute(
        select(groups.c.account_id, groups.c.chat_id, groups.c.language).where(
            groups.c.chat_id.in_(chat_ids), groups.c.language.is_not(None)
        )
    )
    return {(row.account_id, row.chat_id): row.language for row in rows}


async def set_language(
    conn: AsyncConnection, account_id: int, chat_id: int, language: str, *, unset_only: bool
) -> None:
    """In which language the bots speak in a group; `unset_only` leaves one that was chosen."""
    statement = sql_update(groups).where(groups.c.account_id == account_id, groups.c.chat_id == chat_id)
    if unset_only:
        statement = statement.where(groups.c.language.is_(None))
    await conn.execute(statement.values(language=language))
