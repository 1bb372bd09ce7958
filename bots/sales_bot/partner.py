"""`/partner`: her own link and what it has brought."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message

from bots.runtime.context import Context
from core.links import bot_link
from core.rules.deep_link import partner_link
from services.commerce.partners import referrals
from services.commerce.schemas import PartnerFigures
from services.delivery import speech
from services.delivery.speech import Words


def build_router() -> Router:
    """The partner's command."""
    router = Router(name="sales-partner")

    @router.message(Command("partner"), F.chat.type == "private")
    async def show(_: Message, ctx: Context) -> None:
        partner = await referrals.become_partner(ctx.uow, ctx.contact.id)
        figures = await referrals.get_figures(ctx.uow, partner.id)
        link = bot_link(ctx.bot.username, partner_link(partner.code))
        words = speech.lines(speech.words("partner", link=link), _brought(figures))
        speech.say(ctx.uow, ctx.address, words, ctx.next_key())

    return router


def _brought(figures: PartnerFigures) -> Words:
    """What came by the link: clicks, then people, then sales, as far as there are any."""
    if not (figures.clicks or figures.people or figures.sales):
        return speech.words("partner-nobody")
    lines = [speech.words("partner-clicks", clicks=figures.clicks)]
    if figures.people:
        lines.append(speech.words("partner-people", people=figures.people))
    if figures.sales:
        sums = [speech.price(amount, currency) for currency, amount in figures.sums]
        lines.append(speech.words("partner-sales", sales=figures.sales, sums=sums))
    return speech.lines(*lines, gap="\n")
