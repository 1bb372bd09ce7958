"""The bots of the environment: their tokens, and who Telegram says they are."""

from app.boot.process import Process
from app.boot.settings import Settings
from bots.runtime.client import TelegramClient
from bots.runtime.retry import call_until_answered
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import BotKind
from services.content.deployments import move_to_bot
from services.tenancy import bots as tenancy
from services.tenancy.schemas import ConnectedBot
from services.workflows.installing import BOT_OF
from utils.sealed import KeyRing

PATIENCE = 10.0  # seconds a command waits for Telegram


def tokens_of(settings: Settings) -> dict[BotKind, str]:
    """The tokens of the environment; ValueError says what is missing or wrong."""
    tokens = {
        BotKind.SALES: settings.sales_bot_token.get_secret_value(),
        BotKind.COURSE: settings.course_bot_token.get_secret_value(),
    }
    missing = [f"{kind.upper()}_BOT_TOKEN" for kind, token in tokens.items() if not token]
    if missing:
        raise ValueError(
            f"{' and '.join(missing)} missing. Get tokens from @BotFather, or try `make demo` without any"
        )
    ids = {kind: tenancy.bot_id_of(token) for kind, token in tokens.items()}
    if ids[BotKind.SALES] == ids[BotKind.COURSE]:
        raise ValueError("SALES_BOT_TOKEN and COURSE_BOT_TOKEN belong to one bot; two are needed")
    return tokens


async def connect_bots(
    db: Database,
    keys: KeyRing,
    telegram: TelegramClient,
    settings: Settings,
    patience: float | None = None,
) -> None:
    """Ask Telegram who the environment's bots are and store them; waits until Telegram answers, or for `patience`.

    A bot that takes another one's place gets its flows, so that links sold before lead to it.
    """
    for kind, token in tokens_of(settings).items():
        me = (await call_until_answered(telegram, token, "getMe", {}, patience)).result
        bot = ConnectedBot(me["id"], tenancy.FIRST_ACCOUNT, kind, me["username"], me["first_name"], token)
        async with db.unit(tenancy.FIRST_ACCOUNT) as uow:
            await tenancy.ensure_account(uow)
            await tenancy.connect_bot(uow, keys, bot)
            for flows in (flow for flow, home in BOT_OF.items() if home is kind):
                await move_to_bot(uow, flows, bot.id)


async def connect_missing_bots(process: Process) -> None:
    """Have the bots of the environment, if none were connected yet."""
    try:
        async with process.db.unit(tenancy.FIRST_ACCOUNT) as uow:
            await tenancy.get_bot(uow, BotKind.COURSE)
    except DomainError:
        await connect_bots(process.db, process.keys, process.telegram, process.settings, PATIENCE)
