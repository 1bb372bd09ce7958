"""Forks `tandem …` for all workers of a run: it has imported once what each of these processes needs.

Every process gets a keeper, which says its number and, at its end, its exit status. The server ends with whoever holds
its standard input, the keepers with it, and what they keep with them. It imports nothing before it is asked.
"""

import gc
import json
import os
import resource
import selectors
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from utils.confined import die_with_parent

NOWHERE = Path(os.devnull)
NEEDED = (
    "app.cli.main",
    "app.boot.first_content",
    "app.cli.importing.courses",
    "app.cli.importing.older_bot",
    "app.cli.importing.people",
    "app.cli.courses.trigger_files",
    "app.demo.start",
    "app.serve.life_cycle",
    "app.serve.start",
    "pydantic.v1",
    "services.workflows.outreach",
    "services.workflows.publishing",
    "web.application",
)


def serve(listener: socket.socket) -> None:
    """Fork for whoever connects, until the standard input is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for keepers
    is_ready = False
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while all(key.fileobj is listener for key, _ in selector.select()):
            asked, _ = listener.accept()
            is_ready = is_ready or _prepare()
            if not os.fork():
                listener.close()
                _keep(asked)
            asked.close()


def _prepare() -> bool:
    for name in NEEDED:
        import_module(name)
    from core.text.catalog import LANGUAGES, catalogue

    for language in LANGUAGES:
        catalogue(language)
    gc.collect()
    gc.freeze()
    return True


def _keep(asked: socket.socket) -> None:
    """The life of a keeper."""
    die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with asked, asked.makefile("rw", encoding="utf-8") as lines:
        told = json.loads(lines.readline())
        if not (number := os.fork()):
            _become_tandem(**told)
        lines.write(f"{number}\n")
        lines.flush()
        _, status = os.waitpid(number, 0)
        with suppress(OSError):  # whoever asked may be gone
            lines.write(f"{os.waitstatus_to_exitcode(status)}\n")
            lines.flush()
    os._exit(0)


def _become_tandem(
    folder: str, env: dict[str, str], words: list[str], out: str, err: str, descriptors: int
) -> None:
    die_with_parent()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if descriptors:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    for number, path, flags in ((0, NOWHERE, os.O_RDONLY), (1, out, os.O_WRONLY), (2, err, os.O_WRONLY)):
        opened = os.open(path, flags | (os.O_APPEND | os.O_CREAT if number else 0), 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["tandem", *words]
    status = _run()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def _run() -> int:
    """The program's exit status; what it raises ends this process as it would end the program."""
    from app.cli.main import main

    said: Any = 0
    try:
        main()
    except SystemExit as end:
        said = end.code
    if said is None or isinstance(said, int):
        return said or 0
    print(said, file=sys.stderr)
    return 1


if __name__ == "__main__":
    with socket.socket(socket.AF_UNIX) as _listener:
        _listener.bind(sys.argv[1])
        _listener.listen(64)
        print("listening", flush=True)
        serve(_listener)
