"""`tandem find`: who goes by a name, a number or an address, and how they stand."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.people.schemas import Contact


def find(
    text: Annotated[
        str, typer.Argument(help="A name, @name, Telegram id, e-mail, phone or number of an order.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show everybody who fits: where they are, what they have and what waits for an answer."""
    in_unit(_find, text, as_json=as_json)


async def _find(uow: "UnitOfWork", text: str, *, as_json: bool) -> list[str]:
    import json

    from services.workflows.person.finding import find_people

    people = await find_people(uow, text)
    if as_json:
        return [json.dumps([await _describe(uow, person) for person in people], ensure_ascii=False, indent=2)]
    return [line for person in people for line in await _tell(uow, person)] or [
        f"nobody here goes by “{text}”"
    ]


async def _describe(uow: "UnitOfWork", person: "Contact") -> dict[str, Any]:
    from services.workflows.person.looking import look

    seen = await look(uow, person)
    orders = [purchase.order for purchase in seen.purchases if purchase.order]
    return {
        "telegram_id": person.telegram_id,
        "name": person.full_name,
        "username": person.username,
        "language": person.language,
        "tariffs": [access.tariff_code for access in seen.accesses],
        "orders": [
            {
                "order": order.public_id,
                "state": order.status,
                "price": order.price,
                "currency": order.currency,
            }
            for order in orders
        ],
        "step": seen.stage.step if seen.stage else None,
        "day": seen.stage.day if seen.stage else None,
        "state": seen.stage.status if seen.stage else None,
        "waiting": seen.waiting,
        "tags": list(seen.tags),
    }


async def _tell(uow: "UnitOfWork", person: "Contact") -> list[str]:
    from bots.runtime.sending.saying import show_words
    from services.workflows.person import screen
    from services.workflows.person.looking import look
    from utils.telegram_html import strip_tags

    words = screen.describe(await look(uow, person), person.zone)
    return [*strip_tags(show_words(words, "en")).splitlines(), ""]
