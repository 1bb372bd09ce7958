"""`.env`: a file in the folder one stands in is read, said, and never sends secrets of the environment elsewhere."""

from pathlib import Path

import pytest

from app.boot.machine.env_file import describe_source, list_redirections, list_unknown
from tests.app.test_commands import tandem

EVIL = "TELEGRAM_API_URL=https://telegram.example\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's folder, in which we stand."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_which_file_is_read_is_said(folder: Path) -> None:
    assert "no .env" in describe_source()
    (folder / ".env").write_text("LOG_LEVEL=INFO\n")
    assert describe_source() == f"the environment and {folder / '.env'}"


@pytest.mark.parametrize(
    ("written", "exported", "refused"),
    [
        (
            EVIL,
            {"SALES_BOT_TOKEN": "1:a", "COURSE_BOT_TOKEN": "2:b"},
            ["SALES_BOT_TOKEN", "COURSE_BOT_TOKEN"],
        ),
        (EVIL, {"sales_bot_token": "1:a"}, ["SALES_BOT_TOKEN"]),
        (EVIL + "SALES_BOT_TOKEN=9:decoy\n", {"SALES_BOT_TOKEN": "1:a"}, ["SALES_BOT_TOKEN"]),
        (EVIL + "SALES_BOT_TOKEN=1:a\n", {"SALES_BOT_TOKEN": "1:a"}, []),
        (EVIL + "SALES_BOT_TOKEN=1:a\n", {}, []),
        (EVIL, {"SALES_BOT_TOKEN": "1:a", "TELEGRAM_API_URL": "https://api.telegram.org"}, []),
        ("AI_BASE_URL=https://model.example\n", {"AI_API_KEY": "key"}, ["AI_API_KEY"]),
        ("LOG_LEVEL=INFO\nTELEGRAM_API_URL=\n", {"SALES_BOT_TOKEN": "1:a"}, []),
    ],
)
def test_a_file_does_not_say_where_the_environments_secrets_go(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
    exported: dict[str, str],
    refused: list[str],
) -> None:
    (folder / ".env").write_text(written)
    for name, value in exported.items():
        monkeypatch.setenv(name, value)
    assert [one.split()[0] for one in list_redirections()] == refused


@pytest.mark.parametrize(
    ("written", "exported", "refused"),
    [
        ("AI_BASE_URL=https://model.example/${SALES_BOT_TOKEN}\n", {"SALES_BOT_TOKEN": "1:a"}, "SALES_BOT_TOKEN"),
        ("PUBLIC_URL=https://x.example/${SALES_BOT_TOKEN:-b}\n", {"SALES_BOT_TOKEN": "1:a"}, "SALES_BOT_TOKEN"),
        ("A=${MASTER_KEYS}\npublic_url=https://x.example/${A}\n", {"MASTER_KEYS": "k1:abc"}, "MASTER_KEYS"),
        ("GOOGLE_DOCS_URL=https://x.example/${DATABASE_URL}\n", {"DATABASE_URL": "postgresql://u:p@h/d"}, "DATABASE_URL"),
        ("SALES_BOT_TOKEN=${SALES_BOT_TOKEN}\n", {"SALES_BOT_TOKEN": "1:a"}, ""),
        ("PUBLIC_URL=https://x.example/${SALES_BOT_TOKEN}\n", {"SALES_BOT_TOKEN": ""}, ""),
        ("PUBLIC_URL=https://${HOST}/\n", {"HOST": "x.example", "SALES_BOT_TOKEN": "1:a"}, ""),
    ],
)  # fmt: skip
def test_a_file_builds_no_address_of_the_environments_secrets(
    folder: Path, monkeypatch: pytest.MonkeyPatch, written: str, exported: dict[str, str], refused: str
) -> None:
    (folder / ".env").write_text(written)
    for name, value in exported.items():
        monkeypatch.setenv(name, value)
    told = list_redirections()
    assert {one.split()[0] for one in told} == ({refused} if refused else set())
    assert not any(value in one for one in told for value in exported.values() if value)


def test_names_that_are_no_settings_are_found_with_what_was_meant(folder: Path) -> None:
    (folder / ".env").write_text("SALES_BOT_TOKN=1:a\nADMIN_IDS=1\nfoo=\nCOMUNITY_CHATS=premium:-1\n")
    told = [one.partition(": ")[2] for one in list_unknown()]
    assert told == [
        "SALES_BOT_TOKN is no setting and is not read; did you mean SALES_BOT_TOKEN?",
        "FOO is no setting and is not read",
        "COMUNITY_CHATS is no setting and is not read; did you mean COMMUNITY_CHATS?",
    ]


def test_a_command_in_a_strangers_folder_sends_nothing(folder: Path) -> None:
    (folder / ".env").write_text(EVIL)
    done = tandem(folder, "init", SALES_BOT_TOKEN="1:a", COURSE_BOT_TOKEN="2:b")
    assert done.returncode == 2
    assert (
        f"SALES_BOT_TOKEN comes from the environment, but {folder / '.env'} says where it goes" in done.stderr
    )
