"""What is remembered about people under names."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.people import variables
from core.db.upserts import upsert

VARIABLES = select(variables.c.contact_id, variables.c.name, variables.c.value).where(
    variables.c.account_id == bindparam("account"),
    variables.c.contact_id.in_(bindparam("people", expanding=True)),
)


async def put_variable(
    conn: AsyncConnection, account_id: int, contact_id: int, name: str, value: str
) -> None:
    """Set a person's variable."""
    row = {"account_id": account_id, "contact_id": contact_id, "name": name, "value": value}
    await conn.execute(upsert(conn, variables, ("contact_id", "name"), ("value",)), row)


async def drop_variable(conn: AsyncConnection, account_id: int, contact_id: int, name: str) -> None:
    """Forget a person's variable."""
    theirs = delete(variables).where(
        variables.c.account_id == account_id, variables.c.contact_id == contact_id
    )
    await conn.execute(theirs.where(variables.c.name == name))


async def load_variables(
    conn: AsyncConnection, account_id: int, contact_ids: Collection[int]
) -> dict[int, dict[str, str]]:
    """The variables of several people, by contact."""
    found_variables: dict[int, dict[str, str]] = {}
    for row in await conn.execute(VARIABLES, {"account": account_id, "people": list(contact_ids)}):
        found_variables.setdefault(row.contact_id, {})[row.name] = row.value
    return found_variables
