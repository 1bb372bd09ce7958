"""What was said with people, found by the beginnings of its words; what was said in the last seconds is not here yet."""

from dataclasses import dataclass
from datetime import datetime

from core.db.keyset import Slice
from core.db.session import UnitOfWork
from core.text.names import show_name
from services.messaging.schemas import SoughtMessages
from services.messaging.store import found_messages as store
from services.messaging.store.conversations import MESSAGES
from utils.telegram_html import strip_tags

ORDERS = {"-id": MESSAGES["-id"]}


@dataclass(frozen=True)
class FoundMessage:
    """Something that was said, and with whom."""

    id: int
    contact_id: int
    telegram_id: int
    name: str
    username: str | None
    bot_id: int
    is_incoming: bool
    text: str
    at: datetime


async def search(uow: UnitOfWork, sought: SoughtMessages, part: Slice) -> list[FoundMessage]:
    """A part of what fits, the latest first; nothing where there is no word to look for."""
    if not sought.words:
        return []
    rarest = None if sought.telegram_id is not None else await _find_rarest(uow, sought)
    rows = await store.list_found(uow.conn, uow.account_id, sought, part, rarest=rarest)
    return [
        FoundMessage(
            row.id,
            row.contact_id,
            row.telegram_id,
            show_name(row.first_name, row.last_name, row.username, row.telegram_id),
            row.username,
            row.bot_id,
            row.direction == "in",
            row.text if row.direction == "in" else strip_tags(row.text),
            row.at,
        )
        for row in rows
    ]


async def _find_rarest(uow: UnitOfWork, sought: SoughtMessages) -> str | None:
    """The word that leads to the fewest messages; None if all of them stand everywhere."""
    counts = {word: await store.count_few(uow.conn, uow.account_id, word) for word in sought.words}
    rarest = min(counts, key=lambda word: counts[word])
    return rarest if counts[rarest] < store.FEW else None
