"""What was said through a bot, taken back from where it is shown: while Telegram lets bots delete it, and told where it stays."""

from collections.abc import Sequence
from datetime import timedelta

from core.db.session import UnitOfWork
from core.errors import TooEarly
from core.events import CallAnswered
from services.delivery import speech
from services.delivery.carried import carrying
from services.delivery.outbox import enqueue, find_shown
from services.delivery.schemas import Carried, Outgoing
from services.delivery.speech import Address
from services.delivery.store import carried as store
from services.delivery.store.sending import outbox as outbox_store

BACK = "carried_back"  # name under which Telegram's answer comes back
WITHIN = timedelta(hours=48)  # later Telegram deletes no message of a bot's
GONE = "message to delete not found"  # who read it has deleted it themself


async def list_said(uow: UnitOfWork, place: Address, number: str) -> list[Carried]:
    """Where a message (its number), or an album (its id), that somebody wrote in `place` is shown now."""
    conn, account_id, bot_id, chat_id = uow.conn, uow.account_id, place.bot_id, place.chat_id
    pieces = await store.list_of_album(conn, account_id, bot_id, chat_id, number)
    if pieces or not number.isdecimal():
        return pieces
    return await store.list_said(conn, account_id, bot_id, chat_id, int(number))


def is_late(uow: UnitOfWork, pieces: Sequence[Carried]) -> bool:
    """Whether Telegram would refuse."""
    return any(uow.now - piece.at > WITHIN for piece in pieces)


async def take_back(uow: UnitOfWork, pieces: Sequence[Carried]) -> None:
    """Delete what is shown, have what has not left stay; raises TooEarly while the number of a message is not known yet."""
    for bot_id, chat_id in {(piece.bot_id, piece.to_chat_id) for piece in pieces}:
        if await outbox_store.is_speaking_to(uow.conn, uow.account_id, bot_id, chat_id):
            raise TooEarly(f"a message to chat {chat_id} is under way")
    for piece in pieces:
        heading, key = carrying.heading_key_of(piece), carrying.key_of(piece.id)
        await store.change(uow.conn, uow.account_id, piece.id, {"taken_back_at": uow.now})
        await store.drop_calls(uow.conn, uow.account_id, piece, [key, f"{key}:stored", heading])
        if piece.to_message_id is not None:
            _delete(uow, piece, piece.to_message_id, f"{key}:back", answered=True)
        if (above := await find_shown(uow, heading)) is not None:
            _delete(uow, piece, above, f"{heading}:back")


def _delete(uow: UnitOfWork, piece: Carried, message_id: int, key: str, *, answered: bool = False) -> None:
    fields = {"chat_id": piece.to_chat_id, "message_id": message_id}
    told = {"name": BACK, "ref": piece.id} if answered else None
    enqueue(uow, Outgoing(piece.bot_id, piece.to_chat_id, "deleteMessage", fields, key, on_result=told))


async def on_deleted(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Who wanted it back reads it where Telegram refuses."""
    if answer.ok or GONE in str(answer.result).lower():
        return
    piece = await carrying.get_carried(uow, answer.ref)
    words = speech.words("answer-back-refused", why=str(answer.result))
    quoted = carrying.quoting(piece.message_id if piece.message_id > 0 else None)
    to, key = Address(piece.bot_id, piece.chat_id), f"{carrying.key_of(piece.id)}:stays"
    speech.say(uow, to, words, key, extra=quoted)
