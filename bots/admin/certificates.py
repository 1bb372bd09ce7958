"""`/revokecertificate`: lets a certificate count no more; its page shows it at once."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.permissions import admin_command, admin_router
from bots.runtime.context import Context
from core.errors import DomainError, ErrorKind
from services.learning.certificates.certificates import page_of, revoke_certificate


def build_router() -> Router:
    """The command."""
    router = admin_router("admin-certificates")

    @router.message(admin_command("revokecertificate"))
    async def revoke(_: Message, command: CommandObject, ctx: Context) -> None:
        number, _space, reason = (command.args or "").strip().partition(" ")
        if not number:
            ctx.say("revokecertificate-usage")
            return
        try:
            revoked = await revoke_certificate(ctx.uow, number, reason)
        except DomainError as refusal:
            known = refusal.kind is ErrorKind.CONFLICT
            ctx.say("certificate-is-revoked" if known else "certificate-unknown", number=refusal.detail)
            return
        ctx.say("certificate-revoked", number=revoked, url=page_of(ctx.uow.env, revoked))

    return router
