"""`tandem doctor`: everything that is wrong, at once, also where nothing has been set up yet."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError
from sqlalchemy.engine import make_url

from app.boot import database, providers
from app.boot.machine import env_file
from app.boot.process import Process
from app.boot.profiles import HINTS, describe, list_hints
from app.boot.schema import is_current
from app.boot.settings import Mode, Settings, UpdatesBy
from app.doctor.accounts import look_at_accounts
from app.doctor.dead_letters import list_complaints, list_tokens_complaints
from app.doctor.groups import list_group_complaints, list_setting_complaints
from app.doctor.owners import list_owner_notes
from app.doctor.payments import list_account_complaints
from bots.runtime.client import TelegramClient
from core.errors import DomainError
from services.delivery.standstill import find_standstill
from services.tenancy.settings import load_facts
from utils.sealed import KeyMissingError

WEBHOOK_PORTS = (443, 80, 88, 8443)


@dataclass
class Report:
    """What needs somebody, and what is good to know."""

    complaints: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def show(self, *, as_json: bool) -> str:
        """The first line says how it stands; then what to do, one line each."""
        if as_json:
            told = {"ok": not self.complaints, "complaints": self.complaints, "notes": self.notes}
            return json.dumps(told, ensure_ascii=False, indent=2)
        count = len(self.complaints)
        first = f"{count} thing{'s need' if count > 1 else ' needs'} you:" if count else "all is well"
        return "\n".join([first, *(f"- {complaint}" for complaint in self.complaints), "", *self.notes])


def read_leniently() -> tuple[Settings, list[str]]:
    """The settings, with the default in place of whatever is wrong, and what that was."""
    try:
        return Settings(), []
    except ValidationError as error:
        problems = env_file.describe_problems(error)
        names = {str(each_error["loc"][0]) for each_error in error.errors() if each_error["loc"]}
    harmless = {name: Settings.model_fields[name].get_default() for name in names}
    try:
        return Settings(**harmless), problems
    except ValidationError as error:  # what does not fit together
        problems += [problem for problem in env_file.describe_problems(error) if problem not in problems]
    alone = {"environment": Mode.DEVELOPMENT, "telegram_updates": UpdatesBy.POLLING}
    return Settings(**{**harmless, **alone}), problems


async def look(settings: Settings, problems: Sequence[str]) -> Report:
    """Look at everything that can be looked at; no token leaves while `.env` sends it somewhere else."""
    report = Report([*problems], [f"settings: {env_file.describe_source()}"])
    redirected = env_file.list_redirections()
    report.complaints += [
        *redirected,
        *env_file.list_unknown(known=[*HINTS, *providers.list_variables()]),
        *_list_of_settings(settings),
    ]
    report.notes.append(f"payments: {providers.describe(settings)}")
    if rule := providers.describe_stars_rule(settings):
        report.notes.append(rule)
    trouble = await _find_database_trouble(settings)
    if not redirected:
        await _ask_telegram(report, settings)
    if trouble:
        report.complaints += [trouble, *_list_lacks(settings)]
    else:
        await _look_inside(report, settings, may_ask=not redirected)
    report.complaints = list(dict.fromkeys(report.complaints))
    return report


def _list_of_settings(settings: Settings) -> list[str]:
    """What does not fit together, or not to the world."""
    hints = list(list_hints())
    if settings.offered_providers and (lack := providers.describe_lack(settings)):
        hints.append(lack)
    hints += providers.list_complaints(settings)
    public = urlsplit(settings.public_url)
    if settings.public_url and not settings.is_local:
        if public.scheme != "https":
            hints.append(
                "PUBLIC_URL is no https address: Telegram brings webhooks and opens Mini Apps over https alone"
            )
        if settings.telegram_updates is UpdatesBy.WEBHOOK and (public.port or 443) not in WEBHOOK_PORTS:
            ports = ", ".join(map(str, WEBHOOK_PORTS))
            hints.append(
                f"PUBLIC_URL names the port {public.port}: Telegram brings webhooks to {ports} alone"
            )
    try:
        database.load_profiles(settings)
    except (ValueError, DomainError) as error:
        hints.append(_say(error))
    return hints


def _list_lacks(settings: Settings) -> list[str]:
    """That the settings name nobody who takes money: of weight where nothing was set in the bots either."""
    return [] if settings.offered_providers else [providers.describe_lack(settings)]


def _say(error: Exception) -> str:
    return error.detail if isinstance(error, DomainError) else str(error)


async def _find_database_trouble(settings: Settings) -> str:
    """Why nothing can be read from the database, and what to do; nothing is made by looking."""
    if _is_file_missing(settings):
        return "there is no database yet: run `tandem migrate` first, then `tandem init` or `tandem import`"
    try:
        return (
            ""
            if await is_current(settings.url)
            else "the database is not up to date: run `tandem migrate` first"
        )
    except ValueError as error:
        return str(error)


def _is_file_missing(settings: Settings) -> bool:
    url = make_url(settings.url)
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()


async def _ask_telegram(report: Report, settings: Settings) -> None:
    """The tokens; and the groups of the settings, which no database need know yet."""
    telegram = TelegramClient(settings.telegram_api_url)
    try:
        setting_complaints = await list_tokens_complaints(telegram, settings)
        if not setting_complaints:
            setting_complaints = await list_setting_complaints(telegram, settings)
    finally:
        await telegram.close()
    report.complaints += setting_complaints


async def _look_inside(report: Report, settings: Settings, *, may_ask: bool) -> None:
    """What the database tells, and the world about that."""
    try:
        process = Process(settings)
    except (ValueError, DomainError) as error:  # the keys, or a profile that has been named already
        report.complaints.append(_say(error))
        return
    try:
        await load_facts(process.db)
        if still := await find_standstill(process.db):
            report.complaints.append(
                f"nothing is received, sent or charged: {still.reason}. `tandem resume-sending` lets the bots work"
            )
        own = process.db.env.speaks_of
        if not [name for account_id, name in await process.others.list_all() if own(account_id)]:
            report.complaints += _list_lacks(settings)
        of_the_world = (list_group_complaints, list_account_complaints) if may_ask else ()
        for ask in (*of_the_world, list_complaints):
            report.complaints += await _hear(ask, process, report.complaints)
        complaints, notes = await look_at_accounts(process)
        report.complaints += complaints
        report.notes += notes
        report.notes += await list_owner_notes(process)
        report.notes.append(f"profile {describe(process.db.env)}")
    finally:
        await process.close()


async def _hear(
    ask: Callable[[Process], Awaitable[list[str]]], process: Process, known: Sequence[str]
) -> list[str]:
    """What a question brings up, also where a key that is gone keeps it from being asked; each thing once."""
    try:
        complaints = await ask(process)
    except KeyMissingError as error:
        complaints = [str(error)]
    return [complaint for complaint in complaints if complaint not in known]
