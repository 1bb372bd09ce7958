"""Certificates: one per visit, found by their number."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.learning import certificates
from core.db.session import Row, dialect_insert
from services.learning.schemas import Certificate, ListedCertificate

COLUMNS = (
    certificates.c.account_id,
    certificates.c.number,
    certificates.c.run_id,
    certificates.c.visit,
    certificates.c.name,
    certificates.c.course,
    certificates.c.language,
    certificates.c.zone,
    certificates.c.issued_at,
    certificates.c.pdf,
    certificates.c.revoked_at,
    certificates.c.reason,
)


def _certificate(row: Any) -> Certificate:
    return Certificate(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


async def add_certificate(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Add a certificate; the one its visit has already stays."""
    await conn.execute(
        dialect_insert(conn, certificates).values(account_id=account_id, **row).on_conflict_do_nothing()
    )


async def find_of_visit(
    conn: AsyncConnection, account_id: int, run_id: int, visit: int
) -> Certificate | None:
    """The certificate of a visit."""
    rows = await conn.execute(
        select(*COLUMNS).where(
            certificates.c.account_id == account_id,
            certificates.c.run_id == run_id,
            certificates.c.visit == visit,
        )
    )
    row = rows.one_or_none()
    return _certificate(row) if row else None


async def list_page(
    conn: AsyncConnection, account_id: int, contact_id: int | None, part: Slice
) -> list[ListedCertificate]:
    """A part of the certificates, of one person or of all."""
    wanted = select(*COLUMNS, certificates.c.id).where(certificates.c.account_id == account_id)
    if contact_id is not None:
        wanted = wanted.where(certificates.c.contact_id == contact_id)
    return [_listed(row) for row in await conn.execute(part.cut(wanted))]


async def find_by_id(conn: AsyncConnection, account_id: int, certificate_id: int) -> ListedCertificate | None:
    """One of them."""
    rows = await conn.execute(
        select(*COLUMNS, certificates.c.id).where(
            certificates.c.account_id == account_id, certificates.c.id == certificate_id
        )
    )
    row = rows.one_or_none()
    return _listed(row) if row else None


def _listed(row: Any) -> ListedCertificate:
    values = {column.name: getattr(row, column.name) for column in COLUMNS}
    return ListedCertificate(row.id, Certificate(**values))


async def list_of_person(
    conn: AsyncConnection, account_id: int, contact_id: int, limit: int
) -> list[Certificate]:
    """A person's certificates, the newest first."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(certificates.c.account_id == account_id, certificates.c.contact_id == contact_id)
        .order_by(certificates.c.id.desc())
        .limit(limit)
    )
    return [_certificate(row) for row in rows]


# all accounts: whoever has a number may check it, and knows of no account
async def find_certificate(conn: AsyncConnection, number: str) -> Certificate | None:
    """A certificate by its number."""
    row = (await conn.execute(select(*COLUMNS).where(certificates.c.number == number))).one_or_none()
    return _certificate(row) if row else None


async def keep_pdf(conn: AsyncConnection, account_id: int, run_id: int, visit: int, pdf: str) -> None:
    """Note where the file of a visit's certificate is."""
    await conn.execute(
        update(certificates)
        .where(certificates.c.account_id == account_id, certificates.c.run_id == run_id)
        .where(certificates.c.visit == visit)
        .values(pdf=pdf)
    )


async def revoke_certificate(
    conn: AsyncConnection, account_id: int, number: str, revoked_at: datetime, reason: str | None
) -> bool:
    """Revoke a certificate; False if there is none that counts."""
    done = await conn.execute(
        update(certificates)
        .where(certificates.c.account_id == account_id, certificates.c.number == number)
        .where(certificates.c.revoked_at.is_(None))
        .values(revoked_at=revoked_at, reason=reason)
    )
    return done.rowcount == 1


async def is_known(conn: AsyncConnection, account_id: int, number: str) -> bool:
    """Whether the account has given a certificate of this number."""
    certificate_id = await conn.scalar(
        select(certificates.c.id).where(
            certificates.c.account_id == account_id, certificates.c.number == number
        )
    )
    return certificate_id is not None
