"""Started without tokens: it leads to them, keeps each at once, and goes on where it was."""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.boot.first_tokens import ask_for_tokens, lead_to_tokens, list_lacking
from app.boot.settings import Settings
from core.lifecycle import BotKind

SALES, COURSE = "101:AAF-sells", "202:AAF-teaches"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SALES_BOT_TOKEN", "COURSE_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def typing(*lines: str) -> Callable[[str], str]:
    told: Iterator[str] = iter(lines)
    return lambda _: next(told)


def know(_: Settings, token: str) -> str | None:
    """A Telegram with these two bots, away for every other but 999."""
    return {SALES: "shop_bot", COURSE: "school_bot", "999:gone": None}.get(token, "")


def test_a_program_without_a_keyboard_says_what_to_do_and_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert lead_to_tokens(Settings()) is None
    told = capsys.readouterr().err
    for piece in ("https://t.me/BotFather", "/newbot", str(tmp_path / ".env"), "SALES_BOT_TOKEN=…", "COURSE_BOT_TOKEN=…", "make demo"):  # fmt: skip
        assert piece in told
    (tmp_path / ".env").write_text(f"SALES_BOT_TOKEN={SALES}\n")
    assert lead_to_tokens(Settings()) is None
    told = capsys.readouterr().err
    assert ("COURSE_BOT_TOKEN=…" in told, "SALES_BOT_TOKEN=…" in told) == (True, False)


def test_what_was_given_is_kept_at_once_and_only_the_rest_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / ".env"
    file.write_text("SALES_BOT_TOKEN=\nADMIN_IDS=7")
    assert ask_for_tokens(Settings(), typing("no token", "999:gone", SALES, ""), know) is None
    told = capsys.readouterr().err
    assert ("123456789:AAF…" in told, "does not know this token" in told, "@shop_bot" in told) == (True, True, True)  # fmt: skip
    assert SALES not in told
    assert list_lacking(Settings()) == [BotKind.COURSE]
    settings = ask_for_tokens(Settings(), typing(SALES, COURSE), know)
    assert "other bot" in capsys.readouterr().err
    assert settings is not None
    assert list_lacking(settings) == []
    assert (
        file.read_text()
        == f"SALES_BOT_TOKEN=\nADMIN_IDS=7\nSALES_BOT_TOKEN={SALES}\nCOURSE_BOT_TOKEN={COURSE}\n"
    )


def test_a_new_file_is_nobody_elses_and_telegram_may_be_away(tmp_path: Path) -> None:
    assert ask_for_tokens(Settings(), typing("303:a", "404:b"), know) is not None
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
