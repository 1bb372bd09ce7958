"""`tandem demo`: a local Telegram, the sample course and both bots, without token or internet."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import webbrowser
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from app.commands import initialise, serve
from app.schema import migrate
from core.config import Settings
from sandbox.client import SandboxClient, is_up
from sandbox.client_chat import SandboxRefusedError

HOME = Path("data") / "demo"
SALES = ("700000001:DEMO-sales-bot-token-of-the-sandbox", "clear_words_bot", "Clear words")
COURSE = ("700000002:DEMO-course-bot-token-of-the-sandbox", "clear_words_course_bot", "Clear words: lessons")
ADMIN = 1001
OPENS_AT = "?person=anna&chat=clear_words_bot"
GROUPS = {
    "feedback": (-1001000000001, "Clear words: together"),
    "premium": (-1001000000002, "Clear words: mentor"),
}
PORTS_TRIED = 20
UP_SECONDS = 15


def run_demo(*, port: int, fresh: bool, open_browser: bool) -> int:
    """Prepare, say where to look, serve until Ctrl-C; gives the exit status."""
    began = time.monotonic()
    if fresh:
        shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True, exist_ok=True)
    _tell("Starting a Telegram of your own…")
    address = f"http://127.0.0.1:{_free_port(port)}"
    sandbox = _start_sandbox(address)
    try:
        asyncio.run(_furnish(address))
        settings = _settings(address)
        _tell("Setting up the sample course…")
        asyncio.run(migrate(settings.url))
        if status := initialise(settings):
            return status
        return serve(settings, lambda: _welcome(f"{address}/{OPENS_AT}", began, open_browser=open_browser))
    finally:
        sandbox.terminate()
        sandbox.wait(timeout=10)
        _tell("Stopped. Everything is kept for the next time; --fresh begins anew.")


def _welcome(address: str, began: float, *, open_browser: bool) -> None:
    _tell(f"Ready in {time.monotonic() - began:.0f} s. Open {address}")
    _tell("Anna buys the course, Marina reviews her work; +1 day brings the next lesson. Ctrl-C ends it.")
    if open_browser and _has_screen():
        webbrowser.open(address)


def _settings(address: str) -> Settings:
    return Settings(
        telegram_api_url=address,
        sales_bot_token=SecretStr(SALES[0]),
        course_bot_token=SecretStr(COURSE[0]),
        admin_ids=(ADMIN,),
        community_chats={tariff: (chat,) for tariff, (chat, _) in GROUPS.items()},
        data_dir=HOME,
        clock_url=f"{address}/clock",
        http_port=0,
        log_level="WARNING",
    )


async def _furnish(address: str) -> None:
    """The bots, a few people and the paid groups; what is there from last time stays."""
    await _wait_until_up(address)
    async with SandboxClient(address) as telegram:
        for token, username, name in (SALES, COURSE):
            await telegram.add_bot(token, username, name)
        with suppress(SandboxRefusedError):
            await telegram.find_person(ADMIN)
            return
        marina = await telegram.person("Marina", id=ADMIN, username="marina", language_code="ru")
        await telegram.person("Anna", id=1002, username="anna", language_code="ru")
        await telegram.person("Ben", id=1003, username="ben", language_code="en")
        await marina.start(COURSE[1])
        for chat, title in GROUPS.values():
            await telegram.group(title, id=chat, owner=ADMIN, bots=[SALES[1]])


async def _wait_until_up(address: str) -> None:
    deadline = time.monotonic() + UP_SECONDS
    while not await is_up(address):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the local Telegram at {address} does not answer")
        await asyncio.sleep(0.05)


def _start_sandbox(address: str) -> subprocess.Popen[bytes]:
    port = address.rpartition(":")[2]
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        port,
        "--state",
        str(HOME.absolute() / "sandbox.json"),
    ]
    return subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.DEVNULL)  # noqa: S603


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if attempt.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError(f"ports {wanted} to {wanted + PORTS_TRIED - 1} are all in use; name another with --port")


def _has_screen() -> bool:
    return sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
