"""A small school for stories: two bots in the shared local Telegram and a real `tandem run` behind them."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from app.boot.bots import connect_bots
from app.boot.database import CONTENT
from app.boot.process import Process
from app.boot.settings import Settings
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from sandbox.client.client import Bot, Group, Person, SandboxClient
from services.content.files.sample import Content, read_content
from services.delivery.sending.dead_letters import list_dead_letters
from services.workflows.installing import load_content
from tests.stories.forked import Forked, run_tandem, start_tandem

ROOT = Path(__file__).parents[2]
TANDEM = Path(sys.executable).with_name("tandem")
DAYLIGHT = range(8, 17)  # hours of UTC in which it is day in Moscow, too
CHAT_RATE = 5  # messages a second of a person's chat, five times Telegram's: else stories wait for two thirds of their time
UP_SECONDS = 300
PATIENCE = 180.0  # seconds; only what never comes takes them, on a busy machine too
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4  # seconds between two looks
STOP_SECONDS = 180
TROUBLE = re.compile(r"Traceback| (?:ERROR|CRITICAL) ")
BLOCKED = "bot was blocked by the user"  # what the person did, no fault of ours
GROUPS = {"feedback": "Together", "premium": "Mentor"}
NUMBERS = count(1)
Found = TypeVar("Found")


@dataclass
class School:
    """Bots, two admins, two groups, and the process that serves them; `env` is the process's environment.

    Of the second admin the bots have never heard. `program` is what is started to `run` in place of `tandem`; that may open
    as many files as `descriptors` says, or what this process may.
    """

    telegram: str
    folder: Path
    env: dict[str, str]
    sales: Bot
    course: Bot
    admin_id: int
    silent_admin_id: int
    chats: Mapping[str, int]
    program: tuple[str, ...] = ()
    descriptors: int = 0
    process: subprocess.Popen[bytes] | Forked | None = None
    read_to: int = field(default=0)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.env['HTTP_PORT']}"

    @property
    def log_path(self) -> Path:
        return self.folder / "run.log"

    @property
    def console(self) -> Path:
        """What it prints, where somebody sits before it."""
        return self.folder / "run.out"

    def settings(self) -> Settings:
        return Settings(_env_file=None, **{name.lower(): value for name, value in self.env.items()})

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `tandem …` to its end."""
        return run_tandem(self.folder, environment(self.env), *words)

    def start(self) -> None:
        """Serve the bots; returns when they receive updates."""
        env = environment(self.env)
        if self.program:
            with self.log_path.open("ab") as log:
                self.process = subprocess.Popen([*self.program, "run"], cwd=self.folder, env=env, stderr=log)
        else:
            self.process = start_tandem(self.folder, env, self.log_path, self.descriptors, self.console)
        try:
            wait_until(lambda: answers(f"{self.address}/readyz") or self._ended())
        except BaseException:
            self.stop(signal.SIGKILL)  # who could not start it has nothing to stop
            raise

    def _ended(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"tandem run ended by itself:\n{self.log_path.read_text()}")
        return False

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End the process; gives its exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        status = self.process.wait(STOP_SECONDS)
        self.process = None
        return status

    def install(self, content: Content | None = None) -> None:
        """What `tandem init` does, without another process; with other content than the sample if given."""

        async def work() -> None:
            process = Process(self.settings())
            try:
                await connect_bots(process.db, process.keys, process.telegram, process.settings)
                await load_content(process.db, content or read_content(CONTENT), process.account_id)
            finally:
                await process.close()

        asyncio.run(work())

    def new_log(self) -> str:
        """What the process has logged since the last look."""
        with self.log_path.open("rb") as log:
            log.seek(self.read_to)
            fresh = log.read()
        self.read_to += len(fresh)
        return fresh.decode()

    async def assert_well(self, tg: SandboxClient, *, expected: str = "") -> None:
        """No error in the log and nothing dead (but `expected`), no rule of Telegram broken by these bots."""
        lines = [line for line in self.new_log().splitlines() if TROUBLE.search(line)]
        assert [line for line in lines if not (expected and re.search(expected, line))] == []
        dead = await self.dead_letters()
        assert [one for one in dead if not (expected and re.search(expected, one))] == []
        mine = {self.sales.username, self.course.username}
        report = await tg.report()
        assert [one for one in report["violations"] if one["bot"] in mine] == []

    async def dead_letters(self) -> list[str]:
        async with self.opened() as db:
            letters = await list_dead_letters(db, FIRST_ACCOUNT)
        return [f"{one.kind}: {one.what}: {one.error}" for one in letters if BLOCKED not in one.error]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Database]:
        """The database beside the running process."""
        process = Process(self.settings())
        try:
            yield process.db
        finally:
            await process.db.close()

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[AsyncConnection]:
        """A look into the database beside the running process."""
        async with self.opened() as db, db.reading() as conn:
            yield conn

    async def waiting(self) -> int:
        """How many updates are not handled yet, by the process's own figure."""
        text = await asyncio.to_thread(read, f"{self.address}/metrics")
        return int(float(re.search(r"^tandem_inbox_waiting (\S+)", text, re.MULTILINE)[1]))  # type: ignore[index]


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """The process gets ours and nothing of the developer's own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LC_ALL", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


@contextmanager
def started_sandbox() -> Iterator[str]:
    """A local Telegram in a process of its own; a chat takes fewer messages at once than ours believe.

    Its other limits are Telegram's. Chats of Telegram's own pace are those of `make demo` and `tests/faults/`.
    """
    limits = ["--chat-burst", "3", "--chat-rate", str(CHAT_RATE)]
    command = [sys.executable, "-m", "sandbox", "--port", "0", *limits]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def furnish(telegram: str, folder: Path, **more: str) -> School:
    """Two new bots, two admins who have not started them, two groups; nothing runs yet."""
    return asyncio.run(_furnish(telegram, folder, more))


async def _furnish(telegram: str, folder: Path, more: Mapping[str, str]) -> School:
    n = next(NUMBERS)
    async with SandboxClient(telegram) as tg:
        await see_daylight(tg)
        sales = await tg.add_bot(_token(n * 2), f"shop_{n}_bot", f"School {n}")
        course = await tg.add_bot(_token(n * 2 + 1), f"course_{n}_bot", f"Lessons {n}")
        admin = await tg.person("Marina", language_code="ru")
        silent = await tg.person("Olga", language_code="ru")
        chats = {
            right: (await tg.group(f"{title} {n}", owner=admin, bots=[sales])).id
            for right, title in GROUPS.items()
        }
    port = free_port()
    env = {
        "TELEGRAM_API_URL": telegram,
        "SALES_BOT_TOKEN": sales.token,
        "COURSE_BOT_TOKEN": course.token,
        "ADMIN_IDS": f"{admin.id},{silent.id}",
        "COMMUNITY_CHATS": ",".join(f"{right}:{chat}" for right, chat in chats.items()),
        "DATA_DIR": str(folder / "data"),
        "CLOCK_URL": f"{telegram}/clock",
        "HTTP_PORT": str(port),
        "MESSAGES_PER_CHAT_SECOND": str(CHAT_RATE),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **more,
    }
    (folder / "data").mkdir(parents=True, exist_ok=True)
    return School(telegram, folder, env, sales, course, admin.id, silent.id, chats)


async def see_daylight(tg: SandboxClient) -> None:
    """Where it is night, go on to noon: no lesson comes by itself at night, so no story begins then."""
    now = await tg.clock.now()
    if now.hour not in DAYLIGHT:
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
        await tg.clock.advance(seconds=((noon - now) % timedelta(days=1)).total_seconds())


def _token(number: int) -> str:
    return f"{710_000_000 + number}:Tandem-stories-token-of-the-sandbox"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - an address of this test
        return str(answer.read().decode())


def answers(url: str) -> bool:
    """Whether an address says 200."""
    try:
        read(url)
    except OSError:
        return False
    return True


def wait_until(is_so: Callable[[], bool], seconds: float = UP_SECONDS) -> None:
    """Ask again and again; AssertionError when it has not become so in time."""
    deadline = time.monotonic() + seconds
    pauses = _pauses()
    while not is_so():
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(next(pauses))


async def eventually(look: Callable[[], Awaitable[Found]], seconds: float = PATIENCE) -> Found:
    """The first truthy answer of `look`; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    pauses = _pauses()
    while not (found := await look()):
        assert time.monotonic() < deadline, f"{look} has not become true in {seconds} s"
        await asyncio.sleep(next(pauses))
    return found


def _pauses() -> Iterator[float]:
    """Between two looks: longer and longer, for each keeps those busy who are waited for."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(1.3 * pause, LONGEST_PAUSE)


async def group_of(tg: SandboxClient, school: School, right: str) -> Group:
    """The group of a right, for looking into it."""
    raw = await tg._link.get(f"/sandbox/groups/{school.chats[right]}")
    return Group(tg._link, raw)


async def admin_of(tg: SandboxClient, school: School) -> Person:
    """The school's admin."""
    return await tg.find_person(school.admin_id)


async def is_quiet(tg: SandboxClient, school: School) -> bool:
    """Whether all updates are taken from Telegram and handled."""
    bots: list[dict[str, Any]] = await tg._link.get("/sandbox/bots")
    pending = sum(one["pending"] for one in bots if one["id"] in {school.sales.id, school.course.id})
    return not pending and not await school.waiting()
