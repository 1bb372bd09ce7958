"""Letters to who wants them: queued in the unit that decided it, brought by a job, each once by its key."""

from dataclasses import dataclass
from typing import Any

from core.db.session import UnitOfWork
from core.environment import Environment
from core.events import JobFinished
from services.delivery import speech
from services.delivery.jobs import add_job
from services.delivery.speech import Address, Words
from services.people.contacts import can_write
from services.people.schemas import Contact
from services.people.store import mail as store
from utils.signing import mac

SEND = "send_mail"  # kind of the job
PATH = "/mail/"


@dataclass(frozen=True)
class Letter:
    """What goes to an address, in a language; `token` ends it."""

    address: str
    language: str
    subject: Words
    words: Words
    token: str


def find_link(env: Environment, what: str, token: str) -> str:
    """The page that confirms an address (`confirm`) or ends its letters (`stop`)."""
    return f"{env.public_url.rstrip('/')}{PATH}{what}/{token}"


async def tell_too(uow: UnitOfWork, contact: Contact, to: Address, words: Words, key: str) -> bool:
    """Write what a bot says at `to` to the person's address as well, if they asked for that, or cannot be reached there.

    It never takes the place of what the bot says. False where no letter goes.
    """
    if not uow.env.mail_from:
        return False
    row = await store.find_address(uow.conn, uow.account_id, contact.id)
    if row is None or not row["is_confirmed"]:
        return False
    if not row["is_always"] and await can_write(uow, to.bot_id, contact.telegram_id) is not False:
        return False
    token = mac(uow.env.signing_key, "mail", str(uow.account_id), str(contact.id), row["address"], size=32)
    subject = speech.words("mail-subject", school=uow.env.public_name or "Tandem")
    return await send(uow, Letter(row["address"], contact.language, subject, words, token), key)


async def send(uow: UnitOfWork, letter: Letter, key: str) -> bool:
    """Have a letter brought once this unit has committed; False if that was done by this key."""
    payload: dict[str, Any] = {
        "to": letter.address,
        "language": letter.language,
        "subject": letter.subject,
        "words": letter.words,
        "stop": find_link(uow.env, "stop", letter.token),
    }
    return await add_job(uow, SEND, f"mail:{uow.account_id}:{key}", payload)


async def on_sent(_: UnitOfWork, __: JobFinished) -> None:
    """A letter has gone, or its mailbox refused it for good: what a bot says does not depend on that."""
