"""What the commands do; each gives the exit status and says in plain words what went wrong."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from app.boot import database
from app.boot.env_file import tell_file
from app.boot.keys import list_secrets
from app.boot.lock import AlreadyRunningError, only_owner
from app.boot.private_files import private_files
from app.boot.process import Process
from app.boot.providers import check_provider
from app.boot.schema import explain, is_current, is_ready, migrate
from app.boot.settings import Settings
from app.bringing import Luggage, bring_people
from app.cli.legacy_import import Wanted as Adoption
from app.cli.legacy_import import adopt
from app.courses import Wishes, connect_missing_bots, import_path, look_through, write_course
from app.doctor.report import look, read_leniently
from app.install import PATIENCE, connect_bots, load_content, tokens_of
from app.outreaching import Wanted, reach_out
from app.publishing import Publishing, publish
from app.serve.deadline import Deadline
from bots.runtime.retry import TelegramAwayError, TokenRefusedError
from core.db.session import UnitOfWork
from core.errors import DomainError
from services.content.files.sample import read_content
from services.delivery.sending.dead_letters import replay_dead_letter
from services.tenancy.bots import FIRST_ACCOUNT
from utils.logs import start_logging
from utils.redaction import redact
from utils.sealed import KeyRing, new_master_key

WITHOUT_TELEGRAM = (
    "nothing was changed. Look at the network and at TELEGRAM_API_URL, then try again. Without Telegram these work: "
    "`tandem import` without --deploy, `tandem adopt --dry-run`, `tandem rehearse`, `tandem export`, `tandem doctor`"
)
END_SECONDS = 11.8  # after the signal: a little more than everything may take that ends by itself
PLAIN = (ValueError, DomainError, TokenRefusedError, AlreadyRunningError, OSError)


def serve(settings: Settings, on_ready: Callable[[], None] = lambda: None) -> int:
    """`tandem run`; `on_ready` is called when all bots listen."""

    async def work() -> None:
        from app.serve import life_cycle

        tell_file()
        await _require_schema(settings)
        await life_cycle.run(settings, on_ready, deadline.start)

    def locked() -> Awaitable[None]:
        tokens_of(settings)
        check_provider(settings)
        return work()

    try:
        with only_owner(settings), Deadline(END_SECONDS) as deadline:
            return _run(settings, locked)
    except AlreadyRunningError as error:
        return _complain(error)


def bring_up(settings: Settings) -> int:
    """`tandem migrate`."""

    async def work() -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        await migrate(settings.url)
        sys.stdout.write("the database is up to date\n")

    return _run(settings, work)


def initialise(settings: Settings) -> int:
    """`tandem init`."""

    async def work() -> None:
        content = read_content(database.CONTENT)
        async with _opened(settings) as process:
            await connect_bots(process.db, process.keys, process.telegram, settings, PATIENCE)
            await load_content(process.db, content)
        sys.stdout.write(f"in place: {len(content.flows)} flows, {len(content.tariffs)} tariffs\n")

    return _run(settings, work)


def examine(*, as_json: bool) -> int:
    """`tandem doctor`."""
    settings, problems = read_leniently()
    complaints: list[str] = []

    async def work() -> None:
        report = await look(settings, problems)
        complaints.extend(report.complaints)
        sys.stdout.write(f"{redact(report.show(as_json=as_json))}\n")

    return _run(settings, work) or (1 if complaints else 0)


def bring_back(settings: Settings, kind: str, number: int | None) -> int:
    """`tandem replay`."""

    async def work() -> None:
        async with _opened(settings) as process, process.db.unit(FIRST_ACCOUNT) as uow:
            count = await replay_dead_letter(uow, kind, number)
        sys.stdout.write(f"{count} put back in line\n")

    return _run(settings, work)


def bring_in(settings: Settings, wishes: Wishes) -> int:
    """`tandem import`."""

    async def work() -> None:
        if wishes.dry_run and not await is_ready(settings.url):
            env = database.build_environment(settings, KeyRing.parse(new_master_key()))
            await look_through(env, settings.google_docs_url, wishes)
            return
        async with _opened(settings) as process:
            await import_path(process, wishes)

    return _run(settings, work)


def bring_along(settings: Settings, luggage: Luggage) -> int:
    """`tandem bring`."""

    async def work() -> None:
        async with _opened(settings) as process:
            await bring_people(process, luggage)

    return _run(settings, work)


def take_over(settings: Settings, wanted: Adoption) -> int:
    """`tandem adopt`."""

    async def work() -> None:
        async with _opened(settings) as process:
            await adopt(process, wanted)

    return _run(settings, work)


def turn_to(settings: Settings, wanted: Wanted) -> int:
    """`tandem outreach`."""

    async def work() -> None:
        async with _opened(settings) as process:
            await reach_out(process, wanted)

    return _run(settings, work)


def give_out(settings: Settings, slug: str, to: Path | None) -> int:
    """`tandem export`."""

    async def work() -> None:
        async with _opened(settings) as process:
            await write_course(process, slug, to)

    return _run(settings, work)


def bring_out(settings: Settings, wanted: Publishing) -> int:
    """`tandem publish` and `tandem rollback`."""

    async def work() -> None:
        async with _opened(settings) as process:
            await publish(process, wanted)

    return _run(settings, work)


def enroll(settings: Settings, do: Callable[[UnitOfWork], Awaitable[list[str]]]) -> int:
    """What `tandem token` and its neighbours do: one unit of work, and the lines it gives."""

    async def work() -> None:
        async with _opened(settings) as process, process.db.unit(FIRST_ACCOUNT) as uow:
            lines = await do(uow)
        sys.stdout.write("".join(f"{line}\n" for line in lines))

    return _run(settings, work)


def sell(settings: Settings, read: Callable[[], Callable[[UnitOfWork], Awaitable[list[str]]]]) -> int:
    """`tandem tariffs load`: read the file first, then connect the bots if need be, then one unit of work."""

    async def work() -> None:
        do = read()
        async with _opened(settings) as process:
            await connect_missing_bots(process)
            async with process.db.unit(FIRST_ACCOUNT) as uow:
                lines = await do(uow)
        sys.stdout.write("".join(f"{line}\n" for line in lines))

    return _run(settings, work)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Process]:
    await _require_schema(settings)
    process = Process(settings)
    try:
        yield process
    finally:
        await process.telegram.close()
        await process.db.close()


async def _require_schema(settings: Settings) -> None:
    database.load_profiles(settings)  # refuses an unknown one before anything is opened
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not await is_current(settings.url):
        raise ValueError("the database is not up to date: run `tandem migrate` first")


def _run(settings: Settings, work: Callable[[], Awaitable[None]]) -> int:
    start_logging(settings.log_level, list_secrets(settings))

    async def main() -> None:
        await work()

    try:
        with private_files(settings):
            asyncio.run(main())
    except TelegramAwayError as error:
        return _complain(TelegramAwayError(f"{error}\n{WITHOUT_TELEGRAM}"))
    except PLAIN as error:
        return _complain(error)
    except DBAPIError as error:
        if words := explain(error):
            return _complain(ValueError(words))
        raise
    return 0


def _complain(error: Exception) -> int:
    sys.stderr.write(redact(f"{error}\n"))
    return 1
