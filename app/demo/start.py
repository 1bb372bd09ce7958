"""From `tandem demo` to the line with the address: make a world and let it live a week, or go on with the last one."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import time
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typing_extensions import override

from app.boot import database
from app.boot.first_content import initialise
from app.boot.keys import load_keys
from app.boot.machine.lock import AlreadyRunningError, holding
from app.boot.schema import migrate
from app.boot.settings import Settings
from app.demo import cast
from app.demo.mailings import sending
from app.demo.model_server import talking_model
from app.demo.stories import live_the_week
from app.demo.telegram import local_telegram
from app.demo.tour import build_tour
from app.demo.week import DAYS, Week, begin_week, pass_the_night
from app.serve.start import serve
from core.clock import SystemClock
from core.lifecycle import OutboxState
from sandbox.client.client import SandboxClient
from sandbox.providers.registry import STAND_INS
from services.delivery.jobs import is_any_at_work
from services.delivery.sending.figures import take_figures
from services.tenancy.sign_in.codes import make_login_link
from web.api.panel import is_built

HOME = Path("data") / "demo"
LOCK = HOME.with_name("demo.lock")  # beside the world, which may be thrown away
STOPPED = {
    None: "Stopped.",
    False: "Stopped. The next start begins anew.",
    True: "Stopped. Everything is kept for the next time; --fresh begins anew.",
}
UNSAID = (OutboxState.PENDING, OutboxState.SENDING)


class DemoSettings(Settings):
    """Settings that hold only what the demo says itself: a developer's own must not lead it to their real bots."""

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: Any,
        **others: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read neither the environment nor `.env`."""
        del settings_cls, others
        return (init_settings,)


@dataclass
class Demo:
    """One start of the demo; `is_complete` is None until it is known, `failed` why the week could not be lived."""

    port: int
    open_browser: bool
    began: float
    address: str = ""
    is_complete: bool | None = None
    failed: list[BaseException] = field(default_factory=list)

    def run(self) -> int:
        """Serve until Ctrl-C; gives the exit status."""
        with self._world(), talking_model() as model:
            self.settings = settings = _settings(self.address, model)
            asyncio.run(migrate(settings.url))
            asyncio.run(_use_stand_ins(settings))
            if status := initialise(settings):
                return status
            _tell("Waking both bots…")
            status = serve(settings, self._on_ready)
        for error in self.failed:
            cause = _first_cause(error)
            sys.stderr.write(f"The week could not be lived: {cause or repr(cause)}\n")
        return 1 if self.failed else status

    @contextmanager
    def _world(self) -> Iterator[None]:
        """The local Telegram: the one from last time if its week was lived to the end, else a new one."""
        state = HOME / "sandbox.json"
        _tell("Starting a Telegram of your own…")
        if state.exists():
            with local_telegram(state, self.port) as self.address:
                self.is_complete = asyncio.run(_has_tour(self.address))
                if self.is_complete:
                    yield
                    return
        self.is_complete = False
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir(parents=True)
        with local_telegram(state, self.port) as self.address:
            asyncio.run(_furnish(self.address))
            yield

    def _on_ready(self) -> None:
        """The bots listen: live the week if that is still to be done, then say where to look."""
        self._preparing = asyncio.get_running_loop().create_task(self._prepare())
        self._preparing.add_done_callback(self._note_end)

    async def _prepare(self) -> None:
        if self.is_complete:
            async with SandboxClient(self.address) as telegram:
                await pass_the_night(telegram.clock)
        else:
            await self._live()
            self.is_complete = True
        first = self.address
        if is_built():
            first = await _make_panel_link(self.settings)
            _tell(f"The author's panel, good once within ten minutes (after that /panel in a bot): {first}")
        _tell(
            f"Ready in {time.monotonic() - self.began:.0f} s: open {self.address} in a browser to be everybody else."
            " Ctrl-C ends the demo."
        )
        if self.open_browser and _has_screen():
            webbrowser.open(first)

    async def _live(self) -> None:
        settings = _settings(self.address)
        async with (
            SandboxClient(self.address) as telegram,
            looking_on(settings) as is_quiet,
            sending(settings) as send,
        ):
            with _days_shown() as on_day:
                now = await telegram.clock.now()
                await live_the_week(telegram, Week(telegram.clock, now, is_quiet, on_day), send)
            await telegram.begin_tour(build_tour(), "Tandem", cast.NAMES)

    def _note_end(self, preparing: asyncio.Task[None]) -> None:
        if not preparing.cancelled() and (error := preparing.exception()):
            self.failed.append(error)
            signal.raise_signal(signal.SIGTERM)


def run_demo(*, port: int, fresh: bool, open_browser: bool) -> int:
    """Prepare, say where to look, serve until Ctrl-C; gives the exit status."""
    demo = Demo(port, open_browser, time.monotonic())
    status = 0
    try:
        with holding(LOCK, "the demo runs already in this folder: end it first with Ctrl-C"):
            if fresh:
                shutil.rmtree(HOME, ignore_errors=True)
            status = demo.run()
    except KeyboardInterrupt:
        pass
    except (OSError, AlreadyRunningError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _tell(STOPPED[demo.is_complete])
    return status


async def _has_tour(address: str) -> bool:
    """Whether this world is complete: the tour is the last thing that is put into it."""
    async with SandboxClient(address) as telegram:
        return bool((await telegram.tour())["steps"])


async def _furnish(address: str) -> None:
    async with SandboxClient(address) as telegram:
        await begin_week(telegram.clock)
        await cast.furnish(telegram)


async def _make_panel_link(settings: Settings) -> str:
    """Where the author comes into the panel."""
    db = database.build_database(settings, load_keys(settings), SystemClock())
    try:
        async with db.unit(db.env.account_id) as uow:
            return await make_login_link(uow, cast.EN.admin.id)
    finally:
        await db.close()


async def _use_stand_ins(settings: Settings) -> None:
    """Payments are made at the providers of this machine, whatever a developer has set for real ones."""
    for name in settings.offered_providers:
        if name in STAND_INS:
            values = STAND_INS[name].settings(settings.telegram_api_url)
            os.environ.update({f"{name}_{field}".upper(): value for field, value in values.items()})
    notify = {name: f"{settings.public_url}/payments/{name}" for name in STAND_INS}
    async with SandboxClient(settings.telegram_api_url) as telegram:
        await telegram.plan_providers(notify=notify)


def _settings(address: str, model: str = "") -> Settings:
    port = free_port()
    return DemoSettings(
        telegram_api_url=address,
        sales_bot_token=SecretStr(cast.SALES[0]),
        course_bot_token=SecretStr(cast.COURSE[0]),
        admin_ids=cast.ADMINS,
        community_chats={tariff: (chat,) for tariff, (chat, _) in cast.GROUPS.items()},
        data_dir=HOME,
        payment_providers=cast.WAYS,
        clock_url=f"{address}/clock",
        http_port=port,
        public_url=f"http://127.0.0.1:{port}",
        ai_base_url=model,
        log_level="ERROR",
    )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@asynccontextmanager
async def looking_on(settings: Settings) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Give what tells whether the bots have handled and said everything, and wait for nobody's answer."""
    db = database.build_database(settings, load_keys(settings), SystemClock())

    async def is_quiet() -> bool:
        figures = await take_figures(db)
        unsaid = figures.updates_waiting or any(figures.calls.get(state) for state in UNSAID)
        return not (unsaid or await is_any_at_work(db))

    try:
        yield is_quiet
    finally:
        await db.close()


@contextmanager
def _days_shown() -> Iterator[Callable[[int], None]]:
    """Show how far the week is: a bar that moves on a terminal, a line a day anywhere else."""
    if not sys.stdout.isatty():
        yield lambda day: _tell(f"Living through a week: day {day} of {DAYS}")
        return
    shown = TextColumn("Living through a week: day {task.completed} of {task.total}")
    with Progress(shown, BarColumn(), TimeElapsedColumn(), transient=True) as bar:
        task = bar.add_task("week", total=DAYS)
        yield lambda day: bar.update(task, completed=day)


def _first_cause(error: BaseException) -> BaseException:
    return _first_cause(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _has_screen() -> bool:
    return sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
