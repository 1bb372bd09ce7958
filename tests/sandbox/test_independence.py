"""The sandbox works where nothing of ours is, with bots of two libraries."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from sandbox.client.client import SandboxClient

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OURS = (
    "app",
    "bench",
    "bots",
    "core",
    "payment",
    "scripts",
    "services",
    "utils",
    "web",
    "aiogram",
    "telegram",
)
# Our packages are installed for the tests: here they cannot be had, whatever is asked for them.
NOTHING_OF_OURS = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {OURS}:
            raise ImportError(f"{{name}} is not here")
sys.meta_path.insert(0, Refuse())
"""
BOTS = {"7001:AAA-aiogram": "echo_aiogram.py", "7002:BBB-telegram-bot": "echo_telegram_bot.py"}


@contextmanager
def running(arguments: list[str], folder: Path, **env: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with a copy of the sandbox and nothing else of ours."""
    shutil.copytree(ROOT / "sandbox", tmp_path / "sandbox", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "sitecustomize.py").write_text(NOTHING_OF_OURS)
    return tmp_path


async def test_two_libraries_echo_bots_live_in_a_copy(elsewhere: Path) -> None:
    named = [part for number, token in enumerate(BOTS) for part in ("--bot", f"{token}=echo_{number}_bot")]
    with ExitStack() as stack:
        arguments = ["-m", "sandbox", "--port", "0", *named]
        copy = stack.enter_context(running(arguments, elsewhere, PYTHONPATH=str(elsewhere)))
        assert copy.stdout is not None
        url = copy.stdout.readline().split()[-1]
        for token, script in BOTS.items():
            stack.enter_context(running([str(HERE / script), url, token], elsewhere))
        async with SandboxClient(url) as tg:
            anna = await tg.person("Anna", language_code="ru")
            for number in range(len(BOTS)):
                chat = await anna.start(f"echo_{number}_bot")
                await chat.expect("/start", timeout=60)
                await chat.send("Привет, echo")
                assert (await chat.expect("Привет")).text == "Привет, echo"
                await chat.send_photo("See")
                assert (await chat.expect("See")).media == "photo"
