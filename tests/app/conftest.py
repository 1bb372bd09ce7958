"""The commands are tried on a small school of the stories; the developer's own settings stay outside."""

import pytest

from app.boot.settings import Settings
from tests.stories.conftest import open_school, telegram, tg

__all__ = ["open_school", "telegram", "tg"]


@pytest.fixture(autouse=True)
def no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test says itself."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
