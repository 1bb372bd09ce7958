"""Who people are: met at intake, known by their Telegram id within an account."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.events import ChatBlocked
from core.lifecycle import BotKind, ChatState
from core.rules.language import guess_zone, pick_language
from core.text.search_words import split_words
from services.people.schemas import Contact, Encounter
from services.people.store import contacts as store
from services.people.store.words import add_words, change_words
from services.tenancy.bots import find_bot
from services.tenancy.members import load_roles

SEEN_WITHIN = timedelta(hours=1)
MOST_DIGITS = 18  # of a number that the database can look for


async def meet_people(
    conn: AsyncConnection, env: Environment, now: datetime, encounters: Sequence[Encounter]
) -> dict[tuple[int, int], Contact]:
    """Add who is new, follow changed names and languages, open private chats; contacts by (account, Telegram id).

    The chat of somebody who was gone and has `returned` opens when they do something.
    """
    met: dict[tuple[int, int], Contact] = {}
    for account_id in {encounter.account_id for encounter in encounters}:
        here = [encounter for encounter in encounters if encounter.account_id == account_id]
        known, opened, blocked = await store.load_known(
            conn,
            account_id,
            {encounter.bot_id for encounter in here},
            {encounter.telegram_id for encounter in here},
        )
        seen: dict[int, list[int]] = {}
        for each_encounter in here:
            contact = known[each_encounter.telegram_id] = await _meet(
                conn, env, now, each_encounter, known.get(each_encounter.telegram_id)
            )
            place = each_encounter.bot_id, each_encounter.telegram_id
            returns = each_encounter.in_private and place in blocked and contact.blocked_at is None
            met[account_id, each_encounter.telegram_id] = (
                replace(contact, returned=True) if returns else contact
            )
            is_unheard = contact.blocked_at is not None or (returns and not each_encounter.acts)
            if not each_encounter.in_private or is_unheard:
                continue
            if place not in opened:
                await store.open_chat(conn, account_id, each_encounter.bot_id, contact, now)
            elif _is_long_ago(opened[place], now):
                seen.setdefault(each_encounter.bot_id, []).append(contact.id)
            opened[place] = now
        for bot_id, people in seen.items():
            await store.note_seen(conn, account_id, bot_id, people, now)
    return met


def _is_long_ago(seen_at: datetime | None, now: datetime) -> bool:
    """Whether it is worth a write that they are here again."""
    return seen_at is None or now - seen_at >= SEEN_WITHIN


async def _meet(
    conn: AsyncConnection, env: Environment, now: datetime, seen: Encounter, known: Contact | None
) -> Contact:
    names = {"first_name": seen.first_name, "last_name": seen.last_name, "username": seen.username}
    if known is None:
        language = pick_language(seen.language_code, env.of_account(seen.account_id).default_language)
        more = {
            "telegram_id": seen.telegram_id,
            "language": language,
            "zone": guess_zone(language),
            "created_at": now,
            "answered": False,
        }
        met = await store.add_contact(conn, seen.account_id, {**names, **more})
        await add_words(conn, seen.account_id, met.id, split_words(*names.values()))
        return met
    language = known.language
    if seen.language_code and not known.language_is_chosen:
        language = pick_language(seen.language_code, env.of_account(seen.account_id).default_language)
    answered = known.answered or seen.answers
    as_before = (known.first_name, known.last_name, known.username, known.language, known.answered)
    if as_before == (*names.values(), language, answered):
        return known
    changed = {**names, "language": language, "answered": answered}
    await store.update_contact(conn, seen.account_id, known.id, changed)
    if as_before[:3] != tuple(names.values()):
        await change_words(conn, seen.account_id, known.id, split_words(*names.values()))
    return replace(known, language=language, answered=answered)


async def note_met(uow: UnitOfWork, contact_id: int, at: datetime) -> None:
    """Somebody has been known since then."""
    await store.update_contact(uow.conn, uow.account_id, contact_id, {"created_at": at})


async def open_chat(uow: UnitOfWork, bot_id: int, contact: Contact) -> None:
    """Note that this bot can write to this person again."""
    await store.open_chat(uow.conn, uow.account_id, bot_id, contact, uow.now)


async def block_chat(uow: UnitOfWork, bot_id: int, telegram_id: int) -> None:
    """Note that this bot cannot write to this person any more."""
    await store.block_chat(uow.conn, uow.account_id, bot_id, telegram_id)


async def shut_out(uow: UnitOfWork, contact: Contact) -> bool:
    """Let somebody get nothing more and be heard no more; False if it is so already.

    Raises CONTACT_IS_MEMBER: their role comes first.
    """
    if await load_roles(uow, contact.telegram_id):
        raise DomainError(ErrorKind.CONFLICT, "CONTACT_IS_MEMBER")
    if contact.blocked_at is not None:
        return False
    await store.update_contact(uow.conn, uow.account_id, contact.id, {"blocked_at": uow.now})
    for bot in [await find_bot(uow, kind) for kind in BotKind]:
        if bot is not None:
            uow.publish(ChatBlocked(bot.id, contact.telegram_id))
    return True


async def let_in_again(uow: UnitOfWork, contact: Contact) -> bool:
    """Let somebody in again: what waits goes on when they do something; False if they are not shut out."""
    if contact.blocked_at is None:
        return False
    await store.update_contact(uow.conn, uow.account_id, contact.id, {"blocked_at": None})
    return True


async def get_contact(uow: UnitOfWork, contact_id: int) -> Contact:
    """A contact by its id; raises USER_NOT_FOUND."""
    return (await load_contacts(uow, [contact_id]))[contact_id]


async def load_known(uow: UnitOfWork, contact_ids: Collection[int]) -> dict[int, Contact]:
    """Those of them that there are, by their ids."""
    known = await store.list_contacts(uow.conn, uow.account_id, contact_ids)
    return {contact.id: contact for contact in known}


async def load_contacts(uow: UnitOfWork, contact_ids: Collection[int]) -> dict[int, Contact]:
    """Contacts by their ids; raises USER_NOT_FOUND."""
    contacts = await load_known(uow, contact_ids)
    if unknown := [number for number in contact_ids if number not in contacts]:
        raise DomainError(ErrorKind.NOT_FOUND, "USER_NOT_FOUND", str(unknown[0]))
    return contacts


async def find_by_telegram_id(uow: UnitOfWork, telegram_id: int) -> Contact | None:
    """A contact by the person's Telegram id."""
    return await store.find_by_telegram_id(uow.conn, uow.account_id, telegram_id)


