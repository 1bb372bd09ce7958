"""`tandem import` at a keyboard: all or nothing, twice changes nothing, the link stands last."""

import json
import re
from pathlib import Path

import pytest

from app.boot import bots
from app.boot.database import CONTENT
from app.cli.main import main
from tests.app.test_commands import dump
from tests.stories.conftest import OpenSchool
from tests.stories.school import School, free_port

TRAVEL = Path(__file__).parents[1] / "services" / "content" / "ordered_maps" / "travel.yml"
END = "One:\n  type: end\n  text: over\n"


@pytest.fixture
def school(open_school: OpenSchool) -> School:
    """Migrated, nothing connected yet."""
    return open_school()


def database(school: School) -> Path:
    return school.folder / "data" / "tandem.db"


def test_a_course_is_imported_once_and_a_second_time_nothing_changes(school: School) -> None:
    empty = dump(database(school))
    tried = school.command("import", str(TRAVEL), "--dry-run")
    assert (tried.returncode, tried.stderr) == (0, "")
    assert "travel: 16 elements, would become version 1" in tried.stdout
    assert dump(database(school)) == empty
    first = school.command("import", str(TRAVEL), "--deploy")
    assert (first.returncode, first.stderr) == (0, "")
    assert "travel: 16 elements, published as version 1" in first.stdout
    link = first.stdout.splitlines()[-1]
    assert re.fullmatch(rf"https://t\.me/{school.course.username}\?start=cd_[A-Za-z0-9]+_[\w-]+", link)
    rows = dump(database(school))
    again = school.command("import", str(TRAVEL), "--deploy")
    assert "nothing changed" in again.stdout
    assert again.stdout.splitlines()[-1] == link
    assert dump(database(school)) == rows
    prices = school.folder / "prices.yaml"  # sold from a folder of one's own
    prices.write_text('- {code: trip, course: travel, name: Trip, price: "990.00"}\n')
    loaded = school.command("tariffs", "load", str(prices))
    assert (loaded.returncode, loaded.stderr) == (0, "")
    [listed] = json.loads(school.command("tariffs", "list", "--json").stdout)
    assert (listed["code"], listed["price"]) == ("trip", 99_000)


