"""Why somebody has, or has not, what was paid for: each purchase as a chain, what it lacks, and what mends that."""

from datetime import datetime
from typing import Annotated, Any

from babel.dates import format_date
from pydantic import Field

from core.text.catalog import say, say_words
from core.text.message import localize
from services.commerce.payments.notices import provider_name
from services.people.contacts import get_contact
from services.tenancy.permissions import Permission
from services.workflows.why import mending
from services.workflows.why.gathering import load_chains
from services.workflows.why.schemas import Chain, Kind, Link, Mend, State
from utils.signing import fingerprint, random_id
from utils.telegram_html import strip_tags
from web.api.calls import Call
from web.api.ids import ContactRef, OrderId
from web.api.models import Answer, Body, example
from web.api.pages import Listed
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.CONTACTS)
CHANGE = Policy(Permission.CONTACTS_CHANGE, idempotency_key=True)
MOST_KEY = 64
room = Room("people")
LINK = {
    "kind": "payment",
    "state": "broken",
    "code": "payment-none",
    "detail": "not paid yet",
    "at": None,
}


class LinkItem(Answer):
    """One link: how it stands, in words, and when it came to that."""

    model_config = example(**LINK)

    kind: Kind
    state: State
    code: str
    detail: str
    at: datetime | None


class MendItem(Answer):
    """What mends a chain: `key` is sent back; `settle` is done at the order, whose money somebody has to have seen."""

    model_config = example(key="q5ZkX0c2Vd", mend="grant", label="Give what was paid for")

    key: str
    mend: Mend
    label: str


class ChainItem(Answer):
    """One purchase with its links in their order; `missing` names the first that lacks, `mend` is the act that mends it."""

    model_config = example(
        tariff="Premium", order=f"ord_{'a' * 26}", number="T-7Q2K", links=[LINK], missing="payment", mend=None
    )

    tariff: str
    order: OrderId | None
    number: str | None
    links: list[LinkItem]
    missing: Kind | None
    mend: MendItem | None


class MendBody(Body):
    """Which mend, by the key it was shown with."""

    model_config = example(key="q5ZkX0c2Vd")

    key: Annotated[str, Field(min_length=1, max_length=MOST_KEY)]


@room.get("/contacts/{contact}/why", READ)
async def explain_contact(call: Call, contact: ContactRef) -> Listed[ChainItem]:
    """What became of each purchase of somebody, the newest first."""
    chains = await load_chains(call.uow, await get_contact(call.uow, contact))
    return Listed(items=[_show(chain, call.language) for chain in chains])


@room.post("/contacts/{contact}/mend", CHANGE)
async def mend_contact(call: Call, contact: ContactRef, body: MendBody) -> Listed[ChainItem]:
    """Do what a purchase lacks; what it lacks no more changes nothing."""
    person = await get_contact(call.uow, contact)
    missing = [chain.missing for chain in await load_chains(call.uow, person)]
    meant = next((link for link in missing if link and link.mend and _key(link) == body.key), None)
    call.only_looked = meant is None
    if meant is not None and meant.mend not in (None, Mend.SETTLE):
        by = call.who.telegram_id
        call.note_change(contact, meant.code, meant.mend)
        await mending.mend(call.uow, mending.Order(meant.mend, meant.target, by, f"api:{random_id()}"))
    return await explain_contact(call, contact)


def _show(chain: Chain, language: str) -> ChainItem:
    order, missing = chain.purchase.order, chain.missing
    return ChainItem(
        tariff=localize(chain.purchase.tariff_name, language),
        order=order.id if order else None,
        number=order.public_id if order else None,
        links=[_show_link(link, language) for link in chain.links if link.state is not State.AHEAD],
        missing=missing.kind if missing else None,
        mend=_show_mend(missing, language) if missing and missing.mend else None,
    )


def _show_link(link: Link, language: str) -> LinkItem:
    day = format_date(link.at, "d MMMM y", locale=language) if link.at else ""
    values: dict[str, Any] = {**link.values, "moment": day}
    if "provider" in values:
        values["provider"] = say_words(provider_name(values["provider"]), language)
    said = strip_tags(say(f"why-{link.code}", language, values))
    return LinkItem(kind=link.kind, state=link.state, code=link.code, detail=said, at=link.at)


def _show_mend(link: Link, language: str) -> MendItem:
    label = say("button-settle" if link.mend is Mend.SETTLE else f"button-why-{link.mend}", language)
    return MendItem(key=_key(link), mend=link.mend, label=label)


def _key(link: Link) -> str:
    return fingerprint(f"{link.mend} {link.target}")
