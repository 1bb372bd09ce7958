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
def send(path: File, *, as_json: AsJson = False) -> None:
    """Send it to whom it is for, while `tandem run` runs; the last line is its number."""
    in_process(partial(send_file, path=path, as_json=as_json))


@broadcast.command("count")
def count(path: File, *, as_json: AsJson = False) -> None:
    """Say how many would get it now, and who of those it is for would not."""
    in_unit(count_file, path, as_json=as_json)


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


async def send_file(process: "Process", *, path: Path, as_json: bool) -> list[str]:
    """Start the broadcast of a file, and put all its recipients in line."""
    from services.messaging.broadcasts.starting import send_broadcast
    from services.tenancy.bots import FIRST_ACCOUNT

    async with process.db.unit(FIRST_ACCOUNT) as uow:
        bot_id, plan = await read_file(uow, path)
        if plan.at or plan.local:
            raise ValueError(f"{path}: `at` and `local` come later: leave them out to send now")
    number = await send_broadcast(process.db, FIRST_ACCOUNT, bot_id, plan)
    async with process.db.unit(FIRST_ACCOUNT) as uow:
        return [json.dumps(await describe(uow, number), indent=2)] if as_json else [str(number)]


async def count_file(uow: "UnitOfWork", path: Path, *, as_json: bool) -> list[str]:
    """Who would get it now."""
    from services.messaging.broadcasts.starting import count_reach

    bot_id, plan = await read_file(uow, path)
    reach = await count_reach(uow, bot_id, plan.tree)
    if as_json:
        return [json.dumps(reach.__dict__)]
    return [
        f"{reach.count} people get it",
        f"{reach.blocked} have blocked the bot, {reach.refused} want no mailings",
        f"{reach.never_started} have never started the bot",
    ]


async def show_broadcast(uow: "UnitOfWork", number: int, *, as_json: bool) -> list[str]:
    """Where it stands."""
    found = await describe(uow, number)
    if as_json:
        return [json.dumps(found, ensure_ascii=False, indent=2)]
    return [", ".join(f"{name} {value}" for name, value in found.items() if value not in (None, []))]


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
    from services.messaging.broadcasts.broadcasts import get_broadcast, read_tally

    found = await get_broadcast(uow, number)
    tally = await read_tally(uow.conn, uow.account_id, number)
    shares = [one.share for one in found.plan.variants] if found.plan else []
    return {"id": number, "name": found.plan.name if found.plan else None, **_figures(tally)} | {
        "variants": [{"variant": place, "share": share} for place, share in enumerate(shares, start=1)]
    }


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
        "clicked": 0,
        "bought": 0,
    }
