"""What a bot's texts have in common: its own values, and buttons several messages share."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import bot_values, button_sets
from core.db.session import dialect_insert


async def load_values(conn: AsyncConnection, account_id: int, bot_id: int) -> dict[str, str]:
    """A bot's own values by name."""
    rows = await conn.execute(
        select(bot_values.c.name, bot_values.c.value).where(
            bot_values.c.account_id == account_id, bot_values.c.bot_id == bot_id
        )
    )
    return {row.name: row.value for row in rows}


# all accounts: a bot's number is Telegram's own
async def load_values_of_bot(conn: AsyncConnection, bot_id: int) -> dict[str, str]:
    """A bot's own values by name, for its texts."""
    rows = await conn.execute(
        select(bot_values.c.name, bot_values.c.value).where(bot_values.c.bot_id == bot_id)
    )
    return {row.name: row.value for row in rows}


async def list_names(conn: AsyncConnection, account_id: int) -> set[str]:
    """The names of the values the bots of an account have."""
    rows = await conn.execute(select(bot_values.c.name).where(bot_values.c.account_id == account_id))
    return set(rows.scalars())


async def put_value(conn: AsyncConnection, account_id: int, bot_id: int, name: str, value: str) -> None:
    """Give a bot a value of its own."""
    await conn.execute(
        dialect_insert(conn, bot_values)
        .values(account_id=account_id, bot_id=bot_id, name=name, value=value)
        .on_conflict_do_update(
            index_elements=["bot_id", "name"],
            set_={"value": value},
            where=bot_values.c.account_id == account_id,
        )
    )


async def drop_value(conn: AsyncConnection, account_id: int, bot_id: int, name: str) -> bool:
    """Take a value away; False if there was none."""
    done = await conn.execute(
        delete(bot_values).where(
            bot_values.c.account_id == account_id,
            bot_values.c.bot_id == bot_id,
            bot_values.c.name == name,
        )
    )
    return done.rowcount == 1


async def put_button_set(
    conn: AsyncConnection, account_id: int, name: str, rows: Sequence[Sequence[Mapping[str, Any]]]
) -> None:
    """Have buttons under a name."""
    values = {"rows": [list(row) for row in rows]}
    await conn.execute(
        dialect_insert(conn, button_sets)
        .values(account_id=account_id, name=name, **values)
        .on_conflict_do_update(
            index_elements=["account_id", "name"],
            set_=values,
            where=button_sets.c.account_id == account_id,
        )
    )


async def load_button_sets(
    conn: AsyncConnection, account_id: int, names: Collection[str] | None = None
) -> dict[str, list[list[dict[str, Any]]]]:
    """The rows of buttons by name, all or those of the names."""
    question = select(button_sets.c.name, button_sets.c.rows).where(button_sets.c.account_id == account_id)
    if names is not None:
        question = question.where(button_sets.c.name.in_(names))
    rows = await conn.execute(question.order_by(button_sets.c.name))
    return {row.name: row.rows for row in rows}
