"""`tandem demo` as a first-time visitor meets it."""

import asyncio
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.client import SandboxClient
from tests.stories.school import TANDEM, answers, environment, free_port, wait_until

READY = re.compile(r"http://127\.0\.0\.1:\d+")
STOP_SECONDS = 12


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [TANDEM, "demo", "--no-browser", "--port", str(free_port())]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        if process.poll() is None:
            process.kill()


def test_it_comes_up_answers_and_ends_at_once(demo: subprocess.Popen[str], tmp_path: Path) -> None:
    address = _address(demo)
    wait_until(lambda: answers(address))
    asyncio.run(_visit(address))
    began = time.monotonic()
    demo.send_signal(signal.SIGINT)
    rest, errors = demo.communicate(timeout=60)
    assert demo.returncode == 0, errors
    assert time.monotonic() - began < STOP_SECONDS
    assert "Stopped" in rest
    assert "Traceback" not in errors
    assert not answers(address)
    assert {path.name for path in (tmp_path / "data" / "demo").iterdir()} >= {"tandem.db", "sandbox.json"}


def _address(demo: subprocess.Popen[str]) -> str:
    """The address in the line that says it is ready."""
    assert demo.stdout is not None
    for line in demo.stdout:
        if found := READY.search(line):
            return found.group()
    raise AssertionError("the demo ended without saying where it is")


async def _visit(address: str) -> None:
    async with SandboxClient(address) as tg:
        ben = await tg.find_person(1003)
        chat = await ben.start("clear_words_bot")
        assert (await chat.expect(timeout=30)).buttons
