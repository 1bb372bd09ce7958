"""The list of people a restricted course admits, and the door that looks at it."""

import re
from collections.abc import Mapping

from core.db.keyset import Order, Slice
from core.db.models.content import participants
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import Stage
from services.content.schemas import Deployment, ListedParticipant
from services.content.settings import load_course_settings
from services.content.store import participants as store
from services.people.schemas import Contact
from services.tenancy.members import load_roles
from services.tenancy.permissions import Permission, may

ORDERS: Mapping[str, Order] = {"-id": Order((participants.c.id,), descending=True)}
_ID = re.compile(r"[1-9]\d{0,17}")
_USERNAME = re.compile(r"@?([A-Za-z][A-Za-z0-9_]{3,31})")
Entry = tuple[int | None, str | None]  # Telegram id, or a username in lower case


class Declined(DomainError):  # noqa: N818 - it states a fact, as all our errors do
    """A restricted course does not admit them; `text` is the author's word for it, by language."""

    def __init__(self, text: Mapping[str, str] | None) -> None:
        super().__init__(ErrorKind.FORBIDDEN, "COURSE_DECLINED")
        self.text = text


def read_entry(word: str) -> Entry:
    """A Telegram id or a @username; raises PARTICIPANT_INVALID."""
    if _ID.fullmatch(word):
        return int(word), None
    named = _USERNAME.fullmatch(word)
    if named is None:
        told = f"“{word[:100]}” is neither a Telegram number, like 1002, nor a name, like @anna; nobody was added or removed"
        raise DomainError(ErrorKind.INVALID, "PARTICIPANT_INVALID", told)
    return None, named[1].lower()


async def add_participants(uow: UnitOfWork, deployment: Deployment, words: list[str]) -> int:
    """Put people on the list, all or none; says how many are new. Raises PARTICIPANT_INVALID."""
    entries = [read_entry(word) for word in words]
    added = 0
    for telegram_id, username in entries:
        row = {"deployment_id": deployment.id, "telegram_id": telegram_id, "username": username}
        added += await store.add_participant(uow.conn, uow.account_id, {**row, "added_at": uow.now})
    return added


async def remove_participants(uow: UnitOfWork, deployment: Deployment, words: list[str]) -> int:
    """Take people off the list; who is in the course stays. Raises PARTICIPANT_INVALID."""
    entries = [read_entry(word) for word in words]
    gone = [
        await store.remove_participant(uow.conn, uow.account_id, deployment.id, *entry) for entry in entries
    ]
    return sum(gone)


async def list_page(uow: UnitOfWork, deployment_id: int | None, part: Slice) -> list[ListedParticipant]:
    """A part of the entries, of one deployment or of all."""
    return await store.list_page(uow.conn, uow.account_id, deployment_id, part)


async def remove_entry(uow: UnitOfWork, entry_id: int) -> bool:
    """Take one entry off its list, who is in the course stays; False if there is none."""
    return await store.remove_entry(uow.conn, uow.account_id, entry_id)


async def list_participants(uow: UnitOfWork, deployment: Deployment) -> list[str]:
    """The list as it was written: ids, and usernames with @."""
    participants = await store.list_participants(uow.conn, uow.account_id, deployment.id)
    return [
        str(participant.telegram_id) if participant.telegram_id is not None else f"@{participant.username}"
        for participant in participants
    ]


async def check_door(uow: UnitOfWork, deployment: Deployment, contact: Contact) -> None:
    """Let a person pass who may begin this course; raises Declined.

    A test deployment is for those who make courses alone, a restricted one for who is on its list.
    """
    if deployment.environment == Stage.TEST:
        if not may(await load_roles(uow, contact.telegram_id), Permission.CONTENT):
            raise Declined(None)
        return
    settings = await load_course_settings(uow, deployment.id)
    if settings.restricted and not await store.is_listed(
        uow.conn, uow.account_id, deployment.id, contact.telegram_id, contact.username
    ):
        raise Declined(settings.decline_text)
