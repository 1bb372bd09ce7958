"""Build the panel: TypeScript of `web/panel` → the files of `web/static`, which the program serves.

Nothing built is kept in the repository. What is built already is not built again; where Node cannot be had one line says
why, and the program runs without its panel. `--checked` looks at its types and runs its own tests first.
"""

import gzip
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.npm import ROOT, CannotInstallError, find_npm, run

SOURCE = ROOT / "web" / "panel"
TARGET = ROOT / "web" / "static"
PACKED = {".js", ".css", ".html", ".svg"}


class PanelBrokenError(Exception):
    """The sources are wrong; the text is what the compiler said."""


def stamp_of(paths: Iterator[Path]) -> str:
    """Name what these files say."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def list_sources() -> Iterator[Path]:
    """Everything the build reads; its libraries are named by the lock."""
    yield from (SOURCE / name for name in ("package-lock.json", "vite.config.ts", "index.html"))
    yield from (path for path in (SOURCE / "src").rglob("*") if path.is_file())


def install_libraries(npm: list[str], *, to_check: bool) -> None:
    """Have the libraries of the lock, those of the checks only where they are wanted; what is there is left alone."""
    stamp = SOURCE / "node_modules" / ".stamp"
    lock = stamp_of(iter([SOURCE / "package-lock.json"]))
    known = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    if known[:1] == [lock] and (known[1] == "all" or not to_check):
        return
    command = [
        *npm,
        "ci",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        *([] if to_check else ["--omit=dev"]),
    ]
    run(
        command,
        "the panel's libraries could not be fetched; is there a connection to a package registry?",
        cwd=SOURCE,
    )
    stamp.write_text(f"{lock} {'all' if to_check else 'some'}", encoding="utf-8")


def build(npm: list[str], stamp: str) -> None:
    """Build beside the former result, then take its place."""
    fresh = TARGET.with_name("static-fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    run([*npm, "run", "build", "--", "--outDir", str(fresh)], "the panel could not be built", cwd=SOURCE)
    for path in [path for path in fresh.rglob("*") if path.suffix in PACKED]:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    (fresh / ".stamp").write_text(stamp, encoding="utf-8")
    shutil.rmtree(TARGET, ignore_errors=True)
    fresh.rename(TARGET)


def look(npm: list[str], chore: str) -> None:
    """Run one of the checks that `package.json` names."""
    command = [*npm, "run", chore]
    checked = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=False)  # noqa: S603 - npm of this machine
    if checked.returncode:
        raise PanelBrokenError(checked.stdout + checked.stderr)


def make(stamp: str, *, to_check: bool) -> None:
    """Fetch, check and build. Raises CannotInstallError, and PanelBrokenError for what is wrong in the sources."""
    npm = find_npm(to_build=True)
    install_libraries(npm, to_check=to_check)
    for chore in ("check", "test") if to_check else ():
        look(npm, chore)
    build(npm, stamp)


def main(arguments: Sequence[str]) -> int:
    """Build what has changed; 1 where the sources are wrong."""
    to_check = "--checked" in arguments
    stamp, done = stamp_of(list_sources()), TARGET / ".stamp"
    if done.exists() and done.read_text(encoding="utf-8") == stamp:
        return 0
    print("setup: building the panel (half a minute the first time) …", flush=True)
    started = time.monotonic()
    try:
        make(stamp, to_check=to_check)
    except CannotInstallError as error:
        print(f"setup: no panel: {error}. Everything else runs without it.", file=sys.stderr)
        return 0
    except PanelBrokenError as error:
        print(f"setup: the panel is broken:\n{error}", file=sys.stderr)
        return 1
    print(f"setup: the panel is built ({time.monotonic() - started:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
