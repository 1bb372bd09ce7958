"""`/tariffs`, `/create_tariff`, `/create_promo`, `/button_sets`, `/bot_values`: lists whose entries are made and changed step by step."""

from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.runtime.context import Context
from core.wizard.offers import BUTTONS, PROMO, TARIFF, VALUES
from core.wizard.screen import Talk
from services.tenancy.permissions import Permission
from services.workflows.desk import talks
from services.workflows.desk.kinds import WIZARDS
from services.workflows.desk.talks import Author


async def tariffs(_: Message, ctx: Context) -> None:
    """List the tariffs; one is changed, taken off sale or sold again by buttons; [how](../how-to/wizard.md)."""
    await _open(ctx, TARIFF.open())


async def create_tariff(_: Message, ctx: Context) -> None:
    """Sell a course step by step: name, price, once or each month, trial, rights, groups."""
    await _open(ctx, TARIFF.make())


async def create_promo(_: Message, ctx: Context) -> None:
    """Make a promo code step by step: what it takes off, for which tariffs, how often, until when."""
    await _open(ctx, PROMO.make())


async def sets(_: Message, ctx: Context) -> None:
    """List the sets of buttons that several messages share, and change them."""
    await _open(ctx, BUTTONS.open())


async def values(_: Message, ctx: Context) -> None:
    """List the values of this bot's texts, as `{{bot.support_link}}`, and change them."""
    await _open(ctx, VALUES.open())


COMMANDS = (
    AdminCommand("tariffs", tariffs, Section.MONEY, permission=Permission.CONTENT, looks=True),
    AdminCommand("create_tariff", create_tariff, Section.MONEY, permission=Permission.CONTENT),
    AdminCommand("create_promo", create_promo, Section.MONEY),
    AdminCommand("button_sets", sets, Section.CONTENT, permission=Permission.CONTENT, looks=True),
    AdminCommand("bot_values", values, Section.CONTENT, permission=Permission.CONTENT, looks=True),
)


async def _open(ctx: Context, talk: Talk) -> None:
    await talks.open_talk(ctx.uow, WIZARDS, Author(ctx.contact, ctx.address, ctx.next_key()), talk)
