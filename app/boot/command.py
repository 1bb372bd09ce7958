"""How a command runs to its end: what it opens, and the plain words and the status when something is wrong."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar

from sqlalchemy.exc import DBAPIError

from app.boot import database
from app.boot.keys import list_secrets
from app.boot.machine.lock import AlreadyRunningError
from app.boot.machine.private_files import private_files
from app.boot.machine.terminal import say_here
from app.boot.process import Process
from app.boot.schema import explain, is_current, is_new, migrate
from app.boot.settings import Settings
from bots.runtime.retry import TelegramAwayError, TokenRefusedError
from core.errors import DomainError
from core.text.refusal import Words, explain_error, placed
from services.content.importing.mishaps import explain_file
from services.tenancy.accounts import choose_account
from services.tenancy.settings import load_facts
from utils.logs import start_logging
from utils.redaction import redact

WITHOUT_TELEGRAM = (
    "nothing was changed. Look at the network and at TELEGRAM_API_URL, then try again. Without Telegram these work: "
    "`tandem import` of courses without --deploy, `tandem import --dry-run`, `tandem rehearse`, `tandem export`, `tandem doctor`"
)
ACCOUNT: ContextVar[str] = ContextVar("account", default="")
"""What a command was told about whom it works for; nothing: the only account."""
PLAIN = (ValueError, DomainError, TokenRefusedError, AlreadyRunningError, OSError)


def run_command(settings: Settings, work: Callable[[], Awaitable[None]]) -> int:
    """Do the work of a command; gives the exit status and says in plain words what went wrong."""
    start_logging(settings.log_level, list_secrets(settings))

    async def main() -> None:
        await work()

    try:
        with private_files(settings):
            asyncio.run(main())
    except TelegramAwayError as error:
        return complain(TelegramAwayError(f"{error}\n{WITHOUT_TELEGRAM}"))
    except PLAIN as error:
        return complain(error)
    except DBAPIError as error:
        if words := explain(error):
            return complain(ValueError(words))
        raise
    return 0


def complain(error: Exception) -> int:
    """Say what is wrong; gives the exit status."""
    sys.stderr.write(redact(f"{say_here(_explain(error))}\n"))
    return 1


def _explain(error: Exception) -> Words:
    """What is wrong; of a file that is not there its name comes first."""
    if isinstance(error, FileNotFoundError | IsADirectoryError) and error.filename is not None:
        return placed(str(error.filename), explain_file(error))
    return explain_error(error)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Process]:
    """The process of a command, at the moved time where there is one; ValueError for a database that is not up to date."""
    await require_schema(settings)
    process = Process(settings)
    try:
        await load_facts(process.db)
        if settings.clock_url:
            from app.boot.machine.moved_clock import read_clock  # most commands need no HTTP

            await read_clock(settings.clock_url, process.clock)
        yield process
    finally:
        await process.close()


@asynccontextmanager
async def opened_for_account(settings: Settings) -> AsyncIterator[Process]:
    """The same for the account the command was told; DomainError says which there are."""
    async with opened(settings) as process:
        process.account_id = await choose_account(process.db, ACCOUNT.get())
        yield process


async def require_schema(settings: Settings) -> None:
    """Raise ValueError for a profile or a database that is not as it must be."""
    database.load_profiles(settings)  # refuses an unknown one before anything is opened
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not await is_current(settings.url):
        raise ValueError("the database is not up to date: run `tandem migrate` first")


async def make_schema(settings: Settings) -> None:
    """The same for who serves: where there is nothing yet, the tables are made; what is there is changed by `tandem migrate` alone."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if await is_new(settings.url):
        await migrate(settings.url)
    await require_schema(settings)
