"""The bots of the environment: their tokens, and who Telegram says they are."""

from collections.abc import Mapping
from typing import Any

from loguru import logger

from app.boot.process import Process
from app.boot.settings import Settings
from bots.runtime.client import NotSentError, OutcomeUnknownError, TelegramClient
from bots.runtime.retry import call_until_answered
from core.db.session import Database
from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind
from services.tenancy import bots as tenancy
from services.tenancy.accounts import ensure_account
from services.tenancy.bot_care.connecting import Ask, Said, connect_of_environment
from services.tenancy.schemas import ConnectedBot
from utils.sealed import KeyRing

OVERRULED = (
    "{}_BOT_TOKEN is not used: @{} was disconnected or replaced here; `tandem bot connect` has it work again"
)
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
        bot = ConnectedBot(me["id"], db.env.account_id, kind, me["username"], me["first_name"], token)
        async with db.unit(db.env.account_id) as uow:
            await ensure_account(uow)
            counts = await connect_of_environment(uow, keys, bot)
        if not counts:
            logger.bind(event="settings.overruled", bot_id=bot.id).warning(
                OVERRULED, kind.upper(), bot.username
            )


async def connect_missing_bots(process: Process) -> None:
    """Have the bots of the environment, if its account has none yet; another account's are connected by a command."""
    if not process.db.env.speaks_of(process.account_id):
        return
    try:
        async with process.db.unit(process.account_id) as uow:
            await tenancy.get_bot(uow, BotKind.COURSE)
    except DomainError:
        await connect_bots(process.db, process.keys, process.telegram, process.settings, PATIENCE)


def ask_telegram(telegram: TelegramClient) -> Ask:
    """Calls of the Bot API for use cases that connect bots."""

    async def ask(token: str, method: str, fields: Mapping[str, Any]) -> Said:
        try:
            answer = await telegram.call(token, method, fields, timeout=PATIENCE)
        except (NotSentError, OutcomeUnknownError) as error:
            why = f"Telegram does not answer at {telegram.base_url}: {error}"
            raise DomainError(ErrorKind.CONFLICT, "TELEGRAM_AWAY", why) from None
        return Said(answer.ok, answer.result, answer.code, answer.error)

    return ask
