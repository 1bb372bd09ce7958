"""Without Telegram, and with paths that are none: plain words within seconds, and what works all the same."""

from pathlib import Path

import pytest

from app.boot.command import run_command
from app.boot.settings import Settings
from app.cli.importing.google import fetch_export
from app.cli.importing.paths import find_path
from bots.runtime.client import TelegramClient
from bots.runtime.retry import TelegramAwayError, call_until_answered
from tests.bots.test_telegram_client import TOKEN
from tests.stories.school import free_port


async def test_patience_ends_with_plain_words() -> None:
    client = TelegramClient(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(TelegramAwayError, match=r"does not answer at http://127.*: it takes no connection"):
        await call_until_answered(client, TOKEN, "getMe", {}, patience=0.2)
    await client.close()


def test_a_command_says_what_works_without_telegram(capsys: pytest.CaptureFixture[str]) -> None:
    async def work() -> None:
        raise TelegramAwayError("Telegram does not answer")

    assert run_command(Settings(_env_file=None), work) == 1
    said = capsys.readouterr().err
    for words in (
        "Telegram does not answer",
        "nothing was changed",
        "`tandem import --dry-run`",
        "`tandem doctor`",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nowhere/course.yml", "there is no nowhere/course.yml: look at the spelling"),
        ("\0", "there is no"),
        (
            "https://example.org/course.yml",
            "this is an address at example.org, and only the link of a Google Sheet or document",
        ),
        (
            "https:/example.org/course.yml",
            "this is an address, and only the link of a Google Sheet or document is fetched",
        ),
        ("https://docs.google.com/presentation/d/1abcdefghijk/edit", "only the link of a Google Sheet"),
    ],
)
def test_paths_that_are_none(given: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"^(this|there)") as refused:
        find_path(given)
    assert said in str(refused.value)


def test_a_path_that_is_there(tmp_path: Path) -> None:
    assert find_path(str(tmp_path)) == tmp_path
    with pytest.raises(ValueError, match=r"the folder .* is there"):
        find_path(str(tmp_path / "course.yml"))


async def test_a_sheet_that_cannot_be_reached() -> None:
    base = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(OSError, match="Google cannot be reached from here: look at the network"):
        await fetch_export(f"{base}/spreadsheets/d/1/export", base)
