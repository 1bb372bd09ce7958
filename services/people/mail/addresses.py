"""Where somebody wants letters: named in the chat, confirmed from the mailbox, ended from either."""

import re
from datetime import timedelta

from core.db.session import Database, Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from services.delivery import speech
from services.people.mail.letters import Letter, find_link, send
from services.people.schemas import Contact
from services.people.store import mail as store
from utils.signing import fingerprint, mac

GOOD_FOR = timedelta(days=3)
"""After that a link confirms nothing: the address is to be named again."""
MOST = 254
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")


def read_address(text: str) -> str:
    """An address as it was written; raises MAIL_ADDRESS for what is none."""
    address = text.strip()
    if len(address) > MOST or not _ADDRESS.fullmatch(address):
        raise DomainError(ErrorKind.INVALID, "MAIL_ADDRESS", address[:60])
    return address


async def name_address(uow: UnitOfWork, contact: Contact, text: str, *, always: bool) -> str:
    """Have letters go to an address once it is confirmed; `always`: beside Telegram, else to who has blocked the bot.

    Gives the address. One letter goes there, with the link that confirms it. Raises MAIL_ADDRESS, MAIL_OFF.
    """
    if not uow.env.mail_from:
        raise DomainError(ErrorKind.CONFLICT, "MAIL_OFF")
    address = read_address(text)
    known = await store.find_address(uow.conn, uow.account_id, contact.id)
    is_known = known is not None and known["is_confirmed"] and known["address"] == address
    token = _make_token(uow, contact.id, address)
    row = {"contact_id": contact.id, "address": address, "token_hash": fingerprint(token)}
    more = {"is_confirmed": is_known, "is_always": always, "asked_at": uow.real_now}
    await store.put_address(uow.conn, uow.account_id, {**row, **more})
    if not is_known:
        link = find_link(uow.env, "confirm", token)
        words = speech.words("mail-confirm", school=uow.env.public_name or "Tandem", link=link)
        letter = Letter(address, contact.language, speech.words("mail-confirm-subject"), words, token)
        await send(uow, letter, f"confirm:{fingerprint(token)[:16]}:{uow.real_now:%Y%m%d%H}")
    return address


async def forget_address(uow: UnitOfWork, contact: Contact) -> bool:
    """Send somebody no letters any more; False if they got none."""
    return await store.drop_address(uow.conn, uow.account_id, contact.id)


async def confirm(db: Database, token: str) -> bool:
    """The mailbox says yes; False for a link that is none, or too old. Again, it is yes."""
    known = await find_known(db, token)
    if known is None or not (known["is_confirmed"] or db.clock.real_now() - known["asked_at"] <= GOOD_FOR):
        return False
    async with db.unit(known["account_id"]) as uow:
        await store.confirm(uow.conn, uow.account_id, known["token_hash"])
    return True


async def stop(db: Database, token: str) -> bool:
    """The mailbox wants no more; False for a link that is none. Again, it is so."""
    known = await find_known(db, token)
    if known is not None:
        async with db.unit(known["account_id"]) as uow:
            await store.drop_address(uow.conn, uow.account_id, known["contact_id"])
    return known is not None


async def find_known(db: Database, token: str) -> Row | None:
    """Whose address a link is about."""
    async with db.reading() as conn:
        return await store.find_by_token(conn, fingerprint(token))


def _make_token(uow: UnitOfWork, contact_id: int, address: str) -> str:
    """The same for the same address: it stands in each letter, and only its print is kept."""
    return mac(uow.env.signing_key, "mail", str(uow.account_id), str(contact_id), address, size=32)
