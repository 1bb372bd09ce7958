"""`tandem certificate`: what is done with certificates that were given."""

from typing import Annotated

import typer

from app.cli.base import load_settings, plainly

certificates = typer.Typer(help="Certificates that were given.", no_args_is_help=True)


@certificates.callback()
def _group() -> None:
    """Certificates that were given."""


@certificates.command("revoke")
def revoke_certificate(
    number: Annotated[str, typer.Argument(help="As it stands on the certificate, K7QF-2MXN-88TP-VW3C.")],
    reason: Annotated[str, typer.Option(help="What its page says about it to everybody.")] = "",
) -> None:
    """Let a certificate count no more; its page shows it at once."""
    from app.commands import enroll
    from app.enrolling import revoke_certificate as revoke

    plainly(enroll, load_settings(), revoke(number, reason))
