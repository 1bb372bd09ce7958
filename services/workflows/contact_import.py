"""A list of people the author has: those who started a bot get its tags and values, the others are to be sent a link."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.db.session import UnitOfWork
from core.links import bot_link
from core.text.refusal import MOST_GIVEN, InputRefused, placed, words
from services.people import contacts, tags, variables
from services.people.contacts import list_reachable
from services.tenancy.schemas import ConnectedBot
from utils.visible import is_blank

INVALID = "CONTACTS_INVALID"
NAMED_BY = ("telegram_id", "id", "user_id", "chat_id", "username")
TAGS = ("tags", "tag")
LINK = re.compile(r"(https?://)?(t|telegram)\.me/", re.IGNORECASE)  # before a username
MOST_TAG = 64
MOST_NAME = 64
AT_ONCE = 500  # people are looked for: a list may be long, and a bot that runs beside waits for its end
Row = Sequence[object]


@dataclass(frozen=True)
class Listed:
    """Somebody of the list: as it names them, with tags and values by name."""

    given: str
    tags: tuple[str, ...]
    values: Mapping[str, str]


@dataclass
class Imported:
    """What came of a list."""

    matched: int = 0
    cannot_be_written_to: int = 0  # of those: not by this bot
    not_here: list[str] = field(default_factory=list)  # have never started a bot
    link: str = ""  # to be sent to those


def read_list(rows: Iterator[Row]) -> list[Listed]:
    """The people of a table whose first row names the columns, each once; raises CONTACTS_INVALID."""
    head = [str(cell or "").strip().lower() for cell in next(rows, [])]
    named = find_names(head)
    if not named:
        raise InputRefused(INVALID, words("contacts-no-name", names=", ".join(NAMED_BY)))
    for name in head:
        if name and name not in (*NAMED_BY, *TAGS) and not _is_variable(name):
            raise InputRefused(INVALID, placed(name[:MOST_GIVEN], words("contacts-column")))
    people: dict[str, Listed] = {}
    for person in filter(None, (_read(head, named, row) for row in rows)):
        key = person.given.lower()
        people[key] = _together(people[key], person) if key in people else person
    return list(people.values())


def find_names(head: Sequence[str]) -> list[int]:
    """The columns that say who it is, by the heads in small letters; the surest first."""
    return [head.index(name) for name in NAMED_BY if name in head]


def read_name(row: Row, named: Sequence[int]) -> str:
    """Somebody's number or username by the first of these columns that has one, also of `@anna` and `t.me/anna`."""
    cells = (_text(row[place]) for place in named if place < len(row))
    return next((LINK.sub("", cell).removeprefix("@") for cell in cells if cell), "")


def _together(first: Listed, again: Listed) -> Listed:
    """Somebody who stands in two rows has the tags of both; of two values the later counts."""
    return Listed(first.given, first.tags + again.tags, {**first.values, **again.values})


async def import_contacts(
    uow: UnitOfWork, bot: ConnectedBot, people: Sequence[Listed], *, dry_run: bool
) -> Imported:
    """Put tags and values on whoever is known; repeating changes nothing."""
    made = Imported(link=bot_link(bot.username))
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        known = await contacts.find_by_names(uow, [person.given for person in some])
        made.not_here += [person.given for person in some if person.given not in known]
        numbers = {person.telegram_id for person in known.values()}
        reachable = await list_reachable(uow, bot.id, sorted(numbers))
        made.matched += len(known)
        made.cannot_be_written_to += len(numbers) - len(reachable)
        for person in some if not dry_run else ():
            if person.given in known:
                await put_on(uow, known[person.given].id, person.tags, person.values)
    return made


async def put_on(
    uow: UnitOfWork, contact_id: int, put_tags: Sequence[str], values: Mapping[str, str]
) -> None:
    """Put tags and values on somebody."""
    for tag in put_tags:
        await tags.add_tag(uow, contact_id, tag)
    for name, value in values.items():
        await variables.set_variable(uow, contact_id, name, value)


def _read(head: Sequence[str], named: Sequence[int], row: Row) -> Listed | None:
    """A row without a name is nobody."""
    cells = {name: _text(cell) for name, cell in zip(head, row, strict=False) if name}
    given_name = read_name(row, named)
    if not given_name:
        return None
    put_on = [tag.strip() for name in TAGS for tag in cells.get(name, "").replace(";", ",").split(",")]
    values = {name: value for name, value in cells.items() if value and name not in (*NAMED_BY, *TAGS)}
    return Listed(given_name, tuple(tag[:MOST_TAG] for tag in put_on if not is_blank(tag)), values)


def _text(cell: object) -> str:
    """A cell as it is shown; a workbook keeps whole numbers as such, or with a zero behind the point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _is_variable(name: str) -> bool:
    return name.isascii() and name.isidentifier() and len(name) <= MOST_NAME
