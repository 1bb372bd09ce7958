"""Certificates: listed, and revoked."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.learning.certificates import certificates
from services.learning.certificates.certificates import ORDERS, page_of
from services.learning.schemas import ListedCertificate
from web.api.calls import Call
from web.api.ids import CertificateId, CertificateRef, ContactRef, RunId
from web.api.learning.runs import CHANGE, READ
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.routes import Room

Certificates = Annotated[ListPage, paged(ORDERS)]
room = Room("learning")


class CertificateItem(Answer):
    """What a certificate says, the public page that shows it, and whether it still counts."""

    model_config = example(
        id="cer_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        run="run_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        number="K7QF-2MXN-88TP-VW3C",
        name="Anna Ivanova",
        course="Ten words a day",
        page="https://school.example/c/K7QF-2MXN-88TP-VW3C",
        issued_at="2030-01-07T09:00:00Z",
        revoked_at=None,
        reason=None,
    )

    id: CertificateId
    run: RunId
    number: str
    name: str
    course: str
    page: str
    issued_at: datetime
    revoked_at: datetime | None
    reason: str | None


class Revocation(Body):
    """Why it counts no more; its page says so."""

    model_config = example(reason="Given by mistake")

    reason: Annotated[str, Field(max_length=300)] = ""


def _show(call: Call, listed: ListedCertificate) -> CertificateItem:
    names = ("number", "name", "course", "issued_at", "revoked_at", "reason")
    shown = {name: getattr(listed.certificate, name) for name in names}
    page = page_of(call.uow.env, listed.certificate.number)
    return CertificateItem(**shown, id=listed.id, run=listed.certificate.run_id, page=page)


@room.get("/certificates", READ)
async def list_certificates(
    call: Call, page: Certificates, contact: ContactRef | None = None
) -> Listed[CertificateItem]:
    """The certificates that were given, the latest first."""
    taken = await page.take(
        lambda part: certificates.list_page(call.uow, contact, part), lambda listed: _show(call, listed)
    )
    return Listed(**taken)


@room.get("/certificates/{certificate}", READ)
async def get_certificate(call: Call, certificate: CertificateRef) -> CertificateItem:
    """One certificate."""
    return _show(call, await certificates.get_listed(call.uow, certificate))


@room.post("/certificates/{certificate}/revoke", CHANGE)
async def revoke_certificate(call: Call, certificate: CertificateRef, body: Revocation) -> CertificateItem:
    """Let a certificate count no more; one that does not stays as it is."""
    listed = await certificates.get_listed(call.uow, certificate)
    if listed.certificate.revoked_at is None:
        await certificates.revoke_certificate(call.uow, listed.certificate.number, body.reason)
    else:
        call.only_looked = True
    return _show(call, await certificates.get_listed(call.uow, certificate))
