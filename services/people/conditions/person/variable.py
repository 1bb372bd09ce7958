"""`variable`: something is kept under this name (`name`), and is `value` (or `equals`, the same) where one is given."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.content import deployments, flow_versions
from core.db.models.people import variables
from core.db.models.tenancy import accounts
from core.flow.conditions import Params
from core.rules.deep_link import UTM_NAMES
from services.people.conditions.base import Condition, Names, Scope, is_among

NAMED_IN = {
    "set": "name",
    "input": "variable",
}  # steps that keep something, and where they say under which name


def _as_text(value: object) -> object:
    """YAML reads `equals: 5` as a number; what is kept is text."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


class Variable(Params):
    """Under which name, and what it is; any value without one. `equals` is another word for `value`."""

    name: str
    value: Annotated[str | None, BeforeValidator(_as_text)] = Field(
        default=None, validation_alias=AliasChoices("value", "equals")
    )


def clause(asked: Variable, scope: Scope) -> ColumnElement[bool]:
    """People with the variable."""
    theirs = [variables.c.account_id == scope.account_id, variables.c.name == asked.name]
    if asked.value is not None:
        theirs.append(variables.c.value == asked.value)
    return is_among(variables.c.contact_id, scope, *theirs)


def known_names(account_id: int) -> Select[Any]:
    """All names under which something is kept of somebody."""
    return select(variables.c.name).where(variables.c.account_id == account_id)


async def list_promised(conn: AsyncConnection, account_id: int) -> set[str]:
    """The names under which a link, a flow or a course's settings will keep something, of whoever comes to it."""
    of_flows = select(flow_versions.c.document).where(flow_versions.c.account_id == account_id)
    of_places = select(deployments.c.settings).where(deployments.c.account_id == account_id)
    of_account = select(accounts.c.settings).where(accounts.c.id == account_id)
    names = {name for document in (await conn.execute(of_flows)).scalars() for name in _kept_by(document)}
    for layers in (of_places, of_account):
        for settings in (await conn.execute(layers)).scalars():
            names |= {*(settings.get("variables") or ()), *(settings.get("collect") or ())}
    return names | set(UTM_NAMES.values())


def _kept_by(flow: Mapping[str, Any]) -> Iterator[str]:
    for step in flow["steps"]:
        name = step.get(NAMED_IN.get(step["type"], ""))
        if name:
            yield name


CONDITION = Condition(
    Variable, clause, main="name", names={"name": Names(known_names, promised=list_promised)}
)
