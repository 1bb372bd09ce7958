"""Consent before anything else, with its version and time; and, apart from it, what they say to messages that go to many."""

from datetime import datetime

from core.db.session import UnitOfWork
from core.lifecycle import Mailing
from core.presses import PressKind
from services.people.conditions.audience import WILLING
from services.people.store import contacts as store
from utils.signing import fingerprint

VERSION = "2026-11"
PAPERS = 8  # characters of the digest of what the owner asks agreement to
GIVE = PressKind.CONSENT_GIVE  # kind of the button that gives consent


async def has_consented(uow: UnitOfWork, contact_id: int) -> bool:
    """Whether the person has agreed to the version in force."""
    consent = await store.find_consent(uow.conn, uow.account_id, contact_id, _find_version(uow))
    return consent is not None and consent.given_at is not None


async def ask_consent(uow: UnitOfWork, contact_id: int, payload: str) -> None:
    """Remember the start payload until the person agrees; the first one that says anything counts."""
    version = _find_version(uow)
    await store.ask_consent(uow.conn, uow.account_id, contact_id, version, payload, uow.now)


async def give_consent(uow: UnitOfWork, contact_id: int) -> str | None:
    """Note the consent; gives the payload that waited, None if there was nothing to agree to any more."""
    version = _find_version(uow)
    if not await store.give_consent(uow.conn, uow.account_id, contact_id, version, uow.now):
        return None
    consent = await store.find_consent(uow.conn, uow.account_id, contact_id, version)
    return str(consent.payload)


async def import_consent(uow: UnitOfWork, contact_id: int, at: datetime) -> None:
    """Note a consent that was given elsewhere, at that moment."""
    version = _find_version(uow)
    await store.ask_consent(uow.conn, uow.account_id, contact_id, version, "", at)
    await store.give_consent(uow.conn, uow.account_id, contact_id, version, at)


def _find_version(uow: UnitOfWork) -> str:
    """What is agreed to now: our words, and the papers of the school where it names some; for others everybody is asked anew."""
    papers = (uow.env.offer_url, uow.env.privacy_url)
    return f"{VERSION}.{fingerprint(' '.join(papers))[:PAPERS]}" if any(papers) else VERSION


async def answer_mailing(uow: UnitOfWork, contact_id: int, answer: Mailing) -> None:
    """Keep what the person says to messages that go to many; the latest word counts."""
    changes = {"mailing": answer, "mailing_at": uow.now}
    await store.update_contact(uow.conn, uow.account_id, contact_id, changes)


async def has_refused_mailing(uow: UnitOfWork, contact_id: int) -> bool:
    """Whether they want no messages that go to many."""
    return await store.is_one_of(uow.conn, uow.account_id, contact_id, ~WILLING)
