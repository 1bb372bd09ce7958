"""The other accounts in which somebody works: each has bots of its own, and these are the way there within Telegram."""

from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.links import bot_link
from services.tenancy.sign_in.callers import Caller, list_places
from services.tenancy.store import bots as store

MOST = 20
"""Of them are led to: a message with more buttons is nobody's choice."""


@dataclass(frozen=True)
class Elsewhere:
    """Another account by its name, with the address that opens its bot."""

    name: str
    link: str


async def list_elsewhere(uow: UnitOfWork, telegram_id: int) -> list[Elsewhere]:
    """Where else somebody works and has a bot to write to, the oldest account first."""
    places = await list_places(uow.conn, uow.env, Caller(telegram_id, uow.account_id))
    others = {place.id: place.name for place in places if place.id != uow.account_id}
    doors = await store.find_doors(uow.conn, list(others))
    return [Elsewhere(name, bot_link(doors[number])) for number, name in others.items() if number in doors][
        :MOST
    ]
