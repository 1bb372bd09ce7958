"""Files for their owner alone, and a disk that takes nothing more, in plain words."""

import resource
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.boot.machine.private_files import private_files
from app.boot.schema import explain
from app.boot.settings import Settings
from services.content.messages.media import keep_file
from tests.stories.school import environment

SMALL_DISK = 20_000  # bytes of a file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def migrate(folder: Path, *, disk: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess[str]:
    # -B: on a disk as small as this, what Python compiles is cut off, and breaks whoever imports it next
    return subprocess.run(
        [sys.executable, "-B", "-c", "from app.cli.main import main; main()", "migrate"],
        cwd=folder,
        env=environment({"DATA_DIR": str(folder / "data")}),
        capture_output=True,
        text=True,
        check=False,
        umask=0o022,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (disk, disk)),
    )


def test_the_database_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    done = migrate(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert mode(tmp_path / "data" / "tandem.db") == 0o600


def test_what_was_open_before_is_closed_and_media_are_made_closed(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    for name in ("tandem.db", "tandem.db-wal"):
        (tmp_path / name).touch(0o644)
    (tmp_path / "kept").mkdir(0o755)

    class Place:
        data_dir = tmp_path

    with private_files(settings):
        ref = keep_file(Place(), b"a picture", ".jpg")  # type: ignore[arg-type]
        (tmp_path / "backup").write_text("a copy")
    assert {mode(tmp_path / name) for name in ("tandem.db", "tandem.db-wal", "backup", ref)} == {0o600}
    assert mode(tmp_path / "kept") == 0o700


def test_a_full_disk_is_said_in_plain_words(tmp_path: Path) -> None:
    done = migrate(tmp_path, disk=SMALL_DISK)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "the disk" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("pragma", "words"), [("max_page_count = 1", "the disk is full"), ("query_only = 1", "cannot be written")]
)
def test_what_the_database_says_about_its_disk(tmp_path: Path, pragma: str, words: str) -> None:
    with closing(sqlite3.connect(tmp_path / "small.db")) as connection:
        connection.execute(f"PRAGMA {pragma}")
        with pytest.raises(sqlite3.OperationalError) as raised:
            connection.execute("CREATE TABLE t (n)")
    assert words in explain(OperationalError("CREATE", {}, raised.value))


def test_other_trouble_of_the_database_is_not_explained_away() -> None:
    assert explain(OperationalError("SELECT", {}, sqlite3.OperationalError("no such table: t"))) == ""
