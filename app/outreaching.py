"""What `tandem outreach`, `tandem results` and `tandem operators` do, and the lines they print."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.boot.process import Process
from app.boot.profiles import NOBODY
from app.enrolling import Do
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import FlowKind
from core.flow.run import RunStatus
from core.lifecycle import BotKind, MemberRole
from services.content.deployments import get_deployment
from services.content.flows import get_flow_id, get_latest_version
from services.content.schemas import Deployment, FlowVersion
from services.delivery.speech import Address
from services.insight.csv_files import write_csv
from services.learning import run_lookup
from services.learning.runs import runs
from services.messaging import outreaches
from services.messaging.schemas import Outreach, Reached
from services.people.contacts import find_by_name, list_reachable
from services.tenancy.bots import FIRST_ACCOUNT, get_bot
from services.tenancy.members import add_member, list_members, list_operators, remove_member

COLUMNS = ("telegram_id", "id", "chat_id", "user_id", "username")
AT_ONCE = 50  # people per transaction
MOST_PEOPLE = 1_000_000
MOST_NAME = 64


@dataclass(frozen=True)
class Wanted:
    """Whom a flow shall turn to; `again`: also those an earlier outreach to this very list has reached."""

    path: Path
    flow: str
    again: bool
    dry_run: bool


def read_list(path: Path) -> list[str]:
    """The people of a file, each once: a CSV with a column of Telegram ids or usernames, or a line per person.

    Raises ValueError saying what is wrong with the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    people = list(dict.fromkeys(_names(text)))
    if not people:
        raise ValueError(f"{path} names nobody: put a Telegram id or a @username on each line")
    if len(people) > MOST_PEOPLE or any(len(one) > MOST_NAME for one in people):
        raise ValueError(f"{path} is no list of people")
    return people


def _names(text: str) -> Iterator[str]:
    first = text.partition("\n")[0].lower()
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))]
    head = [one.strip().lower() for one in rows[0]] if rows else []
    column = next((head.index(name) for name in COLUMNS if name in head), None)
    for row in rows[1:] if column is not None else rows:
        place = column or 0
        if place < len(row) and (name := row[place].strip()):
            yield name.removeprefix("@")


async def reach_out(process: Process, wanted: Wanted) -> None:
    """Turn to everybody of a list, a few people per transaction; a list gone on with reaches nobody twice."""
    people = read_list(wanted.path)
    async with process.db.unit(FIRST_ACCOUNT) as uow:
        version, place = await _find_flow(uow, wanted.flow)
        if wanted.dry_run:
            await _preview(uow, people, place)
            return
        again = uow.now.isoformat() if wanted.again else ""
        outreach = await outreaches.prepare(uow, version.flow_id, wanted.path.name, people, again)
    done = 0
    while True:
        async with process.db.unit(FIRST_ACCOUNT) as uow:
            waiting = await outreaches.list_waiting(uow, outreach.id, AT_ONCE)
            for one in waiting:
                await _begin(uow, one, version, place)
        if not waiting:
            break
        done += len(waiting)
        sys.stderr.write(f"\r{done} of {len(people)}")
    sys.stderr.write("\n" if done else "")
    async with process.db.unit(FIRST_ACCOUNT) as uow:
        for line in _sum_up(outreach, await outreaches.list_results(uow, outreach.id)):
            sys.stdout.write(f"{line}\n")


async def _find_flow(uow: UnitOfWork, slug: str) -> tuple[FlowVersion, Deployment]:
    flow_id = await get_flow_id(uow, slug)
    version = await get_latest_version(uow, flow_id)
    if version.flow.kind is not FlowKind.OUTREACH:
        raise DomainError(ErrorKind.INVALID, "NO_OUTREACH", f"{slug} is a {version.flow.kind}")
    return version, await get_deployment(uow, flow_id=flow_id)


