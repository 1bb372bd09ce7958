"""The commands as somebody at a keyboard meets them: real processes, plain words, no traceback."""

import asyncio
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.boot.database import CONTENT
from sandbox.client.client import Group, SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.forked import run_tandem
from tests.stories.school import TANDEM, School, environment

BOTS = {"SALES_BOT_TOKEN": "1:a", "COURSE_BOT_TOKEN": "2:b"}


def tandem(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TANDEM, *words],
        cwd=folder,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def school(open_school: OpenSchool) -> School:
    """Migrated, nothing connected yet."""
    return open_school()


def test_version_and_help_are_quick_and_need_nothing(tmp_path: Path) -> None:
    assert tandem(tmp_path, "--version").stdout.startswith("tandem 0.")
    told = tandem(tmp_path, "--help")
    assert told.returncode == 0
    for command in ("demo", "run", "migrate", "init", "doctor", "replay"):
        assert command in told.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (("run",), {}, "SALES_BOT_TOKEN=…\nCOURSE_BOT_TOKEN=…"),
        (("run",), {"SALES_BOT_TOKEN": "1:a"}, "the one that teaches is missing"),
        (("run",), {"SALES_BOT_TOKEN": "1:a", "COURSE_BOT_TOKEN": "1:b"}, "belong to one bot"),
        (("run",), {"SALES_BOT_TOKEN": "token", "COURSE_BOT_TOKEN": "2:b"}, "a bot token looks like"),
        (("run",), BOTS | {"PAYMENT_PROVIDER": "gold"}, "'gold'"),
        (("init",), {"MASTER_KEYS": "k1:zz"}, "run `tandem migrate` first"),
        (("migrate",), {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "the database does not answer"),
        (("migrate",), {"ADMIN_IDS": "me"}, "ADMIN_IDS: 'me' is no number"),
        (("replay", "update"), {}, "give a number, or --all"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_plain_words(
    tmp_path: Path, words: tuple[str, ...], env: dict[str, str], said: str
) -> None:
    done = run_tandem(tmp_path, environment(env), *words)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_init_twice_changes_no_row(school: School) -> None:
    path = school.folder / "data" / "tandem.db"
    assert school.command("init").returncode == 0
    first = dump(path)
    assert {"bots": 2, "flows": 3, "tariffs": 3, "communities": 2}.items() <= {
        table: len(rows) for table, rows in first.items()
    }.items()
    again = school.command("init")
    assert (again.returncode, again.stderr) == (0, "")
    assert dump(path) == first


def test_a_bot_in_anothers_place_gets_its_flows(school: School, open_school: OpenSchool) -> None:
    assert school.command("init").returncode == 0
    before = lives_on(school)
    shop = {"welcome": school.sales.id, "outreach": school.sales.id}
    assert before == {"clear-words": school.course.id, **shop}
    other = open_school()
    school.env["COURSE_BOT_TOKEN"] = other.env["COURSE_BOT_TOKEN"]
    assert school.command("init").returncode == 0
    assert lives_on(school) == before | {"clear-words": other.course.id}
    school.env |= {"COURSE_BOT_TOKEN": school.sales.token, "SALES_BOT_TOKEN": other.course.token}
    assert school.command("init").returncode == 0
    shop = dict.fromkeys(shop, other.course.id)
    assert lives_on(school) == {"clear-words": school.sales.id, **shop}
    school.env |= {"COURSE_BOT_TOKEN": school.course.token, "SALES_BOT_TOKEN": school.sales.token}
    assert school.command("init").returncode == 0
    assert lives_on(school) == before


def lives_on(school: School) -> dict[str, int]:
    """On which bot each flow is; AssertionError if one is on two."""
    with sqlite3.connect(school.folder / "data" / "tandem.db") as db:
        rows = db.execute("SELECT slug, bot_id FROM flows JOIN deployments ON flow_id = flows.id").fetchall()
    db.close()
    assert len(rows) == len(dict(rows))
    return dict(rows)


def dump(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but the seals of tokens, which are new each time."""
    with sqlite3.connect(path) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for table in tables:
            names = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] != "token_sealed"]
            rows = db.execute(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608 - the names are the schema's own
            found[table] = sorted(rows.fetchall(), key=repr)
    db.close()
    return found


def test_a_port_in_use_is_named(school: School) -> None:
    school.install()
    with socket.create_server(("127.0.0.1", int(school.env["HTTP_PORT"]))):
        done = school.command("run")
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{school.env['HTTP_PORT']}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_process_on_the_same_file_is_refused(school: School) -> None:
    school.install()
    school.start()
    done = school.command("run")
    assert done.returncode == 1
    assert "another Tandem serves the bots" in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_shows_dead_letters_and_replay_puts_them_back(school: School) -> None:
    school.install()
    path = school.folder / "data" / "tandem.db"
    with sqlite3.connect(path) as db:
        db.execute(
            "INSERT INTO inbox (account_id, bot_id, update_id, chat_key, priority, payload, state, attempts,"
            " next_at, error, received_at) VALUES (1, ?, 1, '5', 1, '{}', 'dead', 5,"
            " '2030-01-01 00:00:00.000000', 'it broke', '2030-01-01 00:00:00.000000')",
            (school.sales.id,),
        )
    db.close()
    told = school.command("doctor")
    assert told.returncode == 1
    assert "update 1: {}: it broke" in told.stdout
    assert school.command("replay", "update", "1").stdout == "1 put back in line\n"
    assert school.command("replay", "update", "--all").stdout == "0 put back in line\n"
    again = school.command("replay", "update", "1")
    assert (again.returncode, again.stderr) == (
        1,
        "no update 1 waits to be put back; `tandem doctor` lists what does\n",
    )
    wrong = school.command("replay", "letter", "--all")
    assert (wrong.returncode, wrong.stderr) == (1, "'letter' is none of update, call, timer, job\n")
    assert asyncio.run(school.dead_letters()) == []


def test_doctor_speaks_before_anything_is_set_up(tmp_path: Path) -> None:
    told = tandem(tmp_path, "doctor", PUBLIC_URL="http://127.0.0.1:8080")
    assert (told.returncode, told.stderr) == (1, "")
    first, *lines = told.stdout.splitlines()
    assert first == "4 things need you:"
    assert "PUBLIC_URL is no https address" in lines[0]
    assert "SALES_BOT_TOKEN and COURSE_BOT_TOKEN missing" in lines[1]
    assert "there is no database yet: run `tandem migrate` first" in lines[2]
    assert "PAYMENT_PROVIDER is not set, so nobody could pay" in lines[3]
    assert list(tmp_path.iterdir()) == []


def test_doctor_lists_everything_at_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ADMIN_IDS=me\nCOMUNITY_CHATS=premium:-1\nLOG_LEVEL=LOUD\n")
    wrong = {
        "ENVIRONMENT": "production",
        "PAYMENT_PROVIDER": "mock",
        "SCENARIO": "sms",
        "DATA_DIR": "elsewhere",
        "PUBLIC_URL": "http://school.example.org",
    }
    told = tandem(tmp_path, "doctor", "--json", **wrong)
    assert told.returncode == 1
    found = json.loads(told.stdout)
    assert found["ok"] is False
    said = "\n".join(found["complaints"])
    for piece in (
        "ADMIN_IDS: 'me' is no number",
        "LOG_LEVEL: must be one of",
        "PUBLIC_URL: must be https://",
        "PAYMENT_PROVIDER=mock gives courses away",
        "MASTER_KEYS must be set in production",
        "COMUNITY_CHATS is no setting and is not read; did you mean COMMUNITY_CHATS?",
        "sms",
        "COURSE_BOT_TOKEN missing",
        "there is no database yet",
    ):
        assert piece in said
    assert f"settings: the environment and {tmp_path / '.env'}" in found["notes"]


async def _change_groups(school: School) -> int:
    """A group that has moved since its number was written down, which is given; the mentor's takes no invites."""
    async with SandboxClient(school.telegram) as tg:
        small = await tg.group("Beginners", type="group", bots=[school.sales])
        await small.upgrade()
        mentor = Group(tg._link, await tg._link.get(f"/sandbox/groups/{school.chats['premium']}"))
        await mentor.set_bot(school.sales, rights={"can_invite_users": False})
        return small.id


def test_doctor_asks_about_what_the_settings_name(open_school: OpenSchool, migrated_sqlite: Path) -> None:
    school = open_school(bare=True)
    groups = school.env["COMMUNITY_CHATS"]
    moved = asyncio.run(_change_groups(school))
    school.env["COMMUNITY_CHATS"] = f"{groups},gold:-100124,basic:{moved}"
    before = school.command("doctor").stdout
    assert "there is no database yet" in before
    assert before.count("-100124") == 1
    shutil.copy(migrated_sqlite, school.folder / "data" / "tandem.db")
    school.install()
    told = school.command("doctor").stdout
    assert told.count("-100124") == 1
    assert "COMMUNITY_CHATS names “gold”, which is no tariff" in told
    assert "there are basic, feedback, premium" in told
    assert "“premium”" not in told
    assert "“Beginners”" not in told, "the bot is in the group it has become"
    for text in (before, told):
        assert re.search("may not invite people into the group “Mentor", text)
    assert not any(chat.partition(":")[2] in told for chat in groups.split(","))
    assert "payments: mock" in told


def test_doctor_sends_no_token_to_where_only_a_file_says(school: School) -> None:
    school.install()
    address = school.env.pop("TELEGRAM_API_URL")
    (school.folder / ".env").write_text(f"TELEGRAM_API_URL={address}\n")
    told = school.command("doctor").stdout
    assert "SALES_BOT_TOKEN comes from the environment, but" in told
    assert "cannot be reached" not in told


def test_doctor_says_which_token_telegram_refuses(school: School) -> None:
    school.install()
    school.env["COURSE_BOT_TOKEN"] = "999999:" + "A" * 35
    told = school.command("doctor")
    assert told.returncode == 1
    assert "course bot: Telegram refuses the token (Unauthorized)" in told.stdout
    assert "A" * 35 not in told.stdout + told.stderr


def test_doctor_says_all_else_where_a_master_key_is_gone(school: School) -> None:
    school.env["MASTER_KEYS"] = f"k1:{'11' * 32}"
    school.install()
    assert school.command("import", str(CONTENT / "examples/every-element.yaml"), "--deploy").returncode == 0
    school.env["MASTER_KEYS"] = f"k2:{'22' * 32}"
    school.env["COMMUNITY_CHATS"] += ",gold:-100124"
    told = school.command("doctor")
    assert told.returncode == 1
    assert "- links cannot be shown again: the master key k1, with which something" in told.stdout
    assert "COMMUNITY_CHATS names “gold”, which is no tariff" in told.stdout
    assert "Traceback" not in told.stderr


def test_doctor_says_what_a_course_needs_and_has_not(school: School) -> None:
    school.install()
    imported = school.command("import", str(CONTENT / "examples/every-element.yaml"), "--deploy")
    assert imported.returncode == 0, imported.stderr
    school.env["PUBLIC_URL"] = ""
    told = school.command("doctor").stdout
    assert "the course every-element has a step “talk” of the type dialog, which needs AI_BASE_URL" in told
    assert "the course every-element has a step “sum” of the type miniapp, which needs PUBLIC_URL" in told
    school.env |= {"PUBLIC_URL": "http://127.0.0.1:1", "AI_BASE_URL": "http://127.0.0.1:1/v1"}
    assert "every-element" not in school.command("doctor").stdout


def test_a_process_does_not_import_what_only_files_need(tmp_path: Path) -> None:
    script = (
        "import sys, app.serve.life_cycle, app.serve.start, web.application\n"
        "print(sorted(set(sys.modules) & set(sys.argv[1:])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "openpyxl", "openai", "docx"],
        cwd=tmp_path,
        env=environment({}),
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_imports_nothing_heavy_and_is_grouped(tmp_path: Path) -> None:
    script = (
        "import sys; from app.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({one.partition('.')[0] for one in sys.modules} & set(sys.argv[1:])))"
    )
    heavy = ["sqlalchemy", "pydantic", "aiogram", "aiohttp", "core", "services", "bots"]
    done = subprocess.run(
        [sys.executable, "-c", script, *heavy],
        cwd=tmp_path,
        env=environment({}),
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    assert done.stdout.splitlines()[-1] == "[]"
    for panel in (
        "Begin and run",
        "Courses, scenarios and their prices",
        "People",
        "Upkeep, and when something is wrong",
    ):
        assert f"─ {panel} ─" in done.stdout
