"""Files commands take: one that would be read without end is refused in plain words."""

from pathlib import Path

import pytest

from app.cli.documents import read_document
from core.errors import DomainError
from services.content.files import documents
from services.content.files.sample import load_yaml
from tests.factories.bombs import merge_bomb
from utils.confined import Limits

SMALL = Limits(seconds=1, megabytes=400)


def test_a_document_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shared.yaml"
    path.write_bytes(merge_bomb(first="{one: 1}"))
    monkeypatch.setattr(documents, "LIMITS", SMALL)
    with pytest.raises(DomainError, match="needs too much time or memory"):
        read_document(path, "SHARED_INVALID", "shared-needed")


def test_a_profile_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "profile.yaml"
    path.write_bytes(merge_bomb(first="{one: 1}"))
    monkeypatch.setattr(documents, "LIMITS", SMALL)
    with pytest.raises(DomainError, match="needs too much time or memory"):
        load_yaml(path)


def test_half_a_character_is_named_in_every_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    for text in ('a: [{b: "\\ud83d"}]', '"\\ud83d": a', 'a: "b\\0"'):
        path.write_text(text)
        with pytest.raises(DomainError, match="half of a character"):
            read_document(path, "SHARED_INVALID", "shared-needed")
        with pytest.raises(DomainError, match="half of a character"):
            load_yaml(path)


def test_a_document_that_contains_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: &a [*a]")
    with pytest.raises(DomainError, match="values, its aliases counted"):
        read_document(path, "SHARED_INVALID", "shared-needed")
