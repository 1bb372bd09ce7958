"""`/partner`: her own link and what it has brought."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message

from bots.shared.context import Context
from core.rules.deep_link import partner_link
from services.commerce import referrals
from services.delivery import speech


def build_router() -> Router:
    """The partner's command."""
    router = Router(name="sales-partner")

    @router.message(Command("partner"), F.chat.type == "private")
    async def show(_: Message, ctx: Context) -> None:
        partner = await referrals.become_partner(ctx.uow, ctx.contact.id)
        figures = await referrals.get_figures(ctx.uow, partner.id)
        link = f"https://t.me/{ctx.bot.username}?start={partner_link(partner.code)}"
        sums = [speech.price(amount, currency) for currency, amount in figures.sums] or "0"
        ctx.say(
            "partner", link=link, clicks=figures.clicks, people=figures.people, sales=figures.sales, sums=sums
        )

    return router
