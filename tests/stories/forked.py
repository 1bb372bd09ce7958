"""`tandem …` as a process of its own that need not import anything: forked from a server that has done so once."""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

SECONDS = 120
NOWHERE = Path(os.devnull)
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "app.cli.main",
        "app.boot.first_content",
        "app.cli.importing.courses",
        "app.cli.importing.older_bot",
        "app.cli.importing.people",
        "app.cli.trigger_files",
        "app.serve.life_cycle",
        "app.serve.start",
        "services.workflows.outreach",
        "services.workflows.publishing",
        "web.application",
    ]
)


class Forked:
    """A `tandem run` with the methods of a Popen that schools use."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    def poll(self) -> int | None:
        """Its exit status, once it has ended."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Its exit status; TimeoutExpired if it does not end in time."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("tandem run", timeout)
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """As another process would."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)


def run_tandem(folder: Path, env: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; AssertionError if it has not ended in time."""
    said, complained = folder / "command.out", folder / "command.err"
    for path in (said, complained):
        path.write_text("")
    process = _fork(folder, env, words, said, complained)
    process.join(SECONDS)
    if process.exitcode is None:
        process.kill()
        raise AssertionError(f"tandem {' '.join(words)} has not ended in {SECONDS} s")
    return subprocess.CompletedProcess(words, process.exitcode, said.read_text(), complained.read_text())


def start_tandem(folder: Path, env: Mapping[str, str], log: Path, descriptors: int = 0) -> Forked:
    """Start `tandem run`, which may open so many files if that is said; what it logs is added to `log`."""
    return Forked(_fork(folder, env, ("run",), NOWHERE, log, descriptors))


def _fork(
    folder: Path, env: Mapping[str, str], words: tuple[str, ...], out: Path, err: Path, descriptors: int = 0
) -> ForkServerProcess:
    told = (folder, dict(env), words, out, err, descriptors)
    process = _FORKS.Process(target=_become_tandem, args=told, daemon=True)
    process.start()
    return process


def _become_tandem(
    folder: Path, env: dict[str, str], words: tuple[str, ...], out: Path, err: Path, descriptors: int
) -> None:
    if descriptors:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    for number, path, flags in ((0, NOWHERE, os.O_RDONLY), (1, out, os.O_WRONLY), (2, err, os.O_WRONLY)):
        os.dup2(os.open(path, flags | (os.O_APPEND | os.O_CREAT if number else 0), 0o600), number)
    sys.argv = ["tandem", *words]
    from app.cli.main import main

    main()
