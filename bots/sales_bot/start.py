"""The beginning of the sales bot: who tries too many links is slowed down, all else is decided in `sales_entry`."""

from bots.runtime.context import Context
from bots.sales_bot import checkout
from services.workflows.sales_entry import Visitor, enter_sales


async def begin(ctx: Context, payload: str) -> None:
    """Enter by the link somebody came by, if there is one, and order what it names."""
    if payload and not ctx.may_guess():
        return
    visitor = Visitor(ctx.contact, ctx.address, ctx.next_key, ctx.speaking)
    entry = await enter_sales(ctx.uow, visitor, payload)
    if entry.is_guess:
        ctx.count_guess()
    if entry.chosen is not None:
        await checkout.choose(ctx, entry.chosen, agreed=False)
