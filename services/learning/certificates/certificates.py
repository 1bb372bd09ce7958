"""Certificates: numbered at once, drawn by a job, sent as picture and document; checked and revoked by number."""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from core.db.keyset import Order, Slice
from core.db.models.learning import certificates
from core.db.session import Database, UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.events import JobFinished
from core.flow.effects import Issue
from core.flow.events import Issued
from core.flow.steps.certificate import CertificateStep
from core.text.catalog import say
from core.text.message import localize
from services.delivery import speech
from services.delivery.jobs import add_job
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.learning.schemas import Certificate, ListedCertificate, LoadedRun
from services.learning.store import certificates as store
from services.people import contacts, variables
from services.people.schemas import Contact
from utils.visible import draws_nothing

RENDER = "certificate"  # kind of the jobs
NAME = "certificate_name"  # the variable that goes before the name of their account
PAGE = "/c/"
ORDERS: Mapping[str, Order] = {"-id": Order((certificates.c.id,), descending=True)}
MOST_NAME = 120
MOST_REASON = 500
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another one
GROUPS, GROUP = 4, 4  # 78 bits
_NO_SIGN = re.compile(r"[\s\-–—.]+")
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # letters of some scripts need them


def make_number() -> str:
    """A number nobody guesses, in groups that can be read out."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def read_number(text: str) -> str:
    """A number as it is stored, however its groups are set apart; empty for what can be none."""
    signs = _NO_SIGN.sub("", text).upper()
    if len(signs) != GROUPS * GROUP or not set(signs) <= set(ALPHABET):
        return ""
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))


def page_of(env: Environment, number: str) -> str:
    """Where everybody can check a certificate; empty where this installation has no pages."""
    return f"{env.public_url.rstrip('/')}{PAGE}{number}" if env.public_url else ""


def printable(text: str, limit: int = MOST_NAME) -> str:
    """A name in letters that can be set: without pictures, and what a line has no use for."""
    signs = (sign if _is_set(sign) else " " for sign in text)
    return " ".join("".join(signs).split())[:limit].strip()


def _is_set(sign: str) -> bool:
    """Whether a sign can be printed; joiners are kept between letters."""
    return sign in _JOINERS + "+" or (unicodedata.category(sign)[0] in "LMNPZ" and not draws_nothing(sign))


async def issue_certificate(uow: UnitOfWork, run: LoadedRun, ask: Issue) -> None:
    """Give the visit its number and have the files made; the same visit again changes nothing."""
    stored = run.stored
    contact = await contacts.get_contact(uow, stored.contact_id)
    row = {
        "number": make_number(),
        "run_id": stored.id,
        "visit": ask.visit,
        "contact_id": contact.id,
        "name": await _name(uow, contact),
        "course": printable(localize(run.flow.name, contact.language), 256),
        "language": contact.language,
        "zone": contact.zone,
        "score": ask.score,
        "max_score": ask.max_score,
        "issued_at": uow.now,
    }
    await store.add_certificate(uow.conn, uow.account_id, row)
    made = await _get(uow, stored.id, ask.visit)
    step = run.flow.step(ask.step)
    payload = {
        "bot_id": stored.bot_id,
        "chat_id": stored.chat_id,
        "template": step.template if isinstance(step, CertificateStep) else None,
        "url": page_of(uow.env, made.number),
        "protect": run.flow.protects(ask.step),
        **_describe(made),
    }
    await add_job(uow, RENDER, f"certificate:{stored.id}:{ask.visit}", payload)


def _describe(made: Certificate) -> dict[str, Any]:
    """What is drawn, as the job gets it."""
    names = ("run_id", "visit", "number", "name", "course", "language")
    issued = {"date": date_of(made), "issued_at": int(made.issued_at.timestamp())}
    return {name: getattr(made, name) for name in names} | issued


async def _name(uow: UnitOfWork, contact: Contact) -> str:
    """The name they chose, else the one of their account; names without a single letter are none."""
    chosen = (await variables.load_variables(uow, contact.id)).get(NAME, "")
    own = f"{contact.first_name} {contact.last_name}"
    names = (printable(name) for name in (chosen, own, contact.username or ""))
    printed = next((name for name in names if any(sign.isalpha() for sign in name)), "")
    return printed or say("certificate-holder", contact.language)


def date_of(certificate: Certificate, language: str | None = None) -> str:
    """The day it was issued as its holder's calendar showed it, in words of their language unless another is given."""
    day = certificate.issued_at.astimezone(ZoneInfo(certificate.zone)).date()
    return str(format_date(day, "long", locale=language or certificate.language))


