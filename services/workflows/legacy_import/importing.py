"""The older bot's folder comes in: put in place and verified in one transaction; a dry run undoes it."""

from contextlib import suppress
from functools import partial
from pathlib import Path

from core.db.session import Database, UnitOfWork
from core.environment import Environment
from core.text.refusal import InputRefused, listed, words
from services.content.messages.media import keep_file, name_kept
from services.workflows.installing import stand_in_for_bots
from services.workflows.legacy_import.reading.flows import Keep
from services.workflows.legacy_import.reading.legacy import Findings, Legacy
from services.workflows.legacy_import.verifying import compare_with_files, verify
from services.workflows.legacy_import.writing import ImportTotals, Tick, write_all
from utils import faultpoints
from utils.sealed import KeyRing

MOST_LINES = 50


class _Undone(Exception):  # noqa: N818 - it states a fact
    """Everything was tried and is taken back."""


def _quietly(done: int) -> None:
    del done


async def import_legacy(db: Database, account_id: int, legacy: Legacy, tick: Tick = _quietly) -> ImportTotals:
    """Take over what was read, all or nothing. Raises LEGACY_INVALID when anything is wrong with it."""
    totals = ImportTotals()
    async with db.unit(account_id) as uow:
        await _take_over(uow, legacy, totals, partial(_keep, uow.env), tick)
    faultpoints.reach("legacy import committed")
    return totals


async def try_legacy(
    db: Database, account_id: int, keys: KeyRing, legacy: Legacy, tick: Tick = _quietly
) -> ImportTotals:
    """As `import_legacy`, and undo it; bots that are not connected yet are made up."""
    totals = ImportTotals()
    with suppress(_Undone):
        async with db.unit(account_id) as uow:
            await stand_in_for_bots(uow, keys)
            await _take_over(uow, legacy, totals, _name, tick)
            raise _Undone
    return totals


async def _take_over(uow: UnitOfWork, legacy: Legacy, totals: ImportTotals, keep: Keep, tick: Tick) -> None:
    refuse_wrong(legacy.findings)
    await write_all(uow, legacy, totals, keep, tick)
    refuse_wrong(legacy.findings)
    legacy.findings.errors += await verify(uow, legacy, totals)
    comparison = await compare_with_files(uow, legacy, totals)
    legacy.findings.errors += comparison.wrong
    totals.compared = comparison.lines
    refuse_wrong(legacy.findings)
    faultpoints.reach("legacy import checked")


def _keep(env: Environment, path: Path) -> str:
    return keep_file(env, path.read_bytes(), path.suffix.lower())


def _name(path: Path) -> str:
    return name_kept(path.read_bytes(), path.suffix.lower())


def refuse_wrong(findings: Findings) -> None:
    """Raise LEGACY_INVALID naming what is wrong with the folder, if anything is."""
    if not findings.errors:
        return
    shown = findings.errors[:MOST_LINES]
    if len(findings.errors) > MOST_LINES:
        shown = [*shown, words("older-more", number=len(findings.errors) - MOST_LINES)]
    raise InputRefused("LEGACY_INVALID", listed([*shown, words("older-nothing-taken")], "\n"))
