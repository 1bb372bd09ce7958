"""Other buttons below what a visit has said."""

from collections.abc import Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.errors import TooEarly
from services.delivery.outbox import enqueue, list_shown
from services.delivery.schemas import Outgoing, ShownCall
from services.learning.schemas import StoredRun

Keyboard = Sequence[Sequence[Any]]


async def redraw(uow: UnitOfWork, stored: StoredRun, ref: str, key: str, keyboard: Keyboard) -> None:
    """Show these buttons where what was said under `key` stands last, it may have been said again since.

    Raises TooEarly while Telegram has not told the number of that message; does nothing if it never arrived.
    """
    to = stored.address
    shown = _find(await list_shown(uow, to.bot_id, to.chat_id, ref), key)
    if shown is None:
        return
    if shown.message_id is None:
        raise TooEarly(f"what was said as {key} is under way")
    fields = {
        "chat_id": to.chat_id,
        "message_id": shown.message_id,
        "buttons": [list(row) for row in keyboard],
    }
    call_key = f"{key}:redraw:{stored.version}"
    enqueue(uow, Outgoing(to.bot_id, to.chat_id, "editMessageReplyMarkup", fields, call_key))


def _find(calls: Sequence[ShownCall], key: str) -> ShownCall | None:
    """The latest of the calls said as `key` (its buttons are below the last of them) and of their repetitions."""
    own = [call for call in calls if call.dedupe_key == key or call.dedupe_key.startswith(f"{key}:")]
    if not own:
        return None
    return [call for call in calls if call.payload == own[-1].payload][-1]