async def give_certificate(uow: UnitOfWork, finished: JobFinished) -> Issued:
    """Send the files that were made, once; gives what the run is told. Without files, too, the number counts."""
    payload = finished.payload
    run_id, visit = payload["run_id"], payload["visit"]
    values = {"number": payload["number"], "url": payload["url"]}
    if not finished.ok:
        return Issued(visit, values, failed=True)
    await store.keep_pdf(uow.conn, uow.account_id, run_id, visit, finished.result["pdf"])
    to, key = Address(payload["bot_id"], payload["chat_id"]), f"certificate:{run_id}:{visit}"
    with_page = "certificate-caption" if payload["url"] else "certificate-caption-alone"
    caption = speech.words(with_page, **values)
    files: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
        ("photo", "png", {"caption": caption}),
        ("document", "pdf", {}),
    )
    for kind, suffix, more in files:
        file = {"media": finished.result[suffix], "name": f"{payload['number']}.{suffix}"}
        fields = {"chat_id": to.chat_id, kind: file, **more}
        if payload.get("protect"):
            fields["protect_content"] = True
        method = f"send{kind.capitalize()}"
        enqueue(uow, Outgoing(to.bot_id, to.chat_id, method, fields, f"{key}:{suffix}"))
    return Issued(visit, values)


async def find_public(db: Database, number: str) -> Certificate | None:
    """A certificate by what somebody typed or followed, whoever has given it."""
    wanted = read_number(number)
    if not wanted:
        return None
    async with db.reading() as conn:
        return await store.find_certificate(conn, wanted)


async def list_page(uow: UnitOfWork, contact_id: int | None, part: Slice) -> list[ListedCertificate]:
    """A part of the certificates, of one person or of all."""
    return await store.list_page(uow.conn, uow.account_id, contact_id, part)


async def get_listed(uow: UnitOfWork, certificate_id: int) -> ListedCertificate:
    """One of them; raises CERTIFICATE_NOT_FOUND."""
    listed = await store.find_by_id(uow.conn, uow.account_id, certificate_id)
    if listed is None:
        raise DomainError(ErrorKind.NOT_FOUND, "CERTIFICATE_NOT_FOUND", str(certificate_id))
    return listed


async def revoke_certificate(uow: UnitOfWork, number: str, reason: str = "") -> str:
    """Let a certificate count no more, from now on; gives its number as it is written.

    Raises CERTIFICATE_NOT_FOUND, and CERTIFICATE_REVOKED for one that does not count already.
    """
    wanted = read_number(number)
    why = reason.strip()[:MOST_REASON] or None
    if wanted and await store.revoke_certificate(uow.conn, uow.account_id, wanted, uow.now, why):
        return wanted
    if wanted and await store.is_known(uow.conn, uow.account_id, wanted):
        told = f"certificate {wanted} was revoked before; its page says so already"
        raise DomainError(ErrorKind.CONFLICT, "CERTIFICATE_REVOKED", told)
    told = f"there is no certificate {number[:40]}; its number stands on it, four groups of four: K7QF-2MXN-88TP-VW3C"
    raise DomainError(ErrorKind.NOT_FOUND, "CERTIFICATE_NOT_FOUND", told)


async def _get(uow: UnitOfWork, run_id: int, visit: int) -> Certificate:
    certificate = await store.find_of_visit(uow.conn, uow.account_id, run_id, visit)
    if certificate is None:
        raise DomainError(ErrorKind.NOT_FOUND, "CERTIFICATE_NOT_FOUND", f"run {run_id}, visit {visit}")
    return certificate
