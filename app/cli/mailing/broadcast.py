"""`tandem broadcast`: one message to many, from a file."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_process, in_unit

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import UnitOfWork
    from services.messaging.broadcast_plan import Plan
    from services.messaging.schemas import Tally

INVALID = "BROADCAST_INVALID"
broadcast = typer.Typer(help="One message to many.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="A YAML file that defines the broadcast.")]
Number = Annotated[int, typer.Argument(help="The broadcast's number.")]
AsJson = Annotated[bool, typer.Option("--json", help="As one JSON document.")]


@broadcast.command("send")
def send(
    path: File,
    *,
    stars: Annotated[int, typer.Option(help="Of a `paid` one: how many Telegram Stars you agree to.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Send it to whom it is for, while `tandem run` runs; the last line is its number."""
    in_process(partial(send_file, path=path, stars=stars, as_json=as_json))


@broadcast.command("count")
def count(path: File, *, as_json: AsJson = False) -> None:
    """Say how many would get it now, and who of those it is for would not."""
    in_process(partial(count_file, path=path, as_json=as_json))


@broadcast.command("show")
def show(number: Number, *, as_json: AsJson = False) -> None:
    """Say how far it is."""
    in_unit(show_broadcast, number, as_json=as_json)


@broadcast.command("pause")
def pause(number: Number) -> None:
    """Hold back whoever has not been written to."""
    in_unit(steer, number, "pause")


@broadcast.command("resume")
def resume(number: Number) -> None:
    """Go on where it stopped."""
    in_unit(steer, number, "resume")


@broadcast.command("cancel")
def cancel(number: Number) -> None:
    """Stop it for good; who has the message keeps it."""
    in_unit(steer, number, "cancel")


@broadcast.command("edit")
def edit(
    number: Number,
    text: Annotated[str | None, typer.Option(help="What it says from now on, in Telegram's HTML.")] = None,
    language: Annotated[str | None, typer.Option(help="Only for people of this language.")] = None,
    button: Annotated[
        list[str] | None,
        typer.Option(help="A row of its buttons, as in `Site - https://example.org`; `-` alone: none."),
    ] = None,
) -> None:
    """Change its text or buttons for all who got it, and who gets it later; the last line is the edit's number."""
    in_unit(edit_sent, number, text, language, button)


@broadcast.command("recall")
def recall(number: Number) -> None:
    """Delete it at all who got it within 48 hours, and send it to nobody more; the last line is the recall's number."""
    in_unit(take_back, number)


@broadcast.command("results")
def results(
    number: Number,
    days: Annotated[int, typer.Option(min=1, help="Within how many days a payment is put down to it.")] = 7,
) -> None:
    """What became of it for each person, as CSV."""
    in_process(partial(write_results, number=number, days=days))


@broadcast.command("move")
def move(number: Number, at: Annotated[str, typer.Option(help="When it starts instead, ISO 8601.")]) -> None:
    """Have a planned one start at another moment."""
    in_unit(move_start, number, at)


@broadcast.command("choose")
def choose(
    number: Number, variant: Annotated[str, typer.Option(help="A, B, …: what all who wait for it get.")]
) -> None:
    """Send a variant to all the rest."""
    in_unit(choose_rest, number, variant)


async def edit_sent(
    uow: "UnitOfWork", number: int, text: str | None, language: str | None, button: list[str] | None
) -> list[str]:
    """Change what was sent; raises ValueError when nothing is said that could change."""
    from core.text.message import ANY_LANGUAGE
    from core.to_many import BroadcastKind
    from services.messaging.broadcasts import changes
    from services.messaging.button_lines import read_rows

    if text is None and button is None:
        raise ValueError("say what changes: --text, --button")
    reach = await changes.count_reach(uow, number, BroadcastKind.EDIT)
    texts = {} if text is None else {language or ANY_LANGUAGE: text}
    rows = None if button is None else read_rows(button)
    made = await changes.edit_broadcast(uow, number, texts, buttons=rows)
    return [f"{reach.people} messages are being changed", str(made)]


async def take_back(uow: "UnitOfWork", number: int) -> list[str]:
    """Delete what was sent."""
    from core.to_many import BroadcastKind
    from services.messaging.broadcasts import changes

    reach = await changes.count_reach(uow, number, BroadcastKind.RECALL)
    made = await changes.recall_broadcast(uow, number)
    lines = [f"{reach.people} messages are being deleted"]
    if reach.too_old:
        lines.append(f"{reach.too_old} are older than 48 hours and stay: Telegram no longer deletes them")
    return [*lines, str(made)]


async def write_results(process: "Process", *, number: int, days: int) -> list[str]:
    """The table."""
    from services.insight.csv_files import write_csv
    from services.messaging.responses.results import HEADER, iterate_rows

    rows = [row async for row in iterate_rows(process.db, process.account_id, number, days)]
    return write_csv(HEADER, rows).rstrip("\n").split("\n")


async def move_start(uow: "UnitOfWork", number: int, at: str) -> list[str]:
    """Plan it for another moment."""
    from core.rules.moments import parse_moment
    from services.messaging.broadcasts import scheduling
    from services.people.admins import find_zone

    moment = parse_moment(at, await find_zone(uow))
    await scheduling.move(uow, number, moment)
    return [f"broadcast {number} starts at {moment.isoformat(timespec='minutes')}"]


