"""A receipt that nobody knows the fate of: one button sends it again."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.admin.permissions import admin_router
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press
from services.commerce.payments import receipts
from services.commerce.payments.receipts import AGAIN
from services.tenancy.permissions import Permission


def build_buttons() -> Router:
    """The button below the report."""
    router = admin_router("admin-receipts", Permission.MONEY)

    @router.callback_query(Pressed(AGAIN))
    async def send_again(query: CallbackQuery, ctx: Context, press: Press) -> None:
        call_id, order_id = (int(part) for part in press.id.split("-"))
        if not await receipts.send_again(ctx.uow, call_id):
            ctx.refuse_press("receipt-sent-before")
        redraw(ctx, query, await receipts.describe(ctx.uow, "receipt-again", order_id))

    return router
