"""A rehearsal from the flow to the transcript: looked through first, then walked in a world of its own, gone afterwards."""

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from app.boot import database
from app.boot.bots import connect_bots
from app.boot.command import PLAIN
from app.boot.keys import load_keys
from app.boot.machine.terminal import find_language
from app.boot.process import Process
from app.boot.schema import migrate
from app.boot.settings import Settings
from app.demo.model_server import talking_model
from app.demo.start import DemoSettings, free_port, looking_on
from app.demo.telegram import local_telegram
from app.rehearsal.installed import load_installed, put_in_place
from app.rehearsal.student import Student
from app.serve.start import serve
from core.clock import SystemClock
from core.environment import Environment
from core.errors import DomainError
from core.flow.definition import Flow
from core.flow.inspection import Remark, Weight, inspect
from core.lifecycle import BotKind
from core.rules.language import guess_zone
from sandbox.client.client import SandboxClient
from services.content import flows
from services.content.drafts import get_draft
from services.content.files.sample import read_content
from services.content.importing.applying import Imported, deploy_import
from services.content.importing.reader import Course, read_path
from services.content.importing.report import describe_report
from services.content.messages import media
from services.tenancy.bots import get_bot
from services.workflows.installing import BOT_OF, load_content

SALES, COURSE = "900000001:AAFrehearsal_sales", "900000002:AAFrehearsal_course"
NAMES = {BotKind.SALES: "rehearsal_sales_bot", BotKind.COURSE: "rehearsal_course_bot"}
ADMIN = 1_001
HUSH = "ERROR"
PATH = "path"  # in place of a flow: the whole way
Prepare = Callable[[Process], Awaitable[str | None]]
Lead = Callable[[Student], Awaitable[list[Remark]]]


