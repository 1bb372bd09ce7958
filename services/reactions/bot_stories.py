"""What follows when a bot breaks down, works again or gives way to another."""

from core import events
from core.db.session import UnitOfWork
from services.content.deployments import move_to_bot
from services.delivery import speech
from services.people.admins import tell_admins
from services.tenancy.bots import get_bot_by_id, list_own
from services.workflows.installing import BOT_OF


async def on_broke(uow: UnitOfWork, broke: events.BotBroke) -> None:
    """The admins are told by another bot what to do."""
    await _tell(uow, broke.bot_id, f"bot-{broke.trouble}")


async def on_mended(uow: UnitOfWork, mended: events.BotMended) -> None:
    """The admins are told that it is over."""
    await _tell(uow, mended.bot_id, "bot-mended")


async def _tell(uow: UnitOfWork, bot_id: int, text: str) -> None:
    bot = await get_bot_by_id(uow, bot_id)
    words = speech.words(text, bot=bot.username, kind=bot.kind.value)
    await tell_admins(uow, words, f"{text}:{bot_id}:{uow.now.timestamp():.0f}")


async def on_took_place(uow: UnitOfWork, took: events.BotTookPlace) -> None:
    """What no working bot of the kind teaches or sells, the new one does."""
    bots = [bot for bot in await list_own(uow) if not bot.ended]
    kind = next(bot.kind for bot in bots if bot.id == took.bot_id)
    homes = [bot.id for bot in bots if bot.kind is kind]
    for flows in (flow for flow, home in BOT_OF.items() if home is kind):
        await move_to_bot(uow, flows, took.bot_id, homes)
