"""`/certificates`: a person's certificates with their numbers, each to be had once more as a file."""

from collections.abc import Mapping
from typing import Any

from core.db.session import UnitOfWork
from core.presses import PressKind
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Screen, Words
from services.learning.certificates.certificates import date_of, page_of
from services.learning.schemas import Certificate
from services.learning.store import certificates as store
from services.people.schemas import Contact

GET = PressKind.CERTIFICATE  # kind of the buttons: the number
MOST = 6


async def list_certificates(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Say each with its number and day, and where everybody can check it; a button each sends the file again."""
    held = await store.list_of_person(uow.conn, uow.account_id, contact.id, MOST)
    if not held:
        speech.show(uow, screen, speech.words("certificates-none"))
        return
    lines = [_line(uow, certificate, contact.language) for certificate in held]
    buttons = [
        [_button(certificate)] for certificate in held if certificate.pdf and certificate.revoked_at is None
    ]
    speech.show(uow, screen, speech.lines(speech.words("certificates-list"), *lines), buttons)


async def send_again(uow: UnitOfWork, contact: Contact, number: str, screen: Screen) -> bool:
    """Send the file of one of theirs; False for one that is not, or does not count any more."""
    held = await store.list_of_person(uow.conn, uow.account_id, contact.id, MOST)
    certificate = next(
        (certificate for certificate in held if certificate.number == number and certificate.pdf), None
    )
    if certificate is None or certificate.revoked_at is not None:
        return False
    to = screen.to
    file = {"media": certificate.pdf, "name": f"{number}.pdf"}
    fields = {"chat_id": to.chat_id, "document": file}
    enqueue(uow, Outgoing(to.bot_id, to.chat_id, "sendDocument", fields, screen.key))
    return True


def _line(uow: UnitOfWork, certificate: Certificate, language: str) -> Words:
    values = {
        "course": certificate.course,
        "number": certificate.number,
        "day": date_of(certificate, language),
    }
    lines = [speech.words("certificates-one", **values)]
    if certificate.revoked_at is not None:
        lines.append(speech.words("certificates-revoked"))
    elif page := page_of(uow.env, certificate.number):
        lines.append(speech.words("certificates-page", url=page))
    return speech.lines(*lines, gap="\n")


def _button(certificate: Certificate) -> Mapping[str, Any]:
    return speech.button(
        speech.words("button-certificate", course=certificate.course), GET, certificate.number
    )
