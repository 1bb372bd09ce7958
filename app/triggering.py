"""What `tandem triggers` does, and the lines it prints."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.cli.documents import bot_of, read_document
from app.enrolling import Do
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind
from core.triggers import TriggerSpec, read_triggers
from services.messaging.triggers import load_triggers, put_triggers
from services.tenancy.bots import get_bot
from utils.plain_words import describe

INVALID = "TRIGGERS_INVALID"


def load_file(path: Path, *, dry_run: bool) -> Do:
    """Give the bot a file names its triggers and no others."""

    async def do(uow: UnitOfWork) -> list[str]:
        document = read_document(path, INVALID, "`bot` and `triggers`")
        bot = await get_bot(uow, bot_of(document, path, INVALID))
        specs = _read_specs(document, path)
        if dry_run:
            return [f"{path}: {len(specs)} triggers for @{bot.username}; a dry run: nothing was changed"]
        changed = await put_triggers(uow, bot.id, specs)
        return [f"@{bot.username} has {len(specs)} triggers{'' if changed else ', nothing changed'}"]

    return do


async def show_triggers(uow: UnitOfWork) -> list[str]:
    """One line per trigger: bot, id, what it waits for, what it does, priority."""
    lines = []
    for kind in BotKind:
        bot = await get_bot(uow, kind)
        found = await load_triggers(uow, bot.id)
        lines += [f"@{bot.username}\t{_describe(one)}" for one in (found.specs if found else ())]
    return lines or ["there are no triggers; `tandem triggers load FILE` brings some"]


def _describe(spec: TriggerSpec) -> str:
    does = " and ".join(
        [*(["answers"] if spec.answer else []), *([f"starts {spec.start}"] if spec.start else [])]
    )
    more = ", once" if spec.once else ""
    waits = ", ".join(spec.patterns) or "any"
    return f"{spec.id}\t{spec.kind}: {waits}\t{does}{more}\t{spec.priority}"


def _read_specs(document: Mapping[str, Any], path: Path) -> tuple[TriggerSpec, ...]:
    try:
        return read_triggers(document)
    except ValidationError as error:
        listed = document.get("triggers", ())
        raise _wrong(f"{path}: {_explain(error)} (of {len(listed)} triggers)") from None
    except (ValueError, TypeError) as error:
        raise _wrong(f"{path}: triggers: {error}") from None


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    given = first["input"] if isinstance(first["input"], Mapping) else {}
    name = given.get("id", "")
    return f"{name or 'a trigger'}: {place}: {describe(first)}" if place else f"{name}: {describe(first)}"


def _wrong(detail: str) -> DomainError:
    return DomainError(ErrorKind.INVALID, INVALID, detail)
