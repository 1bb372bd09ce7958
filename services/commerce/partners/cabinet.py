"""What a partner sees: the link, what it has brought, what was earned, and how to be paid."""

from datetime import timedelta
from typing import Any

from core.db.session import UnitOfWork
from core.links import bot_link
from core.presses import PressKind
from core.rules.deep_link import partner_link
from services.commerce.partners import commissions, referrals
from services.commerce.partners.chart import ask_sales_chart
from services.commerce.partners.shares import explain_shares
from services.commerce.promo import codes
from services.commerce.schemas import Earnings, Partner, PartnerFigures, Payout
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Words

ASK = PressKind.PARTNER  # kind of the button that asks for the money: currency
WITHIN = timedelta(minutes=30)  # the partner writes where it is to go


async def show(uow: UnitOfWork, partner: Partner, bot: str, to: Address, key: str) -> None:
    """Say all of it in one message, with a button for each currency that can be paid out; a picture of the sales follows."""
    figures = await referrals.get_figures(uow, partner.id)
    earnings = await commissions.list_earnings(uow, partner.id)
    link = bot_link(bot, partner_link(partner.code))
    own = [
        code for code, _ in await codes.list_codes(uow) if code.partner_id == partner.id and code.is_active
    ]
    code = [speech.words("partner-codes", codes=", ".join(entry.code for entry in own))] if own else []
    earns = await explain_shares(uow)
    parts = [speech.words("partner", link=link), *code, *earns, _brought(figures), *map(_earned, earnings)]
    speech.say(uow, to, speech.lines(*parts), key, buttons=_buttons(earnings))
    if figures.sales:
        await ask_sales_chart(uow, partner, to, key)


def price_of(payout: Payout) -> Any:
    """What a payout comes to, as a value of words."""
    return speech.price(payout.amount, payout.currency)


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


def _earned(earnings: Earnings) -> Words:
    """What was earned of a currency; what there is none of is not said."""
    told = {"partner-money-earned": earnings.earned, "partner-money-held": earnings.held}
    told |= {"partner-money-payable": earnings.payable, "partner-money-requested": earnings.requested}
    told |= {"partner-money-paid": earnings.paid}
    lines = [
        speech.words(key, amount=speech.price(amount, earnings.currency))
        for key, amount in told.items()
        if amount
    ]
    return speech.lines(*lines, gap="\n")


def _buttons(earnings: list[Earnings]) -> Keyboard:
    return [
        [
            speech.button(
                speech.words("button-payout-ask", amount=speech.price(earning.payable, earning.currency)),
                ASK,
                earning.currency,
            )
        ]
        for earning in earnings
        if earning.payable > 0 and not earning.requested
    ]
