"""`python -m sandbox`: start a sandbox and run it until it is told to stop."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from sandbox.server import serve
from sandbox.state.options import Limits, Options
from sandbox.wire.errors import ControlError


def read_options(arguments: list[str]) -> Options:
    """Turn command line arguments into options."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Telegram.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="keep everything in this file")
    parser.add_argument("--rate", type=int, default=30, help="messages per second and bot")
    parser.add_argument("--chat-rate", type=float, default=1.0, help="messages per second and private chat")
    parser.add_argument("--chat-burst", type=int, default=5, help="messages a private chat takes at once")
    parser.add_argument("--group-rate", default="20/min", help="messages per group: N/min or N/s")
    parser.add_argument("--no-limits", action="store_true")
    parser.add_argument("--history", type=int, default=1000, help="messages kept per chat")
    parser.add_argument("--log", type=int, default=20_000, help="calls kept in the log")
    parser.add_argument("--bot", action="append", default=[], type=_bot, metavar="TOKEN=USERNAME")
    chosen = parser.parse_args(arguments)
    most, window = _rate(parser, chosen.group_rate)
    limits = Limits(
        enabled=not chosen.no_limits,
        per_bot=chosen.rate,
        per_chat=chosen.chat_rate,
        chat_burst=chosen.chat_burst,
        per_group=most,
        group_window=window,
    )
    return Options(
        host=chosen.host,
        port=chosen.port,
        state=chosen.state,
        limits=limits,
        bots=tuple(chosen.bot),
        history=chosen.history,
        log_size=chosen.log,
    )


def _bot(text: str) -> tuple[str, str]:
    token, equals, username = text.partition("=")
    if not equals or not token or not username:
        raise argparse.ArgumentTypeError("write TOKEN=USERNAME")
    return token, username.removeprefix("@")


def _rate(parser: argparse.ArgumentParser, text: str) -> tuple[int, float]:
    number, _, unit = text.partition("/")
    windows = {"": 60.0, "min": 60.0, "s": 1.0}
    if not number.isdecimal() or unit not in windows:
        parser.error("--group-rate looks like 20/min")
    return int(number), windows[unit]


async def run(options: Options) -> None:
    """Serve until a signal comes."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Windows has no signal handlers in the loop; there Ctrl+C ends the process by itself.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await serve(options, _announce, stop)


def _announce(url: str) -> None:
    sys.stdout.write(f"Sandbox listens on {url}\n")
    sys.stdout.flush()


def main() -> None:
    """Run the command."""
    try:
        asyncio.run(run(read_options(sys.argv[1:])))
    except (ControlError, OSError) as error:
        sys.exit(f"sandbox: {error}")


if __name__ == "__main__":
    main()