@dataclass
class Rehearsal:
    """One flow, one student, one language; `remarks` is all that was found."""

    settings: Settings
    wanted: str
    language: str
    content: Path = database.CONTENT  # what the made-up installation has besides
    remarks: list[Remark] = field(default_factory=list)

    def run(self) -> int:
        """Print the transcript and what was found; 1 if there was an error in it."""
        with tempfile.TemporaryDirectory(prefix="tandem-rehearsal-") as name:
            try:
                return self._rehearse(Path(name))
            except PLAIN as error:
                sys.stderr.write(f"{error}\n")
                return 1

    def _rehearse(self, home: Path) -> int:
        """What the flow brings along is kept in `home`, which is gone afterwards."""
        began = time.monotonic()
        if self.wanted == PATH:
            self._play_path(home)
            return self._sum_up(began)
        env = database.build_environment(self.settings, load_keys(self.settings))
        if Path(self.wanted).exists():
            env = replace(env, data_dir=home)
        flow = self._read_flow(env)
        if flow is None:
            return 1
        self.remarks += inspect(flow, partial(_has_file, env))
        if not self._errors():
            self._walk_flow(flow, home)
        return self._sum_up(began)

    def _sum_up(self, began: float) -> int:
        for remark in self.remarks:
            sys.stdout.write(f"{remark}\n")
        warnings = sum(remark.weight is Weight.WARNING for remark in self.remarks)
        said = f"{self._errors()} errors, {warnings} warnings"
        sys.stdout.write(f"rehearsed in {time.monotonic() - began:.0f} s: {said}\n")
        return 1 if self._errors() else 0

    def _errors(self) -> int:
        return sum(remark.weight is Weight.ERROR for remark in self.remarks)

    def _play_path(self, home: Path) -> None:
        """The whole way: the default scenario to the purchase, then the course that was bought, to its end."""
        left_out: list[DomainError] = []
        installed = asyncio.run(load_installed(self.settings, self.content, left_out))
        self._note_left_out(left_out)
        for flow in (installed.scenario, *installed.courses.values()):
            env = database.build_environment(self.settings, load_keys(self.settings))
            self.remarks += inspect(flow, partial(_has_file, env))
        if self._errors():
            return

        async def lead(student: Student) -> list[Remark]:
            return await student.walk_path(installed.scenario, installed.courses)

        self._play_in_world(home, partial(put_in_place, installed=installed), BotKind.SALES, lead)

    def _read_flow(self, env: Environment) -> Flow | None:
        path = Path(self.wanted)
        if not path.exists():
            return asyncio.run(self._load())
        batch = read_path(env, path)
        for line in describe_report(batch.report, find_language()):
            sys.stdout.write(f"{line}\n")
        for shelf in batch.shelves:
            shelf.keep()
        if batch.report.errors or len(batch.courses) != 1:
            sys.stderr.write("a rehearsal takes one flow without errors\n")
            return None
        return batch.courses[0].flow

    async def _load(self) -> Flow:
        """The draft of a flow if it has one, else its newest version."""
        process = Process(self.settings)
        try:
            async with process.db.unit(process.account_id) as uow:
                try:
                    return await get_draft(uow, self.wanted)
                except DomainError as refusal:
                    if refusal.code != "DRAFT_NOT_FOUND":
                        raise
                flow_id = await flows.get_flow_id(uow, self.wanted)
                return (await flows.get_latest_version(uow, flow_id)).flow
        finally:
            await process.close()

    def _walk_flow(self, flow: Flow, home: Path) -> None:
        async def lead(student: Student) -> list[Remark]:
            return await student.walk(flow)

        self.play(flow, home, lead)

    def play(self, flow: Flow, home: Path, lead: Lead) -> None:
        """Have one flow in a world of its own, where `lead` says what the student does; what it leaves is in `home`."""
        self._play_in_world(home, partial(_deploy, flow=flow), BOT_OF[flow.kind], lead)

    def _play_in_world(self, home: Path, prepare: Prepare, bot: BotKind, lead: Lead) -> None:
        with self._world(home) as settings:
            asyncio.run(migrate(settings.url))
            payload = asyncio.run(_prepare(settings, partial(self._fill, prepare=prepare)))
            walking: list[asyncio.Task[None]] = []

            def on_ready() -> None:
                walk = self._walk(settings, (NAMES[bot], payload or ""), lead)
                walking.append(asyncio.get_running_loop().create_task(walk))
                walking[0].add_done_callback(self._note_end)

            serve(settings, on_ready)

    async def _fill(self, process: Process, prepare: Prepare) -> str | None:
        """Both bots and the sample content, of which a broken file is left out and named; then what is rehearsed."""
        await connect_bots(process.db, process.keys, process.telegram, process.settings)
        left_out: list[DomainError] = []
        await load_content(process.db, read_content(self.content, left_out), process.account_id)
        self._note_left_out(left_out)
        return await prepare(process)

    def _note_left_out(self, left_out: Sequence[DomainError]) -> None:
        remarks = [Remark(Weight.WARNING, "", f"left out of this rehearsal: {left}") for left in left_out]
        self.remarks += [remark for remark in remarks if remark not in self.remarks]

    @contextmanager
    def _world(self, home: Path) -> Iterator[Settings]:
        kept_files = self.settings.data_dir / media.KEPT
        if kept_files.is_dir() and not (home / media.KEPT).exists():
            (home / media.KEPT).symlink_to(kept_files.resolve())
        with talking_model() as model, local_telegram(home / "sandbox.json", free_port()) as address:
            asyncio.run(_furnish(address))
            yield _settings(home, address, model)

    async def _walk(self, settings: Settings, door: tuple[str, str], lead: Lead) -> None:
        db = database.build_database(settings, load_keys(settings), SystemClock())
        try:
            async with SandboxClient(settings.telegram_api_url) as tg, looking_on(settings) as is_quiet:
                person = await tg.person("Alex", language_code=self.language)
                zone = guess_zone(self.language)
                student = Student(
                    tg,
                    db,
                    person,
                    self.language,
                    zone,
                    settings.public_url,
                    is_quiet,
                    _print,
                    db.env.account_id,
                )
                curator = await tg.person("Curator", id=ADMIN, language_code=self.language)
                student.curator = await curator.start(NAMES[BotKind.COURSE])
                student.chats.append(await person.start(*door))
                self.remarks += await lead(student)
        finally:
            await db.close()

    def _note_end(self, walking: asyncio.Task[None]) -> None:
        if not walking.cancelled() and (error := walking.exception()):
            self.remarks.append(Remark(Weight.ERROR, "", f"the walk broke off: {error!r}"))
        signal.raise_signal(signal.SIGTERM)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _has_file(env: Environment, ref: str) -> bool:
    try:
        media.find_file(env, ref)
    except DomainError:
        return False
    return True


async def _furnish(address: str) -> None:
    async with SandboxClient(address) as tg:
        for kind, token in ((BotKind.SALES, SALES), (BotKind.COURSE, COURSE)):
            await tg.add_bot(token, NAMES[kind], f"Rehearsal: {kind}")


async def _prepare(settings: Settings, prepare: Prepare) -> str | None:
    """Make the world ready; gives the start payload."""
    process = Process(settings)
    try:
        return await prepare(process)
    finally:
        await process.close()


async def _deploy(process: Process, flow: Flow) -> str:
    """Put the flow on its bot; gives the start payload."""
    async with process.db.unit(process.account_id) as uow:
        version = await flows.publish_flow(uow, flow)
        bot = await get_bot(uow, BOT_OF[flow.kind])
        imported = Imported(Course(flow, flow.slug, None), version.flow_id, version.number, changed=True)
        _, door = await deploy_import(uow, imported, bot.id, public=True)
        return door.payload or ""


def _settings(home: Path, address: str, model: str) -> Settings:
    port = free_port()
    return DemoSettings(
        telegram_api_url=address,
        sales_bot_token=SecretStr(SALES),
        course_bot_token=SecretStr(COURSE),
        admin_ids=(ADMIN,),
        data_dir=home,
        clock_url=f"{address}/clock",
        http_port=port,
        public_url=f"http://127.0.0.1:{port}",
        ai_base_url=model,
        log_level=HUSH,
    )
