"""`/admin`: what admins can do here."""

from aiogram import Router
from aiogram.types import Message

from bots.admin.permissions import admin_command, admin_router
from bots.runtime.context import Context


def build_router() -> Router:
    """The list of commands."""
    router = admin_router("admin-overview")

    @router.message(admin_command("admin"))
    async def show(_: Message, ctx: Context) -> None:
        ctx.say("admin-help")

    return router
