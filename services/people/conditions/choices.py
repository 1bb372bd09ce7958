"""What the arguments of conditions can be chosen from in an account, called as people call it."""

from collections.abc import Mapping

from core.db.session import UnitOfWork
from core.text.catalog import LANGUAGES, say
from core.text.message import localize
from services.people.conditions.catalogue import CONDITIONS
from services.people.conditions.known_names import list_known
from services.people.store import contacts as store

MOST = 200  # of one argument; more are written by hand


async def list_choices(uow: UnitOfWork, condition: str, language: str) -> dict[str, Mapping[str, str]]:
    """By argument the values it can have and what each is called; what is written by hand is left out."""
    if condition == "language":
        return {"code": {code: say(f"condition-language-{code}", language) for code in LANGUAGES}}
    if condition == "in_segment":
        segments = await store.load_segment_names(uow.conn, uow.account_id)
        return {"name": {name: name for name in segments.values()}}
    chosen: dict[str, Mapping[str, str]] = {}
    for argument in CONDITIONS[condition].names:
        known = await list_known(uow.conn, uow.account_id, condition, argument, MOST)
        chosen[argument] = {name: localize(title, language) for name, title in known.items()}
    return chosen
