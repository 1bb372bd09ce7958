"""What a person has bought, shown again at any time with every link that leads there."""

from collections.abc import Mapping
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import MembershipStatus
from services.commerce import access
from services.commerce.schemas import Place, Purchase
from services.commerce.store import access as store
from services.delivery import speech
from services.delivery.speech import Address
from services.people.schemas import Contact

COURSE_LINK = {"*": "{{user.course_link}}"}
USELESS = (None, MembershipStatus.LEFT, MembershipStatus.FAILED)  # no link that would let her in


async def list_purchases(uow: UnitOfWork, contact_id: int) -> list[Purchase]:
    """A person's active accesses with their groups."""
    return await store.list_purchases(uow.conn, uow.account_id, contact_id)


async def show_purchases(uow: UnitOfWork, contact: Contact, to: Address, key: str) -> bool:
    """Say each purchase with its links; groups she left get a new one. False if there is nothing to show."""
    bought = await list_purchases(uow, contact.id)
    for purchase in bought:
        words = speech.words("purchase", tariff=speech.content(purchase.tariff_name))
        buttons = [[speech.link_button(speech.words("button-course"), speech.content(COURSE_LINK))]]
        buttons += [[_group_button(place, n)] for n, place in enumerate(_open_places(purchase), start=1)]
        dedupe = f"{key}:{purchase.access_id}"
        speech.say(uow, to, words, dedupe, buttons=buttons)
        for place in purchase.places:
            if place.status in USELESS:
                await access.renew_invite(uow, purchase.access_id, place, contact, to.bot_id, dedupe)
    return bool(bought)


def _open_places(purchase: Purchase) -> list[Place]:
    return [place for place in purchase.places if place.status is MembershipStatus.INVITED and place.link]


def _group_button(place: Place, number: int) -> Mapping[str, Any]:
    return speech.link_button(speech.words("button-group", number=number), place.link or "")
