"""The installer of the browser, with an npm that misbehaves: it says why and goes on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"
FAILS = "echo 'npm error code ECONNREFUSED' >&2; exit 1"
# `npm pack … --pack-destination <folder>`: the folder is the last word.
OTHER_FILE = 'for folder; do :; done; echo "something else" >"$folder/chromium.tgz"'


def _install(place: Path, npm: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the installer in a folder of its own, where this npm is the only one."""
    (place / "scripts").mkdir()
    (place / ".venv").mkdir()
    for name in ("__init__.py", "install_browser.py", "npm.py", "node.lock"):
        shutil.copy(SCRIPTS / name, place / "scripts")
    program = place / "npm"
    program.write_text(f"#!/bin/sh\n{npm}\n")
    program.chmod(0o755)
    return subprocess.run(
        [sys.executable, "-m", "scripts.install_browser"],
        cwd=place,
        env={"PATH": str(place), "HOME": os.environ["HOME"], **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_registry_it_says_so_and_the_tests_go_on(tmp_path: Path) -> None:
    done = _install(tmp_path, FAILS)
    assert done.returncode == 0
    assert "no browser: npm could not fetch" in done.stderr
    assert "is there a connection to a package registry? (npm error code ECONNREFUSED)" in done.stderr
    assert "The browser tests will be skipped" in done.stderr
    assert list((tmp_path / ".venv").iterdir()) == []


def test_a_file_that_was_not_pinned_is_refused(tmp_path: Path) -> None:
    done = _install(tmp_path, OTHER_FILE)
    assert "is not the file that was pinned" in done.stderr
    assert list((tmp_path / ".venv").iterdir()) == []


def test_a_named_browser_is_not_fetched(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    done = _install(tmp_path, f'echo "$@" >>{asked}; {FAILS}', CHROMIUM="a-chromium-of-ones-own")
    assert done.returncode == 0
    assert "chromium" not in asked.read_text()
