"""The sandbox as a process and as a stranger: its command line, its page, its imports."""

import ast
import asyncio
import re
import signal
import sys
from pathlib import Path

import aiohttp
from bot_client import PATIENCE

from sandbox.__main__ import read_options
from sandbox.client.client import SandboxClient

SANDBOX = Path(__file__).parents[2] / "sandbox"
ALLOWED = {"aiohttp", "sandbox"} | sys.stdlib_module_names
PLUGIN = {"pytest", "pytest_asyncio"}


def test_imports_only_the_standard_library_and_aiohttp() -> None:
    for path in SANDBOX.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                allowed = ALLOWED | PLUGIN if path.stem == "pytest_plugin" else ALLOWED
                assert name.split(".")[0] in allowed, f"{path.name} imports {name}"


def test_command_line() -> None:
    options = read_options(
        ["--port", "0", "--group-rate", "5/s", "--no-limits", "--bot", "1234:abc=@sales_bot"]
    )
    assert options.bots == (("1234:abc", "sales_bot"),)
    assert (options.limits.per_group, options.limits.group_window, options.limits.enabled) == (5, 1.0, False)


async def _status(session: aiohttp.ClientSession, url: str) -> int:
    async with session.get(url) as answer:
        return answer.status


async def test_process_starts_and_ends(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", "--state", str(tmp_path / "s.json"), "--bot", "1234:abc=sales_bot",
        stdout=asyncio.subprocess.PIPE, cwd=SANDBOX.parent,
    )  # fmt: skip
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode()
    url = line.split()[-1]
    async with aiohttp.ClientSession() as session:
        polls = [_status(session, f"{url}/bot1234:abc/getUpdates?timeout=50") for _ in range(2)]
        # One poll ousts the other: when that is told so, this one is under way.
        ousted, under_way = await asyncio.wait(
            map(asyncio.create_task, polls), return_when=asyncio.FIRST_COMPLETED
        )
        assert [poll.result() for poll in ousted] == [409]
        process.send_signal(signal.SIGTERM)
        # A long poll under way is answered, not cut.
        assert await asyncio.wait_for(under_way.pop(), PATIENCE) == 200
    assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    assert (tmp_path / "s.json").exists()


async def test_page_is_served(sandbox_url: str, session: aiohttp.ClientSession) -> None:
    async with session.get(sandbox_url + "/") as answer:
        assert answer.status == 200
        files = re.findall(r"/static/[\w./-]+", await answer.text())
    assert files
    assert {await _status(session, sandbox_url + one) for one in files} == {200}


async def test_live_stream(tg: SandboxClient, session: aiohttp.ClientSession, sandbox_url: str) -> None:
    anna = await tg.person("Anna")
    async with session.get(f"{sandbox_url}/sandbox/people/{anna.id}/events") as stream:
        await stream.content.readuntil(b"\n\n")
        await anna.start("sales_bot")
        event = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), PATIENCE)
        assert b'"text": "/start"' in event


async def test_nonsense_gets_a_reason(sandbox_url: str, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{sandbox_url}/sandbox/people", data=b"{") as answer:
        assert (answer.status, await answer.json()) == (400, {"error": "the body must be JSON"})
    async with session.get(f"{sandbox_url}/sandbox/people/nobody") as answer:
        assert answer.status == 404
    async with session.get(f"{sandbox_url}/nowhere") as answer:
        assert (await answer.json())["description"] == "Not Found"
