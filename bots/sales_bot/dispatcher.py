"""The sales bot's handlers, in the order in which they are asked."""

from collections.abc import Mapping, Sequence

from aiogram import Dispatcher, Router

from bots.sales_bot import (
    checkout,
    gifts,
    invites,
    own_school,
    partner,
    prices,
    promo,
    purchases,
    start,
    subscriptions,
)
from bots.shared import awaited_inputs, dialog, founding, groups, mailings, opening, talks, triggers
from bots.shared.awaited_inputs import Taker
from bots.shared.commands import mail, pay_support, personal
from core.lifecycle import AwaitedKind

TAKERS: Mapping[AwaitedKind, Taker] = {
    AwaitedKind.CONTACT: checkout.take_contact,
    AwaitedKind.PAYOUT: partner.take_place,
    AwaitedKind.PROMO: promo.take_code,
    AwaitedKind.PAY_SUPPORT: pay_support.take_words,
}


def build_dispatcher(mounted: Sequence[Router], takers: Mapping[AwaitedKind, Taker]) -> Dispatcher:
    """Commands, then what admins do here (`mounted`; `takers` of what is awaited from them), then buttons and words."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(
        groups.build_router(),
        opening.build_router(start.begin),
        founding.build_router(),
        awaited_inputs.build_router({**TAKERS, **takers}),
        mailings.build_router(),
        talks.build_router(),
        pay_support.build_router(),
        personal.build_router(),
        mail.build_router(),
        purchases.build_router(),
        subscriptions.build_router(),
        gifts.build_router(),
        partner.build_router(),
        promo.build_router(),
        own_school.build_router(),
        *mounted,
        checkout.build_router(),
        invites.build_router(),
        prices.build_router(),
        triggers.build_router(),
        dialog.build_router(prices.answer),
    )
    return dispatcher
