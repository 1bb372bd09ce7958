"""A person's chains in words for admins: a mark, what happened and when; what is missing, and its button."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from core.presses import PressKind
from core.text.names import show_known
from services.commerce.payments.notices import provider_name, settle_button
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.people import contacts
from services.people.schemas import Contact
from services.tenancy import bots
from services.workflows.why.schemas import Chain, Link, Mend, State

MEND = PressKind.WHY  # kind of the buttons: mend-target-person
LOOK = "see"  # in place of a mend: look again
MOST_CHAINS = 3
DATED = {"access-until", "access-over"}  # whose words say the moment themselves
MARKS = {State.DONE: "✅", State.WAITING: "⏳", State.BROKEN: "❌", State.AHEAD: "▫️", State.OVER: "⏹"}


async def describe(
    uow: UnitOfWork, person: Contact, chains: Sequence[Chain], zone: str
) -> tuple[Words, Keyboard]:
    """What is known of a person's purchases, with a button for what each lacks; times as `zone` shows them."""
    named = show_known(person.full_name, person.username, person.telegram_id)
    shown = chains[:MOST_CHAINS]
    parts = [speech.words("why-title", person=named), *await _list_shut(uow, person)]
    parts += [_describe(chain, zone) for chain in shown] or [speech.words("why-nothing")]
    if len(chains) > len(shown):
        parts.append(speech.words("why-more", count=len(chains) - len(shown)))
    buttons = [[_button(chain.missing, person)] for chain in shown if chain.missing and chain.missing.mend]
    again = speech.button(speech.words("button-look-again"), MEND, f"{LOOK}-0-{person.id}")
    return speech.lines(*parts), [*buttons, [again]]


async def _list_shut(uow: UnitOfWork, person: Contact) -> list[Words]:
    """That the shop cannot write to the person, where that is so: no receipt and no link comes through."""
    shop = await bots.get_bot(uow, BotKind.SALES)
    if await contacts.can_write(uow, shop.id, person.telegram_id):
        return []
    return [speech.words("why-shut", bot=shop.username)]


def _describe(chain: Chain, zone: str) -> Words:
    lines = [_title(chain)]
    ahead = [link for link in chain.links if link.state is State.AHEAD]
    lines += [tell_link(link, zone) for link in chain.links if link.state is not State.AHEAD]
    if ahead:
        kinds = dict.fromkeys(link.kind for link in ahead)
        lines.append(speech.words("why-ahead", links=[speech.words(f"why-link-{kind}") for kind in kinds]))
    lines.append(tell_missing(chain))
    return speech.lines(*lines, gap="\n")


def _title(chain: Chain) -> Words:
    purchase = chain.purchase
    tariff = speech.named(purchase.tariff_name)
    if purchase.order is None:
        return speech.words("why-given", tariff=tariff)
    price = speech.price(purchase.order.price, purchase.order.currency)
    return speech.words("why-order", number=purchase.order.public_id, tariff=tariff, amount=price)


def tell_link(link: Link, zone: str) -> Words:
    """A link as a line: its mark, its words, its moment."""
    values: dict[str, Any] = dict(link.values)
    if "provider" in values:
        values["provider"] = provider_name(values["provider"])
    if link.at is None:
        return speech.lines(MARKS[link.state], speech.words(f"why-{link.code}", **values), gap=" ")
    moment = speech.moment(link.at, zone)
    if link.code in DATED:
        said = speech.words(f"why-{link.code}", moment=moment, **values)
    else:
        said = speech.lines(speech.words(f"why-{link.code}", **values), moment, gap=", ")
    return speech.lines(MARKS[link.state], said, gap=" ")


def tell_missing(chain: Chain) -> Words:
    """What a chain lacks, in a line of its own."""
    missing = chain.missing
    if missing is None:
        is_over = any(link.state is State.OVER for link in chain.links)
        return speech.words("why-over" if is_over else "why-whole")
    return speech.words("why-missing", link=speech.words(f"why-link-{missing.kind}"))


def _button(link: Link, person: Contact) -> Mapping[str, Any]:
    if link.mend is Mend.SETTLE:
        return settle_button(link.target)
    return speech.button(
        speech.words(f"button-why-{link.mend}"), MEND, f"{link.mend}-{link.target}-{person.id}"
    )
