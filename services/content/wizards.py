"""Wizards of authors: their state is a row, so that nothing entered is lost, whatever becomes of the process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.db.session import UnitOfWork
from core.errors import RaceLost
from core.wizard.screen import Talk, read_talk
from services.content.store import wizards as store
from services.delivery.speech import Address

PATIENCE = timedelta(minutes=30)
"""After that a wizard asks whether to go on before it does anything."""


@dataclass(frozen=True)
class KeptTalk:
    """A talk as it is kept: with what was asked for `instead`, and what the buttons of its newest screen mean."""

    id: int
    talk: Talk
    instead: Talk | None
    choices: Sequence[str]
    version: int
    message_id: int | None
    touched_at: datetime

    def is_stale(self, now: datetime) -> bool:
        """Whether nothing was done in it for so long that it has to be taken up again."""
        return now - self.touched_at > PATIENCE


async def find_talk(uow: UnitOfWork, to: Address, kind: str) -> KeptTalk | None:
    """The talk of a kind in a chat."""
    row = await store.find_wizard(uow.conn, uow.account_id, to.bot_id, to.chat_id, kind)
    return None if row is None else _read(row)


async def find_talk_by_id(uow: UnitOfWork, to: Address, wizard_id: int) -> KeptTalk | None:
    """A talk in this chat by its number."""
    row = await store.find_wizard_by_id(uow.conn, uow.account_id, to.bot_id, to.chat_id, wizard_id)
    return None if row is None else _read(row)


async def list_talks(uow: UnitOfWork, kind: str) -> list[tuple[Address, KeptTalk]]:
    """The talks of a kind, each with where it takes place."""
    rows = await store.list_wizards(uow.conn, uow.account_id, kind)
    return [(Address(row.bot_id, row.chat_id), _read(row)) for row in rows]


async def begin_talk(uow: UnitOfWork, to: Address, talk: Talk, version: int) -> KeptTalk:
    """A talk in place of the one of its kind that was there."""
    row = {
        "bot_id": to.bot_id,
        "chat_id": to.chat_id,
        "kind": talk.kind,
        "state": _write(talk, None),
        "choices": [],
        "version": version,
        "message_id": None,
        "touched_at": uow.now,
    }
    wizard_id = await store.put_wizard(uow.conn, uow.account_id, row)
    return KeptTalk(wizard_id, talk, None, (), version, None, uow.now)


async def keep_talk(
    uow: UnitOfWork, stored_talk: KeptTalk, talk: Talk, choices: Sequence[str], instead: Talk | None = None
) -> None:
    """Keep where the author is now and what the buttons mean; raises RaceLost if another unit was faster."""
    values = {"state": _write(talk, instead), "choices": list(choices), "touched_at": uow.now}
    if not await store.move_wizard(uow.conn, uow.account_id, stored_talk.id, stored_talk.version, values):
        raise RaceLost(f"wizard {stored_talk.id} was moved by another unit")


async def keep_message(uow: UnitOfWork, wizard_id: int, message_id: int) -> None:
    """Telegram has named the message that shows the newest screen."""
    await store.keep_message(uow.conn, uow.account_id, wizard_id, message_id)


def _write(talk: Talk, instead: Talk | None) -> dict[str, Any]:
    return {"talk": talk.dump(), "instead": instead.dump() if instead else None}


def _read(row: Any) -> KeptTalk:
    instead = row.state["instead"]
    return KeptTalk(
        row.id,
        read_talk(row.state["talk"]),
        read_talk(instead) if instead else None,
        row.choices,
        row.version,
        row.message_id,
        row.touched_at,
    )
