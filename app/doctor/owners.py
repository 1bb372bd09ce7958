"""Who owns the school: nobody, or somebody who hears nothing of it."""

from app.boot.process import Process
from core.lifecycle import BotKind
from core.links import bot_link
from services.people.admins import list_silent_owners
from services.tenancy.bots import find_bot
from services.tenancy.founding import has_owner


async def list_owner_notes(process: Process) -> list[str]:
    """A sentence where nobody owns the first account, and one for owners who have started neither bot."""
    async with process.db.unit(process.db.env.account_id) as uow:
        shop = await find_bot(uow, BotKind.SALES)
        if shop is None:
            return []
        if not await has_owner(uow):
            return ["nobody owns the school yet: `tandem run` prints a code that makes its sender the owner"]
        silent = await list_silent_owners(uow)
    if not silent:
        return []
    numbers = ", ".join(map(str, silent))
    link = bot_link(shop.username)
    return [
        f"owners who have pressed Start in neither bot hear of nothing, no digest either: {numbers}; let them open {link}"
    ]
