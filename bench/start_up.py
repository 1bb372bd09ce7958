"""How soon the product is ready, beside `import aiogram` alone."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from bench.figures import Figure, Scale
from bench.stage import Stub, start_stub

ROUNDS = {Scale.FULL: 7, Scale.SHORT: 3, Scale.TINY: 1}
TANDEM = str(Path(sys.executable).with_name("tandem"))
PATIENCE = 60.0


def run(scale: Scale) -> Sequence[Figure]:
    """Medians of several starts, taken in turn."""
    aiogram, ready, helped = [], [], []
    with start_stub() as stub, tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        env = _environment(stub, folder)
        for command in ("migrate", "init"):
            subprocess.run([TANDEM, command], env=env, check=True, capture_output=True)
        for _ in range(ROUNDS[scale]):
            aiogram.append(_time([sys.executable, "-c", "import aiogram"], env))
            helped.append(_time([TANDEM, "--help"], env))
            ready.append(_time_until_ready(env))
    medians = [statistics.median(taken) for taken in (ready, aiogram, helped)]
    return [
        Figure(
            "`tandem run` ready ÷ `import aiogram`",
            medians[0] / medians[1],
            "x",
            goal=1.5,
            less_is_better=True,
            how=f"{medians[0]:.2f} ÷ {medians[1]:.2f} s, medians of {ROUNDS[scale]}",
        ),
        Figure("`tandem --help`", medians[2], "s", goal=0.3, less_is_better=True),
    ]


def _environment(stub: Stub, folder: str) -> dict[str, str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    return os.environ | {
        "TELEGRAM_API_URL": stub.url,
        "SALES_BOT_TOKEN": "71:AAFbench",
        "COURSE_BOT_TOKEN": "72:AAFbench",
        "DATA_DIR": folder,
        "DATABASE_URL": "",
        "HTTP_PORT": str(port),
    }


def _time(command: Sequence[str], env: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)
    return time.perf_counter() - began


def _time_until_ready(env: Mapping[str, str]) -> float:
    began = time.perf_counter()
    with subprocess.Popen(
        [TANDEM, "run"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not _is_ready(env["HTTP_PORT"]):
                assert process.poll() is None, "tandem run ended"
                assert time.perf_counter() - began < PATIENCE, "tandem run is not ready"
                time.sleep(0.02)
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait()


def _is_ready(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False