def test_without_telegram_a_deployment_ends_with_advice_and_changes_nothing(
    school: School, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = dump(database(school))
    school.env["TELEGRAM_API_URL"] = f"http://127.0.0.1:{free_port()}"
    for name, value in school.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(school.folder)
    monkeypatch.setattr(bots, "PATIENCE", 0.2)
    with pytest.raises(SystemExit) as ended:
        main(["import", str(TRAVEL), "--deploy"])
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "Telegram does not answer at http://127.0.0.1" in said
    assert "nothing was changed" in said
    assert "`tandem import` of courses without --deploy" in said
    assert dump(database(school)) == empty


def test_a_course_that_is_sold_is_opened_when_that_is_asked_for_and_not_again_once_closed(
    school: School,
) -> None:
    school.install()
    sold = str(CONTENT / "flows" / "clear-words.yaml")
    told = school.command("import", sold, "--deploy").stdout
    assert "nothing changed" in told
    assert "clear-words is not open to all: it is or was on sale" in told.splitlines()[-1]
    assert "t.me" not in told
    link = school.command("import", sold, "--deploy", "--public").stdout.splitlines()[-1]
    assert link.startswith(f"https://t.me/{school.course.username}?start=cd_")
    number = school.command("token", "list").stdout.split("\t", 1)[0]
    assert school.command("token", "revoke", number).returncode == 0
    told = school.command("import", sold, "--deploy").stdout
    assert "clear-words is not open to all: its public link was closed" in told.splitlines()[-1]
    assert "t.me" not in told


@pytest.mark.parametrize("url", [None, "postgresql+asyncpg://nobody@127.0.0.1:9/none"])
def test_a_dry_run_needs_no_database_and_leaves_nothing(open_school: OpenSchool, url: str | None) -> None:
    school = open_school(bare=True)
    if url:
        school.env["DATABASE_URL"] = url
    before = sorted((school.folder / "data").rglob("*"))
    tried = school.command("import", str(TRAVEL), "--dry-run")
    assert (tried.returncode, tried.stderr) == (0, "")
    assert "travel: 16 elements, would become version 1" in tried.stdout
    assert tried.stdout.endswith("there is no database here yet: only the files were looked at\n")
    assert sorted((school.folder / "data").rglob("*")) == before


def test_one_wrong_file_of_a_folder_and_none_is_imported(school: School) -> None:
    folder = school.folder / "courses"
    folder.mkdir()
    (folder / "good.yml").write_text(END)
    (folder / "bad.yml").write_text(
        END + "Two:\n  type: quiz\n  text: q\n  answers:\n  - text: a\n  buton: x\n"
    )
    (folder / "notes.txt").write_text("not a course")
    empty = dump(database(school))
    done = school.command("import", str(folder))
    assert done.returncode == 1
    assert done.stderr == "nothing was imported: 1 error\n"
    assert done.stdout.splitlines() == [
        f"{folder}: a folder of courses",
        f"{folder}/bad.yml:7: error: “Two”: 0 answers of the quiz are right. Mark exactly one with `correct: yes`.",
        f"{folder}/bad.yml:9: warning: “Two”: unknown key “buton”; left out. Check its spelling and its indentation.",
    ]
    assert dump(database(school)) == empty
    (folder / "bad.yml").unlink()
    assert school.command("import", str(folder)).stdout.splitlines() == [
        f"{folder}: a folder of courses",
        "good: 1 element, published as version 1",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.yml", "gone.yml (the folder"),
        ("a.pdf", "is in no format an import reads"),
    ],
)
def test_what_is_no_course_file_is_said_plainly(school: School, name: str, said: str) -> None:
    if name == "a.pdf":
        (school.folder / name).write_bytes(b"%PDF")
    done = school.command("import", str(school.folder / name))
    assert done.returncode == 1
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_name_that_is_something_else_is_refused(school: School) -> None:
    school.install()
    (school.folder / "welcome.yml").write_text(END)
    rows = dump(database(school))
    done = school.command("import", str(school.folder / "welcome.yml"))
    assert (done.returncode, done.stderr) == (1, "nothing was imported: 1 error\n")
    assert "“welcome” is there already, as a scenario" in done.stdout
    assert dump(database(school)) == rows
    done = school.command("import", str(school.folder / "welcome.yml"), "--slug", "hello")
    assert done.stdout.splitlines()[-1] == "hello: 1 element, published as version 1"


def test_what_is_exported_imports_to_the_same(school: School) -> None:
    assert school.command("import", str(TRAVEL)).returncode == 0
    first = school.command("export", "travel")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("kind: course\nslug: travel\nname: travel\nsteps:\n  - key: Intro_00\n")
    path = school.folder / "out.yaml"
    assert school.command("export", "travel", "-o", str(path)).returncode == 0
    assert path.read_text() == first.stdout
    assert school.command("import", str(path)).stdout.endswith("unchanged\nnothing changed\n")
    book = school.folder / "out.xlsx"
    assert school.command("export", "travel", "-o", str(book)).returncode == 0
    assert school.command("import", str(book)).stdout.endswith("unchanged\nnothing changed\n")
    gone = school.command("export", "nothing")
    assert gone.returncode == 1
    assert gone.stderr.startswith(
        "SCENARIO_NOT_FOUND: there is no course or scenario “nothing”; `tandem flows`"
    )


def test_people_of_another_platform_are_brought_once(school: School) -> None:
    course = school.folder / "hello.yml"
    course.write_text("Word:\n  type: input\n  text: Your word?\n" + END)
    folder = school.folder / "people"
    folder.mkdir()
    (folder / "run.csv").write_text("id,chat_id,course,element\n1,1002,hello,Word\n2,1003,hello,gone\n")
    assert school.command("import", str(course), "--deploy").returncode == 0
    empty = dump(database(school))

    refused = school.command("import", str(folder))
    assert (refused.returncode, refused.stderr) == (1, "nobody was imported: 1 error\n")
    assert f"{folder}/run.csv:3: error: somebody stands on “gone”" in refused.stdout
    (folder / "run.csv").write_text("id,chat_id,course,element\n1,1002,hello,Word\n2,1003,hello,\n")
    tried = school.command("import", str(folder), "--dry-run")
    took, would, *_ = tried.stdout.splitlines()
    assert took == f"{folder}: the people of the older platform (run.csv)"
    assert would.startswith("2 runs would be imported")
    assert dump(database(school)) == empty

    assert school.command("import", str(folder)).stdout.splitlines()[1].startswith("runs: 2, ")
    rows = dump(database(school))
    assert school.command("import", str(folder)).stdout.splitlines()[-1] == "nothing changed"
    assert dump(database(school)) == rows


def test_several_paths_come_together_or_not_at_all(school: School) -> None:
    first, second = school.folder / "one.yml", school.folder / "two.yml"
    first.write_text(END)
    second.write_text("A:\n  type: nonsense\n")
    empty = dump(database(school))
    done = school.command("import", str(first), str(second))
    assert (done.returncode, done.stderr) == (1, "nothing was imported: 1 error\n")
    assert dump(database(school)) == empty
    second.write_text(END)
    done = school.command("import", str(first), str(second))
    assert done.stdout.splitlines() == [
        f"{first}: a course or scenario in YAML",
        f"{second}: a course or scenario in YAML",
        "one: 1 element, published as version 1",
        "two: 1 element, published as version 1",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--kind", "novel"], "--kind novel: there are course, older-bot, people"),
        (["--env", "old.env"], "--env is for --kind older-bot; nothing of it is given"),
        (["--kind", "people", "--deploy"], "--deploy is for --kind course; nothing of it is given"),
        (["--slug", "a", "--slug", "b"], "--slug names one course"),
    ],
)
def test_what_does_not_fit_together_is_refused(school: School, words: list[str], said: str) -> None:
    (school.folder / "one.yml").write_text(END)
    empty = dump(database(school))
    done = school.command("import", str(school.folder / "one.yml"), *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert dump(database(school)) == empty
