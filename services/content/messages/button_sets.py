"""Buttons that several messages share: changed in one place, they change below all that are said from then on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.db.keyset import Slice
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, dump_flow
from core.text.message import MAX_BUTTONS, Button, ButtonRows, MessageFields
from core.text.refusal import InputRefused, Words, explain_with_place, listed, placed, words
from core.text.template import BUILT_IN, check_template
from services.content.store import shared as store

_ROWS = TypeAdapter(ButtonRows)
ORDERS = store.ORDERS
_FIELD = "button_set"  # of a message


@dataclass(frozen=True)
class ButtonSet:
    """Buttons under a name."""

    id: int
    name: str
    rows: ButtonRows


async def put_button_sets(uow: UnitOfWork, sets: Mapping[str, object]) -> int:
    """Have these sets under their names; gives how many. Raises BUTTON_SET_INVALID, and then changes nothing."""
    read = {name: _read(name, rows) for name, rows in sets.items()}
    for name, rows in read.items():
        dumped = [[button.model_dump(mode="json", exclude_defaults=True) for button in row] for row in rows]
        await store.put_button_set(uow.conn, uow.account_id, name, dumped)
    return len(read)


def _read(name: str, rows: object) -> ButtonRows:
    try:
        read = _ROWS.validate_python(rows)
    except ValidationError as error:
        raise _wrong(name, [explain_with_place(each_error) for each_error in error.errors()]) from error
    if problems := _problems(read):
        raise _wrong(name, problems)
    if not name or len(name) > MessageFields.MOST_SET_NAME:
        raise _wrong(name, [words("buttons-name", most=MessageFields.MOST_SET_NAME)])
    return read


def _wrong(name: str, problems: Sequence[Words]) -> InputRefused:
    return InputRefused("BUTTON_SET_INVALID", placed(name[: MessageFields.MOST_SET_NAME], listed(problems)))


def _problems(rows: ButtonRows) -> list[Words]:
    urlless = [words("buttons-url") for row in rows for button in row if button.url is None]
    texts = [text for row in rows for button in row for text in (*button.text.values(), button.url or "")]
    return urlless + [button for text in texts for button in check_template(text, BUILT_IN)]


async def list_button_sets(uow: UnitOfWork) -> Mapping[str, ButtonRows]:
    """All sets by name."""
    button_sets = await store.load_button_sets(uow.conn, uow.account_id)
    return {name: _ROWS.validate_python(rows) for name, rows in button_sets.items()}


async def list_page(uow: UnitOfWork, part: Slice) -> list[ButtonSet]:
    """A part of the sets, by name."""
    rows = await store.list_button_set_page(uow.conn, uow.account_id, part)
    return [_show(row) for row in rows]


async def get_button_set(uow: UnitOfWork, number: int) -> ButtonSet:
    """One of them; raises BUTTON_SET_GONE."""
    row = await store.find_button_set(uow.conn, uow.account_id, number=number)
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "BUTTON_SET_GONE", str(number))
    return _show(row)


async def add_button_set(uow: UnitOfWork, name: str, rows: object) -> ButtonSet:
    """Have a new set; raises BUTTON_SET_INVALID, and BUTTON_SET_THERE for a name that is taken."""
    if await store.find_button_set(uow.conn, uow.account_id, name=name) is not None:
        raise DomainError(ErrorKind.CONFLICT, "BUTTON_SET_THERE", name)
    await put_button_sets(uow, {name: rows})
    return _show(await store.find_button_set(uow.conn, uow.account_id, name=name))


async def drop_button_set(uow: UnitOfWork, button_set: ButtonSet) -> None:
    """Forget a set that no message names; raises BUTTON_SET_USED."""
    if users := (await list_named(uow)).get(button_set.name):
        raise DomainError(ErrorKind.CONFLICT, "BUTTON_SET_USED", ", ".join(sorted(users)))
    await store.drop_button_set(uow.conn, uow.account_id, button_set.id)


async def list_named(uow: UnitOfWork) -> Mapping[str, Collection[str]]:
    """By the names of sets the slugs of the flows whose messages name them, now or as they are being written."""
    users: dict[str, set[str]] = {}
    for slug, *documents in await store.list_documents_with(uow.conn, uow.account_id, _FIELD):
        for name, _ in (each for document in documents for each in _named(document)):
            users.setdefault(name, set()).add(slug)
    return users


def _show(row: Any) -> ButtonSet:
    return ButtonSet(row.id, row.name, _ROWS.validate_python(row.rows))


async def find_rows(uow: UnitOfWork, name: str) -> Sequence[Sequence[Button]]:
    """The buttons under a name; none if the set has gone since."""
    button_sets = await store.load_button_sets(uow.conn, uow.account_id, [name])
    return _ROWS.validate_python(button_sets.get(name, ()))


def _named(document: object) -> Iterator[tuple[str, int]]:
    """The sets that messages anywhere in a document name, each with how many buttons stand above it."""
    if isinstance(document, Mapping):
        if name := document.get(_FIELD):
            rows = (*document.get("buttons", ()), *document.get("options", ()), *document.get("choices", ()))
            yield str(name), sum(len(row) if isinstance(row, list) else 1 for row in rows)
        document = document.values()
    elif not isinstance(document, list):
        return
    for entry in document:
        yield from _named(entry)


async def require_sets(uow: UnitOfWork, flow: Flow) -> None:
    """Raises BUTTON_SET_NOT_FOUND naming the sets a flow uses that there are not, BUTTON_SET_INVALID if one is too many."""
    wanted = list(_named(dump_flow(flow)))
    if not wanted:
        return
    sets = await store.load_button_sets(uow.conn, uow.account_id, {name for name, _ in wanted})
    if missing := {name for name, _ in wanted} - sets.keys():
        raise DomainError(ErrorKind.NOT_FOUND, "BUTTON_SET_NOT_FOUND", ", ".join(sorted(missing)))
    for name, own in wanted:
        if own + sum(map(len, sets[name])) > MAX_BUTTONS:
            raise _wrong(name, [words("buttons-together", limit=MAX_BUTTONS)])