async def choose_rest(uow: "UnitOfWork", number: int, variant: str) -> list[str]:
    """Send a variant to who waits for one."""
    from services.messaging.broadcasts.trials import NAMES, choose_variant

    place = NAMES.find(variant.upper()) + 1 if variant else 0
    if not await choose_variant(uow, number, place):
        raise ValueError(f"broadcast {number} has no variant {variant}, or one was chosen before")
    return [f"broadcast {number}: all who wait get variant {variant.upper()}"]


async def send_file(process: "Process", *, path: Path, stars: int = 0, as_json: bool) -> list[str]:
    """Start the broadcast of a file, and put all its recipients in line; ValueError where its price was not agreed to."""
    from services.messaging.broadcasts.drafting.counting import count_apart
    from services.messaging.broadcasts.starting import send_broadcast

    async with process.db.unit(process.account_id) as uow:
        bot_id, plan = await read_file(uow, path)
    if plan.paid:
        people = (await count_apart(process.db, process.account_id, bot_id, plan.tree)).count
        async with process.db.unit(process.account_id) as uow:
            require_price(uow, plan, people, stars)
    number = await send_broadcast(process.db, process.account_id, bot_id, plan)
    async with process.db.unit(process.account_id) as uow:
        return [json.dumps(await describe(uow, number), indent=2)] if as_json else [str(number)]


def require_price(uow: "UnitOfWork", plan: "Plan", people: int, stars: int) -> None:
    """Nobody pays before they have seen the price."""
    from services.messaging.broadcasts.contents import find_price

    price = find_price(uow, plan, people)
    if stars < price:
        raise ValueError(f"it costs up to {price} Stars from the bot's balance; agree with --stars {price}")


async def count_file(process: "Process", *, path: Path, as_json: bool) -> list[str]:
    """Who would get it now."""
    from services.messaging.broadcasts.drafting.counting import count_apart

    async with process.db.unit(process.account_id) as uow:
        bot_id, plan = await read_file(uow, path)
    reach = await count_apart(process.db, process.account_id, bot_id, plan.tree)
    if as_json:
        return [json.dumps(reach.__dict__)]
    return [
        f"{reach.count} people get it",
        f"{reach.blocked} have blocked the bot, {reach.refused} want no mailings",
        f"{reach.never_started} have never started the bot",
    ]


async def show_broadcast(uow: "UnitOfWork", number: int, *, as_json: bool) -> list[str]:
    """Where it stands."""
    figures = await describe(uow, number)
    if as_json:
        return [json.dumps(figures, ensure_ascii=False, indent=2)]
    return [", ".join(f"{name} {value}" for name, value in figures.items() if value not in (None, []))]


async def steer(uow: "UnitOfWork", number: int, action: str) -> list[str]:
    """Pause, resume or cancel it."""
    from services.messaging.broadcasts import broadcasts

    acts = {
        "pause": broadcasts.pause_broadcast,
        "resume": broadcasts.resume_broadcast,
        "cancel": broadcasts.cancel_broadcast,
    }
    status = (await broadcasts.get_broadcast(uow, number)).status
    if not await acts[action](uow, number):
        raise ValueError(f"broadcast {number} is {status}: it cannot be told to {action}")
    return [f"broadcast {number}: {action} is done"]


async def read_file(uow: "UnitOfWork", path: Path) -> "tuple[int, Plan]":
    """The bot and the definition of a file; its media are kept. Raises BROADCAST_INVALID naming every wrong key."""
    from app.cli.documents import read_document
    from services.messaging.broadcasts.files import read_broadcast

    document = read_document(path, INVALID, "broadcast-needed")
    return await read_broadcast(uow, document, path.parent)


async def describe(uow: "UnitOfWork", number: int) -> dict[str, Any]:
    """A broadcast as one document."""
    from dataclasses import asdict

    from services.messaging.broadcasts.broadcasts import get_broadcast, read_tally
    from services.messaging.responses.results import list_variants, read_acts

    found_broadcast = await get_broadcast(uow, number)
    tally = await read_tally(uow.conn, uow.account_id, number)
    acts = await read_acts(uow.conn, uow.account_id, found_broadcast)
    variants = await list_variants(uow.conn, uow.account_id, found_broadcast, acts)
    return {
        "id": number,
        "name": found_broadcast.plan.name if found_broadcast.plan else None,
        **_figures(tally),
    } | {
        "clicked": len(acts.clicked),
        "replied": len(acts.replied),
        "bought": len(acts.bought),
        "winner": found_broadcast.winner,
        "variants": [asdict(variant) for variant in variants if variant.variant],
        "changes": await _list_changes(uow, number),
    }


async def _list_changes(uow: "UnitOfWork", number: int) -> list[dict[str, Any]]:
    """The edits and the recall of a broadcast, with their own figures."""
    from services.messaging.broadcasts.broadcasts import read_tally
    from services.messaging.broadcasts.changes import list_changes

    changes = []
    for change in await list_changes(uow, number):
        tally = await read_tally(uow.conn, uow.account_id, change.id)
        too_old = change.change.too_old if change.change else 0
        changes.append({"id": change.id, "kind": change.kind, **_figures(tally), "too_old": too_old})
    return changes


def _figures(tally: "Tally") -> dict[str, Any]:
    return {
        "status": tally.status,
        "total": tally.total,
        "pending": tally.waiting,
        "sent": tally.sent,
        "failed": tally.failed,
        "blocked": tally.blocked,
        "unknown": tally.held,
        "skipped": tally.cancelled,
        "possibly_twice": tally.possibly_twice,
    }