async def _begin(uow: UnitOfWork, one: Reached, version: FlowVersion, place: Deployment) -> None:
    person = await find_by_name(uow, one.given)
    if person is None:
        await outreaches.note_missed(uow, one, None, outreaches.UNKNOWN)
        return
    if not await list_reachable(uow, place.bot_id, [person.telegram_id]):
        await outreaches.note_missed(uow, one, person.id, outreaches.BLOCKED)
        return
    to = Address(place.bot_id, person.telegram_id)
    try:
        run_id = await runs.start_run(uow, runs.NewRun(person, to, version, place.id, by_us=True))
    except DomainError:
        await outreaches.note_missed(uow, one, person.id, outreaches.BUSY)
        return
    await outreaches.note_begun(uow, one, person.id, run_id)
    run = await run_lookup.load_run(uow, run_id)
    if run.stored.value.status is RunStatus.COMPLETED:  # a flow without a question
        await outreaches.note_result(uow, run_id, outreaches.FINISHED)


async def _preview(uow: UnitOfWork, people: Sequence[str], place: Deployment) -> None:
    reachable = 0
    for one in people:
        person = await find_by_name(uow, one)
        if person is None:
            sys.stdout.write(f"{one}: has never started a bot\n")
        elif not await list_reachable(uow, place.bot_id, [person.telegram_id]):
            sys.stdout.write(f"{one}: cannot be written to by this bot\n")
        else:
            reachable += 1
    sys.stdout.write(f"{reachable} of {len(people)} can be reached; a dry run: nobody was written to\n")


def _sum_up(outreach: Outreach, people: Sequence[Reached]) -> list[str]:
    missed = [one for one in people if one.run_id is None]
    lines = [f"outreach {outreach.id}: {len(people) - len(missed)} of {len(people)} people are asked"]
    lines += [f"{one.given}: {one.result}" for one in missed]
    return [*lines, f"results: tandem results {outreach.id}"]


def show_results(number: int | None) -> Do:
    """The results of an outreach, the latest if none is named, as CSV."""

    async def do(uow: UnitOfWork) -> list[str]:
        outreach = await outreaches.get_outreach(uow, number)
        rows = (
            (one.given, one.result, one.result_at.isoformat(timespec="seconds") if one.result_at else None)
            for one in await outreaches.list_results(uow, outreach.id)
        )
        return write_csv(("contact", "result", "at"), rows).rstrip("\n").split("\n")

    return do


async def list_all_operators(uow: UnitOfWork) -> list[str]:
    """Who takes hand-offs now, and whom each bot can ring."""
    operators = await list_operators(uow.conn, uow.env, uow.account_id)
    members = await list_members(uow, MemberRole.OPERATOR)
    lines = [await _describe(uow, one) for one in operators]
    if members and not uow.env.use_panel_agents:
        lines.append(f"{len(members)} members do not count: USE_PANEL_AGENTS is not set")
    return lines or [NOBODY]


async def _describe(uow: UnitOfWork, telegram_id: int) -> str:
    person = await find_by_name(uow, str(telegram_id))
    bots = [await get_bot(uow, kind) for kind in BotKind]
    started = [f"@{bot.username}" for bot in bots if await list_reachable(uow, bot.id, [telegram_id])]
    name = person.full_name if person else "?"
    return f"{telegram_id}  {name}  {', '.join(started) or 'has started no bot yet'}"


def change_operator(telegram_id: int, *, add: bool) -> Do:
    """Let a member take hand-offs, or no longer."""

    async def do(uow: UnitOfWork) -> list[str]:
        change = add_member if add else remove_member
        changed = await change(uow, telegram_id, MemberRole.OPERATOR)
        state = "takes hand-offs" if add else "takes no hand-offs"
        lines = [f"{telegram_id} {state} {'now' if changed else 'already'}"]
        if add and not uow.env.use_panel_agents:
            lines.append("members count once USE_PANEL_AGENTS=true is set")
        return lines

    return do
