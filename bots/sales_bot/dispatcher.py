"""The sales bot's handlers, in the order in which they are asked."""

from collections.abc import Sequence

from aiogram import Dispatcher, Router

from bots.sales_bot import checkout, invites, partner, prices, purchases, start
from bots.shared import dialog, groups, opening, talks, triggers


def build_dispatcher(mounted: Sequence[Router]) -> Dispatcher:
    """Commands, then what admins do here (`mounted`), then buttons and words."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(
        groups.build_router(),
        opening.build_router(start.begin),
        talks.build_router(),
        purchases.build_router(),
        partner.build_router(),
        *mounted,
        checkout.build_router(),
        invites.build_router(),
        prices.build_router(),
        triggers.build_router(),
        dialog.build_router(prices.answer),
    )
    return dispatcher
