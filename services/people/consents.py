"""Consent before anything else, with its version and time; and, apart from it, what they say to messages that go to many."""

from datetime import datetime

from core.db.session import UnitOfWork
from core.lifecycle import Mailing
from core.presses import PressKind
from services.people import store

VERSION = "2026-11"
GIVE = PressKind.CONSENT_GIVE  # kind of the button that gives consent


async def has_consented(uow: UnitOfWork, contact_id: int) -> bool:
    """Whether the person has agreed to the version in force."""
    consent = await store.find_consent(uow.conn, uow.account_id, contact_id, VERSION)
    return consent is not None and consent.given_at is not None


async def ask_consent(uow: UnitOfWork, contact_id: int, payload: str) -> None:
    """Remember the start payload until the person agrees; the first one that says anything counts."""
    await store.ask_consent(uow.conn, uow.account_id, contact_id, VERSION, payload, uow.now)


async def give_consent(uow: UnitOfWork, contact_id: int) -> str | None:
    """Note the consent; gives the payload that waited, None if there was nothing to agree to any more."""
    if not await store.give_consent(uow.conn, uow.account_id, contact_id, VERSION, uow.now):
        return None
    consent = await store.find_consent(uow.conn, uow.account_id, contact_id, VERSION)
    return str(consent.payload)


async def import_consent(uow: UnitOfWork, contact_id: int, at: datetime) -> None:
    """Note a consent that was given elsewhere, at that moment."""
    await store.ask_consent(uow.conn, uow.account_id, contact_id, VERSION, "", at)
    await store.give_consent(uow.conn, uow.account_id, contact_id, VERSION, at)


async def answer_mailing(uow: UnitOfWork, contact_id: int, answer: Mailing) -> None:
    """Keep what the person says to messages that go to many; the latest word counts."""
    changes = {"mailing": answer, "mailing_at": uow.now}
    await store.update_contact(uow.conn, uow.account_id, contact_id, changes)
