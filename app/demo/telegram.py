"""The demo's local Telegram: a process of its own that keeps its state and ends with the demo, however that ends."""

import asyncio
import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.server import serve
from sandbox.state.options import Options
from sandbox.wire.errors import ControlError

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
PORTS_TRIED = 20
LAST_PORT = 65_535
STOP_SECONDS = 10


@contextmanager
def local_telegram(state: Path, port: int) -> Iterator[str]:
    """Give the address of a local Telegram that keeps everything in `state`; a port in use is passed over.

    A process group of its own keeps a terminal's Ctrl-C from it: the bots still have something to say when
    that comes. Once its input is closed it ends, so it does not outlive us either.
    """
    command = [sys.executable, "-m", __name__, str(_free_port(port)), str(state.absolute())]
    process = subprocess.Popen(  # noqa: S603 - ourselves
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0
    )
    try:
        address = process.stdout.readline().strip() if process.stdout else ""
        if not address:
            raise OSError("the local Telegram did not start; --fresh begins anew")
        yield address
    finally:
        process.communicate(timeout=STOP_SECONDS)


def _free_port(wanted: int) -> int:
    last = min(wanted + PORTS_TRIED - 1, LAST_PORT)
    for port in range(wanted, last + 1):
        try:
            with socket.create_server((HOST, port)) as attempt:
                return int(attempt.getsockname()[1])
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise OSError(
                    f"port {port} is not to be had ({error.strerror}); name another with --port"
                ) from None
    raise OSError(f"ports {wanted} to {last} are all in use; name another with --port")


async def _run(port: int, state: Path) -> None:
    """Serve until the demo closes our input: by its end, or by dying."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait_for_the_end() -> None:
        os.read(sys.stdin.fileno(), 1)
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    await serve(Options(host=HOST, port=port, state=state), _announce, stop)


def _announce(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        asyncio.run(_run(int(sys.argv[1]), Path(sys.argv[2])))
    except (ControlError, OSError) as error:
        sys.exit(str(error))
