"""`tandem bot`: the bots of an account, connected while everything runs."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_process, in_unit

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import UnitOfWork
    from core.lifecycle import BotKind
    from services.tenancy.bot_care.connecting import Wish

STDIN = "-"
bots = typer.Typer(help="The bots that work for an account.", no_args_is_help=True)
Number = Annotated[
    int, typer.Argument(metavar="BOT", help="The bot's number, as `tandem bot list` shows it.")
]


@bots.command("connect")
def connect(
    token: Annotated[
        str, typer.Argument(help="Its token, as @BotFather gave it; `-` reads it from standard input.")
    ],
    kind: Annotated[str, typer.Option("--kind", help="What it is for: sales or course.")],
    in_place_of: Annotated[
        int | None,
        typer.Option("--in-place-of", metavar="BOT", help="The number of the bot whose place it takes."),
    ] = None,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Also if another program receives what it is sent.")
    ] = False,
) -> None:
    """Have a bot work for an account, or give it a new token; a running `tandem run` serves it at once."""
    import sys

    from services.tenancy.bot_care.connecting import Wish

    secret = sys.stdin.readline().strip() if token == STDIN else token
    wish = Wish(secret, _read_kind(kind), in_place_of, take_over)

    async def work(process: "Process") -> list[str]:
        return await connect_one(process, wish)

    in_process(work)


def _read_kind(kind: str) -> "BotKind":
    from core.lifecycle import BotKind

    if kind not in set(BotKind):
        raise typer.BadParameter(f"{kind} is no kind of bot: say {' or '.join(BotKind)}")
    return BotKind(kind)


async def connect_one(process: "Process", wish: "Wish") -> list[str]:
    """Connect it; the last line is its number."""
    from app.boot.bots import ask_telegram
    from services.tenancy.bot_care import connecting

    bot = await connecting.connect(process.db, ask_telegram(process.telegram), process.account_id, wish)
    return [f"@{bot.username} is the {bot.kind} bot", str(bot.id)]


@bots.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Show the bots of an account, and how they are."""
    in_unit(list_lines, as_json=as_json)


async def list_lines(uow: "UnitOfWork", *, as_json: bool) -> list[str]:
    """A line each, or one JSON document."""
    import json

    from services.tenancy.bots import list_own

    own = await list_own(uow)
    if as_json:
        told = [
            {
                "id": bot.id,
                "kind": bot.kind,
                "username": bot.username,
                "name": bot.name,
                "default": bot.is_default,
                "ended": bot.ended,
                "trouble": bot.trouble,
            }
            for bot in own
        ]
        return [json.dumps(told, ensure_ascii=False, indent=2)]
    lines = []
    for bot in own:
        state = bot.ended or bot.trouble or ("default" if bot.is_default else "works")
        lines.append(f"{bot.id}\t@{bot.username}\t{bot.kind}\t{state}")
    return lines or ["no bot is connected: `tandem bot connect TOKEN --kind sales`"]


@bots.command("default")
def choose(number: Number) -> None:
    """Have a bot sell or teach where nothing names another of its kind."""
    in_unit(_choose, number)


@bots.command("disconnect")
def disconnect(number: Number) -> None:
    """Have a bot work no more; people, courses and what waits to be said stay."""
    in_unit(_disconnect, number)


async def _choose(uow: "UnitOfWork", number: int) -> list[str]:
    from services.tenancy.bot_care.connecting import choose_default

    await choose_default(uow, number)
    return [f"{number} counts where nothing names another bot"]


async def _disconnect(uow: "UnitOfWork", number: int) -> list[str]:
    from services.tenancy.bot_care.connecting import disconnect_bot

    await disconnect_bot(uow, number)
    return [f"{number} works no more"]
