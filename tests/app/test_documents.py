"""Files commands take: one that would be read without end is refused in plain words."""

from pathlib import Path

import pytest

from app import documents
from core.errors import DomainError
from services.content import sample
from tests.factories.bombs import merge_bomb
from utils.confined import Limits

SMALL = Limits(seconds=1, megabytes=400)


def test_a_document_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shared.yaml"
    path.write_bytes(merge_bomb(first="{one: 1}"))
    monkeypatch.setattr(documents, "LIMITS", SMALL)
    with pytest.raises(DomainError, match="needs too much time or memory"):
        documents.read_document(path, "SHARED_INVALID", "a map")


def test_a_profile_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "profile.yaml"
    path.write_bytes(merge_bomb(first="{one: 1}"))
    monkeypatch.setattr(sample, "LIMITS", SMALL)
    with pytest.raises(DomainError, match="needs too much time or memory"):
        sample.load_yaml(path)
