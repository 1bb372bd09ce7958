"""What Telegram says about the groups that are set: asked at every start, and by the doctor."""

from app.process import Process
from bots.shared.render import show_words
from bots.shared.telegram import NotSentError, OutcomeUnknownError
from core.lifecycle import GroupTrouble
from services.delivery import speech
from services.reactions.group_stories import ask_about_all, list_needs, list_places
from services.tenancy import bots, groups
from services.tenancy.schemas import ConnectedBot


async def ask_about_groups(process: Process) -> None:
    """Have Telegram asked about the groups of all accounts; what comes of it is told to their admins."""
    for account_id in sorted({bot.account_id for bot in process.bots}):
        async with process.db.unit(account_id) as uow:
            await ask_about_all(uow)


async def list_group_complaints(process: Process) -> list[str]:
    """Ask Telegram about every group that is set, now; a sentence for each that does not work, with what to do."""
    found = []
    for bot in await bots.list_bots(process.db, process.keys):
        async with process.db.unit(bot.account_id) as uow:
            places = [chat_id for bot_id, chat_id in await list_places(uow) if bot_id == bot.id]
        found += [await _try_group(process, bot, chat_id) for chat_id in places]
    return [one for one in found if one]


async def _try_group(process: Process, bot: ConnectedBot, chat_id: int) -> str:
    """What is wrong with a group, in words; nobody is told but who asks."""
    fields = {"chat_id": chat_id, "user_id": bot.id}
    try:
        about = await process.telegram.call(bot.token, "getChat", {"chat_id": chat_id})
        member = await process.telegram.call(bot.token, "getChatMember", fields)
    except (NotSentError, OutcomeUnknownError):
        return ""  # that Telegram is away is said once, not for every group
    if moved_to := about.moved_to or member.moved_to:
        return await _try_group(process, bot, moved_to)
    if not (about.ok and member.ok):
        return _complain(GroupTrouble.GONE, str(chat_id), bot)
    async with process.db.unit(bot.account_id) as uow:
        seat = groups.read_seat(bot.id, about.result, member.result)
        trouble = groups.find_trouble(seat, await list_needs(uow, bot.id, chat_id))
    return _complain(trouble, seat.group.title or str(chat_id), bot) if trouble else ""


def _complain(trouble: GroupTrouble, name: str, bot: ConnectedBot) -> str:
    words = speech.words(f"group-{trouble}", group=name, bot=bot.username)
    return show_words(words, "en").removeprefix("⚠️ ")