async def find_by_name(uow: UnitOfWork, name: str) -> Contact | None:
    """A contact by what an admin writes: a Telegram id, or a username with or without @."""
    word = name.removeprefix("@")
    if word.isdecimal():
        return await find_by_telegram_id(uow, int(word)) if len(word) <= MOST_DIGITS else None
    contacts = await store.list_by_names(uow.conn, uow.account_id, (), {word.lower()})
    return contacts[-1] if contacts else None


async def find_by_names(uow: UnitOfWork, names: Collection[str]) -> dict[str, Contact]:
    """As `find_by_name`, of some hundred names at once; who is not there is left out."""
    words = {name: name.removeprefix("@").lower() for name in names}
    numbers = {int(word) for word in words.values() if word.isdecimal() and len(word) <= MOST_DIGITS}
    usernames = {word for word in words.values() if not word.isdecimal()}
    people = await store.list_by_names(uow.conn, uow.account_id, numbers, usernames)
    by_word = {word.username.lower(): word for word in people if word.username}
    by_word |= {str(word.telegram_id): word for word in people}
    people_found = (
        (name, by_word.get(str(int(word)) if word.isdecimal() else word)) for name, word in words.items()
    )
    return {name: person for name, person in people_found if person is not None}


async def get_by_telegram_id(uow: UnitOfWork, telegram_id: int) -> Contact:
    """Somebody the account knows, by Telegram's number; raises CONTACT_NOT_FOUND."""
    contact = await find_by_telegram_id(uow, telegram_id)
    if contact is None:
        raise DomainError(ErrorKind.NOT_FOUND, "CONTACT_NOT_FOUND", str(telegram_id))
    return contact


async def list_reachable(uow: UnitOfWork, bot_id: int, telegram_ids: Sequence[int]) -> list[int]:
    """Which of these people have started the bot and not blocked it."""
    return await store.list_open_chats(uow.conn, uow.account_id, bot_id, telegram_ids)


async def can_write(uow: UnitOfWork, bot_id: int, telegram_id: int) -> bool | None:
    """Whether a bot can write to a person; None if the person has never started it."""
    state = await store.find_chat_state(uow.conn, uow.account_id, bot_id, telegram_id)
    return None if state is None else state is ChatState.OPEN


async def list_open_to(
    conn: AsyncConnection, account_id: int, bot_id: int, telegram_ids: Sequence[int]
) -> list[Contact]:
    """Those of these people who have started the bot and not blocked it, with what is known about them."""
    return await store.list_open_to(conn, account_id, bot_id, telegram_ids)


async def list_speaking_to(
    conn: AsyncConnection, telegram_ids: Sequence[int]
) -> dict[tuple[int, int], Contact]:
    """Who is behind these chats, by (account, Telegram id)."""
    contacts = await store.list_speaking_to(conn, telegram_ids)
    return {(contact.account_id, contact.telegram_id): contact for contact in contacts}
