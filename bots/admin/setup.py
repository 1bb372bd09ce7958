"""`/setup`, `/doctor`: what a school needs before it can sell, step by step, and what is not well with it."""

from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.runtime.context import Context
from services.tenancy.permissions import Permission
from services.workflows.desk.setup_desk import open_doctor, open_setup
from services.workflows.desk.talks import Author


async def setup(_: Message, ctx: Context) -> None:
    """Lead to the first sale: name, papers, course, tariff, payment, group, the link; [how](../how-to/first-sale-from-a-phone.md)."""
    await open_setup(ctx.uow, Author(ctx.contact, ctx.address, ctx.next_key()))


async def doctor(_: Message, ctx: Context) -> None:
    """Say what is not well with the school, each thing with the button that mends it."""
    await open_doctor(ctx.uow, Author(ctx.contact, ctx.address, ctx.next_key()))


COMMANDS = (
    AdminCommand("setup", setup, Section.OVERVIEW, permission=Permission.ADMINISTER, looks=True),
    AdminCommand("doctor", doctor, Section.OVERVIEW, permission=Permission.ADMINISTER, looks=True),
)
