"""`/revokecertificate`: lets a certificate count no more; its page shows it at once."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.runtime.context import Context
from core.errors import DomainError, ErrorKind
from services.learning.certificates.certificates import page_of, revoke_certificate

MOST_SHOWN = 40  # characters of what was taken for a number


async def revoke(_: Message, command: CommandObject, ctx: Context) -> None:
    """Let a certificate count no more; its page says so at once."""
    number, _space, reason = (command.args or "").strip().partition(" ")
    if not number:
        ctx.refuse("revokecertificate-usage")
        return
    try:
        revoked = await revoke_certificate(ctx.uow, number, reason)
    except DomainError as refusal:
        known = refusal.kind is ErrorKind.CONFLICT
        ctx.refuse("certificate-is-revoked" if known else "certificate-unknown", number=number[:MOST_SHOWN])
        return
    ctx.say("certificate-revoked", number=revoked, url=page_of(ctx.uow.env, revoked))


COMMANDS = (AdminCommand("revokecertificate", revoke, Section.STUDENT, "K7QF-2MXN-88TP-VW3C"),)
