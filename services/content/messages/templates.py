"""The values behind `{{scope.name}}` in authors' texts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.ext.asyncio import AsyncConnection

from core.environment import Environment
from core.flow.definition import Flow, FlowKind
from core.links import bot_link
from core.money import MINOR
from core.rules.deep_link import LinkKind
from services.content.deployments import personal_payload
from services.content.store import facts
from services.content.store import tokens as store
from services.content.store.facts import Facts
from services.people import variables
from services.people.schemas import Contact

COURSE_LINK = "user.course_link"
USER_NAME = "user.user_name"
FIRST_NAME = "user.first_name"
BOT_NAME = "bot.bot_name"
PAYMENT_LINK = "user.payment_link"
INVITE_LINK = "user.invite_link"
DATES = {"user.reg_date": "met_at", "user.payment_date": "paid_at", "user.joined_date": "joined_at"}
DATE = "d MMMM y"


async def load_values(
    conn: AsyncConnection,
    env: Environment,
    usernames: Mapping[int, str],
    people: Sequence[Contact],
    wanted: Collection[str],
) -> dict[int, dict[str, str]]:
    """Values by contact: what is kept of them, names, the way into the bought course; `usernames` are our bots' by id.

    What takes more than that to find is found only if it is `wanted` (`scope.name`).
    """
    values: dict[int, dict[str, str]] = {person.id: {} for person in people}
    for account_id in {person.account_id for person in people}:
        ids = [person.id for person in people if person.account_id == account_id]
        for contact_id, variable in (await variables.load_of_many(conn, account_id, ids)).items():
            values[contact_id].update((f"user.{name}", value) for name, value in variable.items())
        for contact_id, token_id, public_id, bot_id, text_hash in await store.list_personal_tokens(
            conn, account_id, ids
        ):
            payload = personal_payload(env.signing_keys, account_id, public_id, token_id, text_hash)
            if payload is None:  # made under a key that is gone: the old link works, and cannot be shown
                continue
            values[contact_id][COURSE_LINK] = bot_link(usernames.get(bot_id, ""), payload)
        if any(name in wanted for name in (INVITE_LINK, *DATES)):
            found_facts = await facts.load_facts(conn, account_id, ids)
            persons = {person.id: person for person in people}
            for fact in found_facts:
                values[fact.contact_id] |= _facts(fact, persons[fact.contact_id])
    for person in people:
        values[person.id][USER_NAME] = person.username or person.first_name
        values[person.id][FIRST_NAME] = person.first_name
    return values


def _facts(fact: Facts, contact: Contact) -> dict[str, str]:
    dates = {name: _date(getattr(fact, moment), contact) for name, moment in DATES.items()}
    return {INVITE_LINK: fact.invite_link or "", **dates}


def _date(at: datetime | None, contact: Contact) -> str:
    """A day as their calendar shows it; empty if it has not been."""
    if at is None:
        return ""
    return str(format_date(at.astimezone(ZoneInfo(contact.zone)), DATE, locale=contact.language))


def scenario_values(flow: Flow) -> dict[str, Any]:
    """The values a scenario gives its own texts; by language where they have one.

    The payment link opens the bot at the order: `start` is its payload.
    """
    if flow.kind is not FlowKind.SCENARIO:
        return {}
    product = flow.product
    group = product.private_group_id if product else None
    return {
        "scenario.id": flow.slug,
        "scenario.name": dict(flow.name),
        "scenario.product_name": dict(product.name) if product else "",
        "scenario.product_price": f"{product.price / MINOR:g}" if product else "",
        "scenario.private_group_id": str(group) if group else "",
        PAYMENT_LINK: {"start": payment_payload(flow.slug)} if product else "",
    }


def payment_payload(slug: str) -> str:
    """What a link to the order of a scenario's product says to Start."""
    return f"{LinkKind.BUY}_{slug}"
