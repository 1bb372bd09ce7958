"""What a person has bought, shown again at any time with every link that leads there."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import MembershipStatus
from core.presses import PressKind
from services.commerce.access import access
from services.commerce.access.onboarding import greet_buyer
from services.commerce.schemas import GroupPlace, Purchase
from services.commerce.store import purchases as store
from services.delivery import speech
from services.delivery.speech import Address
from services.people.schemas import Contact
from services.tenancy import groups

COURSE_LINK = {"*": "{{user.course_link}}"}
AGAIN = PressKind.PRODUCT_AGAIN  # kind of the button that says a product once more
USELESS = (None, MembershipStatus.LEFT, MembershipStatus.FAILED)  # no link that would let them in


async def list_purchases(uow: UnitOfWork, contact_id: int) -> list[Purchase]:
    """A person's active accesses with their groups."""
    return await store.list_purchases(uow.conn, uow.account_id, contact_id, uow.now)


async def show_purchases(
    uow: UnitOfWork, contact: Contact, to: Address, key: str, only: int | None = None
) -> bool:
    """Say each purchase, or only that of an access, with its links; groups they left get a new one.

    False if there is nothing to show.
    """
    bought = await list_purchases(uow, contact.id)
    for purchase in (purchase for purchase in bought if only in {None, purchase.access_id}):
        text = "purchase" if purchase.opens_course else "purchase-product"
        words = speech.words(text, tariff=speech.named(purchase.tariff_name))
        buttons = _first_buttons(purchase)
        places = _open_places(purchase)
        titles = await groups.load_titles(uow, [place.chat_id for place in places])
        buttons += [[_group_button(place, titles, n)] for n, place in enumerate(places, start=1)]
        speech.say(uow, to, words, f"{key}:{purchase.access_id}", buttons=buttons)
    await _renew(uow, bought, contact, to.bot_id, key)
    return bool(bought)


def _first_buttons(purchase: Purchase) -> list[list[Mapping[str, Any]]]:
    """Into the course, or what was said of a product after the payment once more."""
    if purchase.opens_course:
        return [[course_button()]]
    if not purchase.has_greetings:
        return []
    return [[speech.button(speech.words("button-product-again"), AGAIN, purchase.access_id)]]


async def give_again(uow: UnitOfWork, contact: Contact, to: Address, access_id: int, key: str) -> None:
    """Say once more what a product is; raises ACCESS_NOT_FOUND for another's, or one that is closed."""
    bought = [
        purchase for purchase in await list_purchases(uow, contact.id) if purchase.access_id == access_id
    ]
    if not bought:
        raise DomainError(ErrorKind.NOT_FOUND, "ACCESS_NOT_FOUND", str(access_id))
    await greet_buyer(uow, bought[0].tariff_id, to, key)


async def has_links(uow: UnitOfWork, contact_id: int, access_id: int) -> bool:
    """Whether something is to be pressed for a purchase: a course or groups."""
    bought = [
        purchase for purchase in await list_purchases(uow, contact_id) if purchase.access_id == access_id
    ]
    return any(purchase.opens_course or purchase.places for purchase in bought)


async def renew_links(uow: UnitOfWork, contact: Contact, bot_id: int, key: str) -> None:
    """Have new links made for the groups a person may be in and cannot enter; each is said when it comes."""
    await _renew(uow, await list_purchases(uow, contact.id), contact, bot_id, key)


async def _renew(
    uow: UnitOfWork, bought: Sequence[Purchase], contact: Contact, bot_id: int, key: str
) -> None:
    for access_id, place in _closed_places(bought).values():
        await access.renew_invite(uow, access_id, place, contact, bot_id, f"{key}:{access_id}")


def course_button() -> Mapping[str, Any]:
    """The button that opens the course the buyer bought last."""
    return speech.link_button(speech.words("button-course"), speech.content(COURSE_LINK))


def _closed_places(bought: Sequence[Purchase]) -> dict[int, tuple[int, GroupPlace]]:
    """The groups the buyer can neither be in nor enter, by chat, each with the newest access that opens it."""
    places = [(purchase.access_id, place) for purchase in bought for place in purchase.places]
    closed = {place.chat_id: (access_id, place) for access_id, place in places}
    for _, place in places:
        if place.status not in USELESS:
            closed.pop(place.chat_id, None)
    return closed


def _open_places(purchase: Purchase) -> list[GroupPlace]:
    return [place for place in purchase.places if place.status is MembershipStatus.INVITED and place.link]


def _group_button(place: GroupPlace, titles: Mapping[int, str], number: int) -> Mapping[str, Any]:
    """A group bears its own title, once Telegram has told it."""
    name = titles.get(place.chat_id) or speech.words("button-group", number=number)
    return speech.link_button(name, place.link or "")
