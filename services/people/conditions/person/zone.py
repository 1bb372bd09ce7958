"""`zone`: their clock is this one's (`name`, as `Europe/Berlin`)."""

from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts
from core.flow.conditions import Params
from core.rules.zones import is_zone
from core.text.refusal import MOST_GIVEN, Refused
from services.people.conditions.base import Condition, Scope


def _known(name: str) -> str:
    if not is_zone(name):
        raise Refused("refused-no-such-zone", given=name[:MOST_GIVEN])
    return name


class Zone(Params):
    """Which one."""

    name: Annotated[str, AfterValidator(_known)]


def clause(asked: Zone, _: Scope) -> ColumnElement[bool]:
    """People of the zone."""
    return contacts.c.zone == asked.name


CONDITION = Condition(Zone, clause, main="name")
