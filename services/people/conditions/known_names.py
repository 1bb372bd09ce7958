"""What an author's conditions name (a tariff, a course, a tag) is there, or it is said at once which name was meant."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from sqlalchemy.ext.asyncio import AsyncConnection

from core.text.message import plain
from core.text.refusal import MOST_GIVEN, Refused, words
from services.people.conditions.base import Names
from services.people.conditions.catalogue import CONDITIONS
from services.people.conditions.tree import Node, leaves, load_tree

MOST_NAMES = 10  # said where none is near
_NUMBER = re.compile(r"\d+")


async def load_checked(conn: AsyncConnection, account_id: int, node: Node) -> Node:
    """A tree that its author has just written, ready to be asked.

    Raises Refused for the first name that nothing has, with the nearest one that something has, and as `load_tree`.
    """
    await _require_known(conn, account_id, node)
    return await load_tree(conn, account_id, node)


async def _require_known(conn: AsyncConnection, account_id: int, node: Node) -> None:
    for leaf in leaves(node):
        for param, names in CONDITIONS[leaf.name].names.items():
            name = getattr(leaf.params, param)
            if name is not None:
                await _require(conn, account_id, leaf.name, name, names)


async def list_known(
    conn: AsyncConnection, account_id: int, condition: str, argument: str, limit: int
) -> dict[str, Mapping[str, str]]:
    """What an argument of a condition can name in an account, the first so many, with what people call it by language."""
    names = CONDITIONS[condition].names[argument]
    (column,) = names.among(account_id).selected_columns
    if names.title is None:
        rows = await conn.execute(names.among(account_id).distinct().order_by(column).limit(limit))
        return {name: plain(name) for (name,) in rows}
    titled = names.among(account_id).add_columns(names.title).order_by(column).limit(limit)
    return {
        name: plain(title) if isinstance(title, str) else title for name, title in await conn.execute(titled)
    }


async def _require(conn: AsyncConnection, account_id: int, condition: str, name: str, names: Names) -> None:
    asked = names.among(account_id)
    (column,) = asked.selected_columns
    if await conn.scalar(asked.where(column == name).limit(1)) is not None:
        return
    promised = await names.promised(conn, account_id) if names.promised else ()
    if name in promised:
        return
    known: list[str] = sorted({*promised, *(await conn.execute(asked.distinct())).scalars()})
    near = _find_near(name, known)
    if names.may_come and (near is None or _is_next(name, near)):
        return
    if near is not None:
        problem = words("refused-name-near", given=name[:MOST_GIVEN], near=near)
    elif known:
        problem = words("refused-name-of", given=name[:MOST_GIVEN], names=", ".join(known[:MOST_NAMES]))
    else:
        problem = words("refused-name-none", given=name[:MOST_GIVEN])
    raise Refused("refused-condition", name=condition, problem=problem)


def _find_near(name: str, known: Collection[str]) -> str | None:
    """What is written nearly so; small and capital letters are the same here, though not to the condition."""
    by_letters = {name.casefold(): name for name in known}
    near = get_close_matches(name.casefold(), by_letters, n=1)
    return by_letters[near[0]] if near else None


def _is_next(name: str, near: str) -> bool:
    """Whether they differ in a number alone, as `week_1` and `week_2`: the next of a row, and no slip."""
    return _NUMBER.sub("0", name) == _NUMBER.sub("0", near)
