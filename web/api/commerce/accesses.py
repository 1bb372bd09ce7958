"""Accesses: given without money, taken away and given back, put off."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from core.lifecycle import AccessStatus
from core.text.message import localize
from services.commerce import paging
from services.commerce.access import changing, manual_access
from services.commerce.access.changing import Change, list_changes
from services.commerce.access.taking_away import take_away
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.paging import Wanted
from services.commerce.schemas import Access
from services.people.contacts import get_contact
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.ids import AccessId, AccessRef, ContactId, ContactRef, TariffId, TariffRef
from web.api.models import Answer, Body, Money, example, money
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.problems import Problem
from web.api.routes import Room

READ = Policy(Permission.ACCESS_READ)
CHANGE = Policy(Permission.ACCESS, idempotency_key=True)
MOST_DAYS = 3650
AccessesPage = Annotated[ListPage, paged(paging.ORDERS["accesses"])]
room = Room("commerce")


class AccessItem(Answer):
    """A right to what a tariff opens; `is_open` says whether it opens anything now, `ends_at` null: for good."""

    model_config = example(
        id=f"axs_{'a' * 26}",
        contact=f"con_{'a' * 26}",
        tariff=f"trf_{'a' * 26}",
        tariff_code="basic",
        status="active",
        is_open=True,
        granted_at="2030-01-07T09:02:00Z",
        ends_at=None,
    )

    id: AccessId
    contact: ContactId
    tariff: TariffId
    tariff_code: str
    status: AccessStatus
    is_open: bool
    granted_at: datetime | None
    ends_at: datetime | None


class GiveBody(Body):
    """To whom, and what."""

    model_config = example(contact=f"con_{'a' * 26}", tariff=f"trf_{'a' * 26}")

    contact: ContactRef
    tariff: TariffRef


class ExtendBody(Body):
    """How many days longer, and the end that was seen: who presses twice does not put it off twice."""

    model_config = example(days=14, ends_at="2030-02-07T09:02:00Z")

    days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)]
    ends_at: datetime


class OtherTariffItem(Answer):
    """Another tariff of the same course; `difference`: its price less what they have paid."""

    model_config = example(
        id=f"trf_{'a' * 26}", code="premium", name="Premium", difference={"amount": 400000, "currency": "RUB"}
    )

    id: TariffId
    code: str
    name: str
    difference: Money


class OtherTariffBody(Body):
    """What is to be open instead."""

    model_config = example(tariff=f"trf_{'a' * 26}")

    tariff: TariffRef


def show_access(access: Access, now: datetime) -> AccessItem:
    """An access as the API shows it."""
    names = ("id", "tariff_code", "status", "granted_at", "ends_at")
    return AccessItem(
        **{name: getattr(access, name) for name in names},
        contact=access.contact_id,
        tariff=access.tariff_id,
        is_open=access.is_open(now),
    )


@room.get("/accesses", READ)
async def list_accesses(
    call: Call,
    page: AccessesPage,
    contact: ContactRef | None = None,
    tariff: TariffRef | None = None,
    status: AccessStatus | None = None,
) -> Listed[AccessItem]:
    """The accesses of the account, the latest first."""
    wanted = Wanted({"contact_id": contact, "tariff_id": tariff, "status": status})
    taken = await page.take(
        lambda part: paging.list_accesses(call.uow, wanted, part),
        lambda access: show_access(access, call.uow.now),
        lambda most: paging.count_rows(call.uow, "accesses", wanted, most),
    )
    return Listed(**taken)


@room.get("/accesses/{access}", READ)
async def get_access(call: Call, access: AccessRef) -> AccessItem:
    """One access."""
    return await _show_now(call, access)


@room.post("/accesses", CHANGE, 201)
async def give_access(call: Call, body: GiveBody) -> AccessItem:
    """Open a tariff to a person who has not paid, and tell them; one that was closed is given back."""
    person, tariff = await get_contact(call.uow, body.contact), await get_tariff_by_id(call.uow, body.tariff)
    await manual_access.give_access(call.uow, person, tariff, call.who.telegram_id)
    call.note_change(person.id, None, tariff.code)
    return show_access(await manual_access.get_latest(call.uow, person.id, tariff.id), call.uow.now)


@room.post("/accesses/{access}/revoke", CHANGE)
async def revoke_access(call: Call, access: AccessRef) -> AccessItem:
    """Take an access away, and its groups; the person is told once."""
    before = await manual_access.get_access(call.uow, access)
    left = await take_away(call.uow, access, call.who.telegram_id)
    call.note_change(before.contact_id, before.tariff_code, None)
    call.only_looked = before.status is AccessStatus.REVOKED and not left
    return await _show_now(call, access)


@room.post("/accesses/{access}/restore", CHANGE)
async def restore_access(call: Call, access: AccessRef) -> AccessItem:
    """Give back an access that was taken away or is over, and tell the person."""
    before = await manual_access.get_access(call.uow, access)
    await manual_access.return_access(call.uow, access, call.who.telegram_id)
    call.note_change(before.contact_id, None, before.tariff_code)
    call.only_looked = before.is_open(call.uow.now)
    return await _show_now(call, access)


@room.post("/accesses/{access}/extend", CHANGE)
async def extend_access(call: Call, access: AccessRef, body: ExtendBody) -> AccessItem:
    """Let an access end some days later."""
    seen, by = int(body.ends_at.timestamp()), call.who.telegram_id
    before = await manual_access.get_access(call.uow, access)
    await manual_access.put_off(call.uow, access, seen, body.days, by)
    call.note_change(before.contact_id, body.ends_at.isoformat(), f"+{body.days} d")
    return await _show_now(call, access)


@room.get("/accesses/{access}/tariffs", READ)
async def list_other_tariffs(call: Call, access: AccessRef) -> Listed[OtherTariffItem]:
    """The other tariffs of the same course, and what the person would pay for each themself."""
    known = await manual_access.get_access(call.uow, access)
    return Listed(items=[_show_other(other, call.language) for other in await list_changes(call.uow, known)])


@room.post("/accesses/{access}/change-tariff", CHANGE)
async def change_access_tariff(call: Call, access: AccessRef, body: OtherTariffBody) -> AccessItem:
    """Open another tariff in place of this one; no money moves, and the access that is open now is answered."""
    change = await changing.change_tariff(call.uow, access, body.tariff, call.who.telegram_id)
    if change is None:
        raise Problem(409, "ACCESS_CHANGED")
    call.note_change(change.access.contact_id, change.access.tariff_code, change.tariff.code)
    contact = change.access.contact_id
    return show_access(await manual_access.get_latest(call.uow, contact, change.tariff.id), call.uow.now)


def _show_other(other: Change, language: str) -> OtherTariffItem:
    tariff = other.tariff
    name = localize(tariff.name, language)
    return OtherTariffItem(
        id=tariff.id, code=tariff.code, name=name, difference=money(other.difference, tariff.currency)
    )


async def _show_now(call: Call, access_id: int) -> AccessItem:
    return show_access(await manual_access.get_access(call.uow, access_id), call.uow.now)
