"""The first start, before there are two bots: where tokens come from, asked for at the keyboard and kept in `.env`."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from getpass import getpass
from pathlib import Path

from app.boot.machine.terminal import say_here
from app.boot.settings import Settings
from bots.runtime.client import NotSentError, OutcomeUnknownError, TelegramClient
from core.lifecycle import BotKind
from core.text.refusal import words
from services.tenancy.bots import bot_id_of

VARIABLES: Mapping[BotKind, str] = {
    BotKind.SALES: "SALES_BOT_TOKEN",
    BotKind.COURSE: "COURSE_BOT_TOKEN",
}
PATIENCE = 10.0  # seconds for Telegram to say whose a token is
Ask = Callable[[str], str]
Name = Callable[[Settings, str], str | None]


def lead_to_tokens(settings: Settings) -> Settings | None:
    """The settings once both bots have a token; None where there is none still: then it was said what to do."""
    lacking = list_lacking(settings)
    if not lacking:
        return settings
    _say(f"first-tokens-{lacking[0] if len(lacking) == 1 else 'none'}")
    if not sys.stdin.isatty():
        lines = "\n".join(f"{VARIABLES[kind]}=…" for kind in lacking)
        _say("first-tokens-write", file=str(_file()), lines=lines)
        return None
    return ask_for_tokens(settings, getpass, ask_telegram)


def list_lacking(settings: Settings) -> list[BotKind]:
    """The bots that have no token."""
    return [kind for kind, token in _tokens(settings).items() if not token]


def ask_for_tokens(settings: Settings, ask: Ask, name: Name) -> Settings | None:
    """Ask for one after the other; each is kept as soon as it is known to be good. An empty answer leaves."""
    for kind in list_lacking(settings):
        others = {token for token in _tokens(settings).values() if token}
        token = _ask_for_one(settings, kind, others, ask, name)
        if token is None:
            _say("first-tokens-left")
            return None
        _keep(VARIABLES[kind], token)
        settings = Settings()
    return settings


def _ask_for_one(settings: Settings, kind: BotKind, others: set[str], ask: Ask, name: Name) -> str | None:
    while token := ask(say_here(words(f"first-tokens-ask-{kind}"))).strip():
        if not _is_token(token):
            _say("first-tokens-wrong")
        elif bot_id_of(token) in {bot_id_of(other) for other in others if _is_token(other)}:
            _say("first-tokens-same")
        elif (username := name(settings, token)) is None:
            _say("first-tokens-unknown")
        else:
            _say("first-tokens-kept" if username else "first-tokens-unasked", bot=username, file=str(_file()))
            return token
    return None


def ask_telegram(settings: Settings, token: str) -> str | None:
    """Whose a token is; nothing said while Telegram is away, None for one it does not know."""

    async def call() -> str | None:
        telegram = TelegramClient(settings.telegram_api_url)
        try:
            answer = await telegram.call(token, "getMe", {}, timeout=PATIENCE)
        except (NotSentError, OutcomeUnknownError):
            return ""
        finally:
            await telegram.close()
        return str(answer.result["username"]) if answer.ok else None

    return asyncio.run(call())


def _is_token(text: str) -> bool:
    try:
        bot_id_of(text)
    except ValueError:
        return False
    return text.isascii() and text.isprintable() and " " not in text


def _tokens(settings: Settings) -> dict[BotKind, str]:
    return {
        BotKind.SALES: settings.sales_bot_token.get_secret_value(),
        BotKind.COURSE: settings.course_bot_token.get_secret_value(),
    }


def _file() -> Path:
    return Path(str(Settings.model_config["env_file"])).absolute()


def _keep(variable: str, token: str) -> None:
    """Write it below what stands there; a new file is nobody else's to read."""
    path = _file()
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    gap = "\n" if before and not before.endswith("\n") else ""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(file, "a", encoding="utf-8") as opened:
        opened.write(f"{gap}{variable}={token}\n")


def _say(key: str, **values: str) -> None:
    sys.stderr.write(f"{say_here(words(key, **values))}\n")
