"""`tandem certificate`: what is done with certificates that were given."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork

certificates = typer.Typer(help="Certificates that were given.", no_args_is_help=True)


@certificates.callback()
def _group() -> None:
    """Certificates that were given."""


@certificates.command("revoke")
def revoke(
    number: Annotated[str, typer.Argument(help="As it stands on the certificate, K7QF-2MXN-88TP-VW3C.")],
    reason: Annotated[str, typer.Option(help="What its page says about it to everybody.")] = "",
) -> None:
    """Let a certificate count no more; its page shows it at once."""
    in_unit(_revoke, number, reason)


async def _revoke(uow: "UnitOfWork", number: str, reason: str) -> list[str]:
    from services.learning.certificates.certificates import revoke_certificate

    return [f"certificate {await revoke_certificate(uow, number, reason)} is revoked"]
