"""Whom something is about: people by their numbers, or whoever fits conditions, as many as were seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.db.keyset import Slice
from core.db.models.people import contacts as table
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from services.people import contacts
from services.people.conditions import pages
from services.people.conditions.pages import Facts

EVERYBODY: Mapping[str, Any] = {"all": []}


class ChoiceDiffers(DomainError):  # noqa: N818 - it states a fact, as all our errors do
    """It is `count` people now, and not as many as were expected."""

    def __init__(self, count: int) -> None:
        super().__init__(ErrorKind.CONFLICT, "AUDIENCE_DIFFERS", str(count))
        self.count = count


@dataclass(frozen=True)
class Choice:
    """These people, or without `ids` whoever fits the condition and had come by the time it was chosen."""

    ids: Sequence[int] = ()
    condition: Any = None
    until: int = 0

    def dump(self) -> Mapping[str, Any]:
        """As a job keeps it."""
        return {"ids": list(self.ids), "condition": self.condition, "until": self.until}


async def choose(
    uow: UnitOfWork, ids: Sequence[int], condition: Any, expect: int | None
) -> tuple[Choice, int]:
    """The choice and how many it is. Raises USER_NOT_FOUND, CONDITION_WRONG; ChoiceDiffers where another number is expected."""
    if ids:
        known = sorted(await contacts.load_contacts(uow, set(ids)))
        return Choice(known), _expected(len(known), expect)
    people = await pages.read_people(uow, condition)
    count = await pages.count_people(uow, people, None)
    newest = await pages.list_people(uow, people, Slice(pages.ORDERS["-id"], 1))
    choice = Choice((), condition, newest[0].id if newest else 0)
    return choice, _expected(count, expect)


def _expected(count: int, expect: int | None) -> int:
    if expect is not None and expect != count:
        raise ChoiceDiffers(count)
    return count


async def list_next(uow: UnitOfWork, chosen: Mapping[str, Any], after: int | None, limit: int) -> list[Facts]:
    """The next people of a choice, as they are now."""
    if chosen["ids"]:
        people = (await pages.read_people(uow)) & table.c.id.in_(chosen["ids"])
    else:
        people = (await pages.read_people(uow, chosen["condition"])) & (table.c.id <= chosen["until"])
    part = Slice(pages.ORDERS["id"], limit, None if after is None else [after])
    return await pages.list_people(uow, people, part)
