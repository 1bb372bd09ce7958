"""The master keys are made once, for the owner alone; one process serves a SQLite file."""

import fcntl
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from app.boot.database import build_environment
from app.boot.keys import load_keys
from app.boot.machine.lock import AlreadyRunningError, only_owner
from app.boot.settings import Settings
from core.presses import Press, sign, verify
from services.content.deployments import personal_payload, personal_text
from utils.sealed import KeyMissingError
from utils.signing import fingerprint

K1, K2 = "k1:" + "11" * 32, "k2:" + "22" * 32


def settings(folder: Path, **values: str) -> Settings:
    return Settings(_env_file=None, data_dir=folder / "data", **values)


def test_keys_are_made_once_and_readable_by_the_owner_alone(tmp_path: Path) -> None:
    first = load_keys(settings(tmp_path))
    path = tmp_path / "data" / "keys"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = path.read_text()
    assert load_keys(settings(tmp_path)).primary == first.primary
    assert path.read_text() == written


def test_given_keys_are_taken_and_none_are_written(tmp_path: Path) -> None:
    ring = load_keys(settings(tmp_path, master_keys=f"{K2},{K1}"))
    assert ring.primary == b"\x22" * 32
    assert not (tmp_path / "data" / "keys").exists()


@pytest.mark.parametrize("wrong", ["k1", "k1:zz", "k1:" + "0" * 10, ","])
def test_wrong_keys_are_refused_without_being_shown(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="master key") as raised:
        load_keys(settings(tmp_path, master_keys=wrong))
    assert "0000000000" not in str(raised.value)


def test_what_was_made_under_the_key_before_stays_good_until_that_leaves_the_setting(tmp_path: Path) -> None:
    old, both, new = (
        build_environment(one, load_keys(one))
        for one in (settings(tmp_path, master_keys=keys) for keys in (K1, f"{K2},{K1}", K2))
    )
    press, holders = Press("rv", "1"), ("5",)
    data = sign(old.signing_key, 7, 5, "5", press)
    hashed = fingerprint(personal_text(old.signing_key, 1, 9))
    assert [verify(one.signing_keys, 7, 5, holders, data) for one in (both, new)] == [press, None]
    shown = [personal_payload(one.signing_keys, 1, "abc", 9, hashed) for one in (old, both, new)]
    assert shown[0] == shown[1] != shown[2] is None
    sealed = old.keys.seal("token", "bots/1/7")
    assert both.keys.open(sealed, "bots/1/7") == "token"
    assert both.keys.seal("token", "bots/1/7").startswith("k2.")


def test_what_was_sealed_opens_only_in_its_place(tmp_path: Path) -> None:
    ring = load_keys(settings(tmp_path))
    sealed = ring.seal("secret", "bots/1/7")
    assert "secret" not in sealed
    assert ring.open(sealed, "bots/1/7") == "secret"
    with pytest.raises(KeyMissingError):
        ring.open(sealed, "bots/2/7")


def test_the_second_owner_is_refused_and_the_next_is_not(tmp_path: Path) -> None:
    one = settings(tmp_path)
    with only_owner(one), pytest.raises(AlreadyRunningError, match="another Tandem serves"), only_owner(one):
        pass
    with only_owner(one):
        pass


def _name(kind: str, file: Path, folder: Path) -> str:
    """Another way to say the same file."""
    other = folder / "other.db"
    if kind == "symlink":
        other.symlink_to(file)
    elif kind == "hard link":
        other.hardlink_to(file)
    elif kind == "linked folder":
        (folder / "link").symlink_to(file.parent)
        other = folder / "link" / file.name
    else:
        other = file
    return {
        "more words": f"sqlite:///{other}?timeout=5",
        "driver": f"sqlite+aiosqlite:///{other}",
        "dots": f"sqlite:///{other.parent}/../{other.parent.name}/{other.name}",
        "file": f"sqlite:///file:{other}?uri=true",
    }.get(kind, f"sqlite:///{other}")


@pytest.mark.parametrize(
    "kind", ["more words", "driver", "dots", "file", "symlink", "linked folder", "hard link"]
)
def test_the_lock_belongs_to_the_file_however_it_is_called(tmp_path: Path, kind: str) -> None:
    if kind == "hard link" and not hasattr(fcntl, "F_OFD_SETLK"):
        pytest.skip("this system locks names, not files")
    first = settings(tmp_path)
    first.data_dir.mkdir()
    file = first.data_dir / "tandem.db"
    file.touch()
    second = settings(tmp_path, database_url=_name(kind, file, tmp_path))
    with only_owner(first), pytest.raises(AlreadyRunningError), only_owner(second):
        pass
    with only_owner(second), pytest.raises(AlreadyRunningError), only_owner(first):
        pass


def test_the_lock_lets_sqlite_work(tmp_path: Path) -> None:
    file = tmp_path / "data" / "tandem.db"
    with only_owner(settings(tmp_path)):
        for _ in range(2):
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS t (n)")
                connection.execute("INSERT INTO t VALUES (1)")
                connection.commit()
        with pytest.raises(AlreadyRunningError), only_owner(settings(tmp_path)):
            pass


def test_a_database_in_memory_has_no_file(tmp_path: Path) -> None:
    one = settings(tmp_path, database_url="sqlite:///:memory:")
    with only_owner(one), only_owner(one):
        pass


def test_postgresql_needs_no_lock(tmp_path: Path) -> None:
    one = settings(tmp_path, database_url="postgresql://u@127.0.0.1/x")
    with only_owner(one), only_owner(one):
        assert not list(tmp_path.rglob("*.lock"))
