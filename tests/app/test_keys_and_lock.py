"""The master keys are made once, for the owner alone; one process serves a SQLite file."""

import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from app.keys import load_keys
from app.lock import AlreadyRunningError, only_owner
from core.config import Settings


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
    ring = load_keys(settings(tmp_path, master_keys="k2:" + "22" * 32 + ",k1:" + "11" * 32))
    assert ring.primary == b"\x22" * 32
    assert not (tmp_path / "data" / "keys").exists()


@pytest.mark.parametrize("wrong", ["k1", "k1:zz", "k1:" + "0" * 10, ","])
def test_wrong_keys_are_refused_without_being_shown(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="master key") as raised:
        load_keys(settings(tmp_path, master_keys=wrong))
    assert "0000000000" not in str(raised.value)


def test_what_was_sealed_opens_only_in_its_place(tmp_path: Path) -> None:
    ring = load_keys(settings(tmp_path))
    sealed = ring.seal("secret", "bots/1/7")
    assert "secret" not in sealed
    assert ring.open(sealed, "bots/1/7") == "secret"
    with pytest.raises(InvalidTag):
        ring.open(sealed, "bots/2/7")


def test_the_second_owner_is_refused_and_the_next_is_not(tmp_path: Path) -> None:
    one = settings(tmp_path)
    with only_owner(one), pytest.raises(AlreadyRunningError, match="another Tandem serves"), only_owner(one):
        pass
    with only_owner(one):
        pass


def test_postgresql_needs_no_lock(tmp_path: Path) -> None:
    one = settings(tmp_path, database_url="postgresql://u@127.0.0.1/x")
    with only_owner(one), only_owner(one):
        assert not list(tmp_path.rglob("*.lock"))
