"""The room of people: contacts, one by one and in lists."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import Field

from services.people import contacts, preferences, tags, variables
from services.people.conditions import pages
from services.people.conditions.pages import ORDERS, Facts
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.ids import ContactId, ContactRef
from web.api.models import Answer, Body, Count, example
from web.api.pages import MOST_COUNTED, Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ, LOOK = Policy(Permission.CONTACTS), Policy(Permission.CONTACTS, looks=True)
CHANGE = Policy(Permission.CONTACTS_CHANGE)
Contacts = Annotated[ListPage, paged(ORDERS)]
Word = Annotated[str | None, Query(min_length=1, max_length=64)]
MOST_VALUE = 1_000
TagName = Annotated[str, Path(min_length=1, max_length=64)]
VariableName = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,63}$")]
room = Room("people")


class ContactItem(Answer):
    """Somebody whom the account knows; `blocked_at` is when the team shut them out."""

    model_config = example(
        id="con_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        telegram_id=500001,
        name="Anna Ivanova",
        username="anna",
        language="ru",
        zone="Europe/Moscow",
        created_at="2030-01-07T09:00:00Z",
        blocked_at=None,
        tags=["warm"],
        variables={"city": "Kazan"},
    )

    id: ContactId
    telegram_id: int
    name: Annotated[str, Field(max_length=600)]
    username: str | None
    language: str
    zone: str
    created_at: datetime | None
    blocked_at: datetime | None
    tags: list[str]
    variables: dict[str, str]


class Conditions(Body):
    """Conditions joined by `all`, `any`, `not`, as broadcasts and segments have them; `{"all": []}` is everybody."""

    model_config = example(condition={"all": [{"tag": "warm"}, {"language": "ru"}]})

    condition: Any


class VariableValue(Body):
    """What is remembered under a name."""

    model_config = example(value="Kazan")

    value: Annotated[str, Field(max_length=MOST_VALUE)]


class ContactChange(Body):
    """What somebody is spoken to in, and whose clock they live by; what is left out stays."""

    model_config = example(language="ru", zone="Europe/Moscow")

    language: Literal["en", "ru"] | None = None
    zone: Annotated[str | None, Field(min_length=1, max_length=64)] = None


def show_contact(facts: Facts) -> ContactItem:
    """Somebody as the API shows them."""
    person = facts.contact
    shown = {
        name: getattr(person, name)
        for name in ("id", "telegram_id", "username", "language", "zone", "blocked_at")
    }
    told = {"name": person.full_name, "created_at": person.met_at}
    return ContactItem(**shown, **told, tags=sorted(facts.tags), variables=dict(facts.variables))


@room.get("/contacts", READ)
async def list_contacts(
    call: Call, page: Contacts, words: Word = None, tag: Word = None, language: Word = None
) -> Listed[ContactItem]:
    """The people of the account, who came last first."""
    asked = [
        {name: value} for name, value in (("named", words), ("tag", tag), ("language", language)) if value
    ]
    people = await pages.read_people(call.uow, asked or None)
    taken = await page.take(
        lambda part: pages.list_people(call.uow, people, part),
        show_contact,
        lambda most: pages.count_people(call.uow, people, most),
    )
    return Listed(**taken)


@room.post("/contacts/search", LOOK)
async def search_contacts(call: Call, page: Contacts, body: Conditions) -> Listed[ContactItem]:
    """The people for whom conditions hold."""
    people = await pages.read_people(call.uow, body.condition)
    taken = await page.take(
        lambda part: pages.list_people(call.uow, people, part),
        show_contact,
        lambda most: pages.count_people(call.uow, people, most),
    )
    return Listed(**taken)


@room.post("/contacts/count", LOOK)
async def count_contacts(call: Call, body: Conditions, *, all: bool = False) -> Count:  # noqa: A002 - the API's word
    """For how many people conditions hold, counted up to 10,000; with `all` however many they are."""
    people = await pages.read_people(call.uow, body.condition)
    if all:
        return Count(count=await pages.count_people(call.uow, people, None), exact=True)
    total = await pages.count_people(call.uow, people, MOST_COUNTED + 1)
    return Count(count=min(total, MOST_COUNTED), exact=total <= MOST_COUNTED)


@room.get("/contacts/{contact}", READ)
async def get_contact(call: Call, contact: ContactRef) -> ContactItem:
    """One person."""
    person = await contacts.get_contact(call.uow, contact)
    return show_contact(await pages.get_facts(call.uow, person))


@room.patch("/contacts/{contact}", CHANGE)
async def change_contact(call: Call, contact: ContactRef, body: ContactChange) -> ContactItem:
    """Choose somebody's language and time zone for them, as they can themselves."""
    before = await get_contact(call, contact)
    if body.language is not None:
        await preferences.choose_language(call.uow, contact, body.language)
    if body.zone is not None:
        await preferences.choose_zone(call.uow, contact, body.zone)
    after = await get_contact(call, contact)
    call.only_looked = after == before
    call.note_change(contact, f"{before.language} {before.zone}", f"{after.language} {after.zone}")
    return after


@room.put("/contacts/{contact}/tags/{tag}", CHANGE)
async def add_tag(call: Call, contact: ContactRef, tag: TagName) -> ContactItem:
    """Put a tag on somebody; one they have stays as it is."""
    before = await get_contact(call, contact)
    call.only_looked = tag in before.tags
    call.note_change(contact, None, tag)
    await tags.add_tag(call.uow, contact, tag)
    return await get_contact(call, contact)


@room.delete("/contacts/{contact}/tags/{tag}", CHANGE)
async def remove_tag(call: Call, contact: ContactRef, tag: TagName) -> None:
    """Take a tag off somebody, if they have it."""
    before = await get_contact(call, contact)
    call.only_looked = tag not in before.tags
    call.note_change(contact, tag, None)
    await tags.remove_tag(call.uow, contact, tag)


@room.put("/contacts/{contact}/variables/{variable}", CHANGE)
async def set_variable(
    call: Call, contact: ContactRef, variable: VariableName, body: VariableValue
) -> ContactItem:
    """Remember something about somebody under a name, in place of what was remembered there."""
    before = await get_contact(call, contact)
    call.note_change(contact, before.variables.get(variable), body.value)
    await variables.set_variable(call.uow, contact, variable, body.value)
    return await get_contact(call, contact)
