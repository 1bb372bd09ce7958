"""What Telegram says about the groups that are set: asked at every start, and by the doctor."""

from collections.abc import Collection

from app.boot.bots import tokens_of
from app.boot.process import Process
from app.boot.settings import Settings
from bots.runtime.client import NotSentError, OutcomeUnknownError, TelegramClient
from bots.runtime.sending.saying import show_words
from core.environment import Environment
from core.groups import GroupTrouble, Need
from core.lifecycle import BotKind
from services.delivery import speech
from services.reactions.group_stories import ask_about_all, list_needs, list_places
from services.tenancy import bots, groups
from services.tenancy.schemas import ConnectedBot

PATIENCE = 8.0  # seconds for Telegram to answer somebody who waits


async def ask_about_groups(process: Process) -> None:
    """Have Telegram asked about the groups of all accounts; what comes of it is told to their admins."""
    for account_id in sorted({bot.account_id for bot in await process.list_bots()}):
        async with process.db.unit(account_id) as uow:
            await ask_about_all(uow)


async def list_group_complaints(process: Process) -> list[str]:
    """Ask Telegram about every group that is set, now; a sentence for each that does not work, with what to do."""
    group_complaints = []
    for bot in await bots.list_bots(process.db, process.keys):
        async with process.db.unit(bot.account_id) as uow:
            places = [chat_id for bot_id, chat_id in await list_places(uow) if bot_id == bot.id]
            needs = {chat_id: await list_needs(uow, bot.id, chat_id) for chat_id in places}
        group_complaints += [await _try_group(process.telegram, bot, *need) for need in needs.items()]
    return [complaint for complaint in group_complaints if complaint]


async def list_setting_complaints(telegram: TelegramClient, settings: Settings) -> list[str]:
    """The same for the groups that the settings name; no database is needed for it, and both bots answer."""
    chats = {chat_id for listed in settings.community_chats.values() for chat_id in listed}
    wanted = [(BotKind.SALES, chat_id, Need.INVITE) for chat_id in sorted(chats)]
    if settings.review_chat_id is not None:
        wanted.append((BotKind.COURSE, settings.review_chat_id, Need.REVIEW))
    tokens = tokens_of(settings)
    known = {kind: await _describe(telegram, kind, tokens[kind]) for kind, _, _ in wanted}
    setting_complaints = [
        await _try_group(telegram, known[kind], chat_id, {need}) for kind, chat_id, need in wanted
    ]
    return [complaint for complaint in setting_complaints if complaint]


async def _describe(telegram: TelegramClient, kind: BotKind, token: str) -> ConnectedBot:
    me = (await telegram.call(token, "getMe", {}, timeout=PATIENCE)).result
    return ConnectedBot(me["id"], Environment.account_id, kind, me["username"], me["first_name"], token)


async def _try_group(
    telegram: TelegramClient, bot: ConnectedBot, chat_id: int, needs: Collection[Need]
) -> str:
    """What is wrong with a group, in words; nobody is told but who asks."""
    fields = {"chat_id": chat_id, "user_id": bot.id}
    try:
        about = await telegram.call(bot.token, "getChat", {"chat_id": chat_id}, timeout=PATIENCE)
        member = await telegram.call(bot.token, "getChatMember", fields, timeout=PATIENCE)
    except (NotSentError, OutcomeUnknownError):
        return ""  # that Telegram is away is said once, not for every group
    if moved_to := about.moved_to or member.moved_to:
        return await _try_group(telegram, bot, moved_to, needs)
    if not (about.ok and member.ok):
        return _complain(GroupTrouble.GONE, str(chat_id), bot)
    seat = groups.read_seat(bot.id, about.result, member.result)
    trouble = groups.find_trouble(seat, needs)
    return _complain(trouble, seat.group.title or str(chat_id), bot) if trouble else ""


def _complain(trouble: GroupTrouble, name: str, bot: ConnectedBot) -> str:
    words = speech.words(f"group-{trouble}", group=name, bot=bot.username)
    return show_words(words, "en").removeprefix("⚠️ ")
