"""Ready answers: kept once as a member wrote or recorded them, sent to many with each one's own name in them."""

from dataclasses import dataclass, replace

from core.db.keyset import Slice
from core.db.session import Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind
from core.text.filling import fill_in
from services.delivery.schemas import PersonMessage
from services.messaging.store import canned as store
from services.tenancy.bots import get_bot
from utils.telegram_html import shorten

MOST_NAME = 40
MOST_LISTED = 20
NOT_SENT = 0  # number of a message that nobody sent
ORDERS = store.ORDERS
STUDENT, COURSE = "student.name", "course.name"  # what may stand in them, in double braces


@dataclass(frozen=True)
class Canned:
    """A ready answer, and the message it was kept from."""

    id: int
    bot_id: int
    name: str
    said: PersonMessage

    @property
    def is_text(self) -> bool:
        """Whether it has words alone, which can be filled in."""
        return "text" in self.said.content


async def keep(uow: UnitOfWork, bot_id: int, said: PersonMessage) -> Canned:
    """Keep a message as a ready answer, under its first words; the same words replace it."""
    name = shorten(said.words.split("\n", 1)[0].strip() or f"[{said.content.get('kind', '?')}]", MOST_NAME)
    row = {
        "bot_id": bot_id,
        "name": name,
        "chat_id": said.chat_id,
        "message_id": said.message_id,
        "content": dict(said.content),
        "created_at": uow.now,
    }
    return Canned(await store.put_canned(uow.conn, uow.account_id, row), bot_id, name, said)


async def write(uow: UnitOfWork, name: str, text: str, author_id: int) -> Canned:
    """Keep words as a ready answer that every bot can send; another one of the name is replaced."""
    bot = await get_bot(uow, BotKind.COURSE)
    said = PersonMessage(author_id, NOT_SENT, {"text": text})
    row = {
        "bot_id": bot.id,
        "name": name,
        "chat_id": said.chat_id,
        "message_id": said.message_id,
        "content": dict(said.content),
        "created_at": uow.now,
    }
    return Canned(await store.put_canned(uow.conn, uow.account_id, row), bot.id, name, said)


async def list_page(uow: UnitOfWork, part: Slice) -> list[Canned]:
    """A part of the ready answers, by name."""
    return [_read(row) for row in await store.list_page(uow.conn, uow.account_id, part)]


async def list_canned(uow: UnitOfWork, bot_id: int) -> list[Canned]:
    """The ready answers that a bot can send, by name: media stay with the bot that got them."""
    rows = await store.list_canned(uow.conn, uow.account_id)
    replies = [_read(row) for row in rows]
    return [canned for canned in replies if canned.is_text or canned.bot_id == bot_id][:MOST_LISTED]


async def get_canned(uow: UnitOfWork, canned_id: int) -> Canned:
    """One of them; raises CANNED_NOT_FOUND."""
    row = await store.find_canned(uow.conn, uow.account_id, canned_id)
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "CANNED_NOT_FOUND", str(canned_id))
    return _read(row)


async def drop(uow: UnitOfWork, canned_id: int) -> bool:
    """Keep it no longer; False if that was so already."""
    return await store.drop_canned(uow.conn, uow.account_id, canned_id)


def _read(row: Row) -> Canned:
    said = PersonMessage(row["chat_id"], row["message_id"], row["content"])
    return Canned(row["id"], row["bot_id"], row["name"], said)


def address_to(canned: Canned, student: str, course: str, place: tuple[int, int]) -> PersonMessage:
    """What is sent to one student; words are said anew at `place` (chat, message), so that a change of the ready answer changes no answer that was given."""
    if not canned.is_text:
        return canned.said
    content = canned.said.content
    values = {STUDENT: student, COURSE: course}
    text, entities = fill_in(content["text"], content.get("entities", ()), values)
    filled = {**content, "text": text, "entities": list(entities)}
    return replace(canned.said, chat_id=place[0], message_id=place[1], content=filled)
