"""Buttons that several messages share."""

from typing import Annotated, Any

from pydantic import Field

from core.text.message import MAX_BUTTONS, MAX_ROW, MessageFields
from services.content.messages import button_sets
from services.content.messages.button_sets import ButtonSet
from web.api.calls import Call
from web.api.content.flows import CHANGE, READ
from web.api.ids import ButtonSetId, ButtonSetRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.routes import Room

Sets = Annotated[ListPage, paged(button_sets.ORDERS)]
BUTTON = {"text": {"en": "Write to us", "ru": "Написать нам"}, "url": "https://t.me/{{bot.support_link}}"}
room = Room("content")


class SharedButtonItem(Answer):
    """A button with its words by language, and what it opens."""

    text: dict[str, str]
    url: str


class SharedButton(Body):
    """A button: one text for all, or one by language; the address may hold values in double braces."""

    text: str | dict[str, str]
    url: Annotated[str, Field(min_length=1, max_length=2048)]


Rows = Annotated[
    list[Annotated[list[SharedButton], Field(min_length=1, max_length=MAX_ROW)]],
    Field(min_length=1, max_length=MAX_BUTTONS),
]


class ButtonSetItem(Answer):
    """Rows of buttons under a name; `used_by` are the flows whose messages name them, by their slugs."""

    model_config = example(id=f"btn_{'a' * 26}", name="support", rows=[[BUTTON]], used_by=["words"])

    id: ButtonSetId
    name: str
    rows: list[list[SharedButtonItem]]
    used_by: list[str]


class ButtonSetBody(Body):
    """A new set, by the name that messages know it by."""

    model_config = example(name="support", rows=[[BUTTON]])

    name: Annotated[str, Field(min_length=1, max_length=MessageFields.MOST_SET_NAME)]
    rows: Rows


class ButtonRowsBody(Body):
    """What stands below messages from now on."""

    model_config = example(rows=[[BUTTON]])

    rows: Rows


@room.get("/button-sets", READ)
async def list_button_sets(call: Call, page: Sets) -> Listed[ButtonSetItem]:
    """The sets, by name."""
    names = await button_sets.list_named(call.uow)
    taken = await page.take(
        lambda part: button_sets.list_page(call.uow, part), lambda row: _show(row, names.get(row.name, ()))
    )
    return Listed(**taken)


@room.get("/button-sets/{button_set}", READ)
async def get_button_set(call: Call, button_set: ButtonSetRef) -> ButtonSetItem:
    """One of them."""
    shown = await button_sets.get_button_set(call.uow, button_set)
    return _show(shown, (await button_sets.list_named(call.uow)).get(shown.name, ()))


@room.post("/button-sets", CHANGE, 201)
async def create_button_set(call: Call, body: ButtonSetBody) -> ButtonSetItem:
    """Have buttons that messages can share."""
    call.note_change(None, None, body.name)
    return _show(await button_sets.add_button_set(call.uow, body.name, _dump(body.rows)), ())


@room.put("/button-sets/{button_set}", CHANGE)
async def change_button_set(call: Call, button_set: ButtonSetRef, body: ButtonRowsBody) -> ButtonSetItem:
    """Have other buttons under the name, below all that is said from now on."""
    before = await button_sets.get_button_set(call.uow, button_set)
    call.note_change(None, None, before.name)
    await button_sets.put_button_sets(call.uow, {before.name: _dump(body.rows)})
    return await get_button_set(call, button_set)


@room.delete("/button-sets/{button_set}", CHANGE)
async def delete_button_set(call: Call, button_set: ButtonSetRef) -> None:
    """Forget a set that no message names."""
    known = await button_sets.get_button_set(call.uow, button_set)
    call.note_change(None, known.name, None)
    await button_sets.drop_button_set(call.uow, known)


def _dump(rows: list[list[SharedButton]]) -> list[list[dict[str, Any]]]:
    return [[button.model_dump() for button in row] for row in rows]


def _show(shown: ButtonSet, used_by: Any) -> ButtonSetItem:
    rows = [
        [SharedButtonItem(text=dict(button.text), url=button.url or "") for button in row]
        for row in shown.rows
    ]
    return ButtonSetItem(id=shown.id, name=shown.name, rows=rows, used_by=sorted(used_by))
