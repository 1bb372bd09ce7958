"""`tandem why`: what became of somebody's money, link by link."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.people.schemas import Contact
    from services.workflows.why.schemas import Chain, Link


def why(
    user: Annotated[
        str, typer.Argument(help="@name, Telegram id, number of an order or of a payment at its provider.")
    ],
    mend: Annotated[bool, typer.Option("--mend", help="Do what mends it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show why somebody has, or has not, what was paid for: order, payment, notice, access, invite, join, lesson."""
    in_unit(explain, user, mends=mend, as_json=as_json)


async def explain(uow: "UnitOfWork", user: str, *, mends: bool, as_json: bool) -> list[str]:
    """The lines to print; raises USER_NOT_FOUND."""
    from core.errors import DomainError, ErrorKind
    from services.workflows.why.gathering import find_person, load_chains

    person = await find_person(uow, user)
    if person is None:
        advice = f"nobody here goes by “{user}”; give an @name, a Telegram id or the number of an order"
        raise DomainError(ErrorKind.NOT_FOUND, "USER_NOT_FOUND", advice)
    chains = await load_chains(uow, person)
    done = await _mend_all(uow, chains) if mends else []
    if as_json:
        return [_as_json(person, chains, done)]
    return [*map(_tell, done), *await _as_text(uow, person, chains)]


async def _mend_all(uow: "UnitOfWork", chains: "list[Chain]") -> list[str]:
    """Do what mends each chain, but for what somebody has to see first; what comes of it shows at the next look."""
    from services.workflows.why import mending
    from services.workflows.why.schemas import Mend

    done = []
    for link in (chain.missing for chain in chains):
        if link is not None and link.mend is not None and link.mend is not Mend.SETTLE:
            key = f"why:{link.mend}:{link.target}:{uow.now.timestamp():.0f}"
            await mending.mend(uow, mending.Order(link.mend, link.target, 0, key))
            done.append(f"{link.mend} {link.target}")
    return done


def _tell(done: str) -> str:
    """What was begun, in the words of the button that does the same in the bots."""
    from core.text.catalog import say
    from core.text.refusal import TERMINAL

    return f"begun: {say('button-why-' + done.partition(' ')[0], TERMINAL)}; look again in a few seconds"


async def _as_text(uow: "UnitOfWork", person: "Contact", chains: "list[Chain]") -> list[str]:
    from bots.runtime.sending.saying import show_words
    from services.workflows.why import telling
    from utils.telegram_html import strip_tags

    words, _ = await telling.describe(uow, person, chains, person.zone)
    return strip_tags(show_words(words, "en")).splitlines()


def _as_json(person: "Contact", chains: "list[Chain]", done: list[str]) -> str:
    import json

    document = {
        "person": {
            "telegram_id": person.telegram_id,
            "name": person.full_name,
            "username": person.username,
        },
        "purchases": [_chain(chain) for chain in chains],
        "done": done,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _chain(chain: "Chain") -> dict[str, Any]:
    order, missing = chain.purchase.order, chain.missing
    return {
        "order": order.public_id if order else None,
        "state": order.status if order else None,
        "price": order.price if order else None,
        "currency": order.currency if order else None,
        "links": [_link(link) for link in chain.links],
        "missing": missing.kind if missing else None,
        "mend": missing.mend if missing else None,
    }


def _link(link: "Link") -> dict[str, Any]:
    return {
        "link": link.kind,
        "state": link.state,
        "code": link.code,
        "at": link.at.isoformat() if link.at else None,
        **link.values,
    }
