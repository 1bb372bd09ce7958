"""What a bot's texts have in common: its own values, and buttons several messages share."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, Text, cast, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Order, Slice
from core.db.models.content import bot_values, button_sets, flow_versions, flows
from core.db.session import dialect_insert

ORDERS: Mapping[str, Order] = {"name": Order((button_sets.c.name, button_sets.c.id))}


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


async def list_button_set_page(conn: AsyncConnection, account_id: int, part: Slice) -> Sequence[Any]:
    """A part of the sets: (id, name, rows)."""
    return list(await conn.execute(part.cut(_select_sets(account_id))))


async def find_button_set(
    conn: AsyncConnection, account_id: int, *, number: int | None = None, name: str | None = None
) -> Any:
    """The set of a number, or of a name; None if there is none."""
    which = button_sets.c.name == name if number is None else button_sets.c.id == number
    return (await conn.execute(_select_sets(account_id).where(which))).one_or_none()


def _select_sets(account_id: int) -> Select[Any]:
    return select(button_sets.c.id, button_sets.c.name, button_sets.c.rows).where(
        button_sets.c.account_id == account_id
    )


async def drop_button_set(conn: AsyncConnection, account_id: int, number: int) -> None:
    """Forget a set."""
    await conn.execute(
        delete(button_sets).where(button_sets.c.account_id == account_id, button_sets.c.id == number)
    )


async def list_documents_with(
    conn: AsyncConnection, account_id: int, field: str
) -> Sequence[tuple[str, Any, Any]]:
    """The flows with a field of this name somewhere in what is said there now, or in their drafts: (slug, newest version, draft)."""
    newest = (
        select(func.max(flow_versions.c.number))
        .where(flow_versions.c.flow_id == flows.c.id, flow_versions.c.account_id == account_id)
        .correlate(flows)
        .scalar_subquery()
    )
    rows = await conn.execute(
        select(flows.c.slug, flow_versions.c.document, flows.c.draft)
        .outerjoin(
            flow_versions, (flow_versions.c.flow_id == flows.c.id) & (flow_versions.c.number == newest)
        )
        .where(flows.c.account_id == account_id)
        .where(
            or_(
                *(
                    cast(document, Text).contains(f'"{field}"', autoescape=True)
                    for document in (flow_versions.c.document, flows.c.draft)
                )
            )
        )
        .order_by(flows.c.slug)
    )
    return [(row.slug, row.document, row.draft) for row in rows]
