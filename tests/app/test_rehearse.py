"""`tandem rehearse` at a keyboard: the walk with its times, what is wrong with a flow, and nothing left behind."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.boot.database import CONTENT
from tests.app.test_commands import dump
from tests.stories.conftest import OpenSchool
from tests.stories.links import told
from tests.stories.school import School, environment

LINE = re.compile(r"^\w{3} \d{2} \w{3} \d{2}:\d{2}  @rehearsal_(?:sales|course)_bot: ", re.MULTILINE)
STUCK = """\
kind: scenario
slug: stuck
name: Stuck
steps:
  - {key: hello, type: message, text: Hello}
  - {key: page, type: miniapp, text: Open it, button: Open, app_url: "https://example.com/quiz"}
  - {key: end, type: end}
"""

CAT = """\
kind: scenario
slug: cat
name: Cat
steps:
  - {key: hello, type: message, text: Hello, media: [{kind: photo, ref: cat.png}]}
  - {key: end, type: end}
"""


@pytest.fixture
def school(open_school: OpenSchool) -> School:
    """Migrated, nothing connected yet."""
    return open_school()


def test_a_month_is_walked_in_seconds_and_leaves_nothing(school: School) -> None:
    before = dump(school.folder / "data" / "tandem.db")
    done = school.command("rehearse", str(CONTENT / "examples/funnel.yaml"), "--language", "en")
    assert done.returncode == 0, done.stdout + done.stderr
    said = LINE.split(done.stdout)
    assert [
        piece
        for piece in ("Letter one", "Letter two", "The last letter", "still costs 1500 ₽")
        if not any(piece in one for one in said)
    ] == []
    days = re.findall(r"^(\w{3} \d{2} \w{3}) ", done.stdout, re.MULTILINE)
    assert len(set(days)) == 5, "the hello, four letters"
    assert "> presses [I agree]" in done.stdout
    assert re.search(r"rehearsed in \d+ s: 0 errors, 0 warnings", done.stdout)
    assert dump(school.folder / "data" / "tandem.db") == before


def test_files_of_a_flow_are_shown_and_not_kept(school: School) -> None:
    (school.folder / "cat.png").write_bytes((CONTENT / "media/one-thought.png").read_bytes())
    path = school.folder / "cat.yaml"
    path.write_text(CAT)
    done = school.command("rehearse", str(path))
    assert "Hello" in done.stdout, done.stdout + done.stderr
    assert not (school.folder / "data" / "kept").exists()


def test_where_nothing_comes_any_more_is_named(school: School) -> None:
    path = school.folder / "stuck.yaml"
    path.write_text(STUCK)
    done = school.command("rehearse", str(path), "--language", "en")
    assert done.returncode == 1
    assert "Hello" in done.stdout
    assert "error: page: the walk ends here" in done.stdout


WORKS = ("photo", "voice", "video", "video_note", "document", "audio")


def test_what_an_assignment_asks_for_is_handed_in(school: School) -> None:
    tasks = "".join(
        f"  - {{key: {kind}, type: assignment, text: Send {kind}, accepts: [{kind}], stop: yes, answer: Seen {kind}}}\n"
        for kind in WORKS
    )
    path = school.folder / "works.yaml"
    path.write_text(f"kind: course\nslug: works\nname: Works\nsteps:\n{tasks}  - {{key: end, type: end}}\n")
    done = school.command("rehearse", str(path), "--language", "en")
    assert done.returncode == 0, done.stdout + done.stderr
    for kind in WORKS:
        assert f"> hands in: {kind}" in done.stdout
        assert f": Seen {kind}" in done.stdout or "accepted" in done.stdout


def test_the_same_answer_three_times_ends_the_walk(school: School) -> None:
    """They press the first button; one that only asks again would be pressed three hundred times."""
    path = school.folder / "vain.yaml"
    path.write_text(
        "kind: scenario\nslug: vain\nname: Vain\nsteps:\n"
        "  - {key: ask, type: jump, text: Again?, options: [{text: Again, goto: ask}, {text: On}]}\n"
        "  - {key: end, type: end}\n"
    )
    done = school.command("rehearse", str(path), "--language", "en")
    assert done.returncode == 1
    assert (
        "error: ask: whatever she sends, 3 times the answer is the same: “Again? [Again] [On]”" in done.stdout
    )
    assert done.stdout.count("> presses [Again]") <= 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (STUCK.replace("text: Hello", 'text: "<b>Hello"'), "<b> is not closed"),
        (
            STUCK.replace("type: message, text: Hello", "type: delay, wait: 1h, goto: nowhere"),
            "“nowhere”, which is no element",
        ),
        (STUCK.replace("text: Hello", 'text: "{{user.nobody}}"'), "unknown variable {{user.nobody}}"),
        (STUCK.replace("type: message", "type: masage"), "“hello”: there"),
        ("just: words", ""),
    ],
)
def test_what_cannot_be_walked_is_said_at_once(school: School, text: str, said: str) -> None:
    path = school.folder / "broken.yaml"
    path.write_text(text)
    done = school.command("rehearse", str(path))
    assert done.returncode == 1
    assert said in done.stdout
    assert LINE.search(done.stdout) is None


def test_a_flow_that_is_here_is_walked_by_its_name(school: School) -> None:
    path = school.folder / "hello.yml"
    path.write_text("One:\n  type: message\n  text: One of mine\nTwo:\n  type: end\n")
    told(school, "import", str(path), "--deploy")
    done = school.command("rehearse", "hello")
    assert (done.returncode, "One of mine" in done.stdout) == (0, True), done.stdout + done.stderr
    gone = school.command("rehearse", "goodbye")
    assert gone.returncode == 1
    assert gone.stderr.startswith(
        "SCENARIO_NOT_FOUND: there is no course or scenario “goodbye”; `tandem flows`"
    )


def test_the_whole_way_from_the_first_start_to_the_last_lesson(school: School) -> None:
    done = school.command("rehearse", "path", "--language", "ru")
    assert done.returncode == 0, done.stdout + done.stderr
    for line in ("@rehearsal_sales_bot: Здравствуйте, Alex!", "✅ Оплачено: ", "> opens the course",
                 "День 5. Последняя строка", "Курс пройден", "hint: without a `timeout` these wait until somebody acts"):  # fmt: skip
        assert line in done.stdout, line
    assert re.search(r"rehearsed in \d+ s: 0 errors, 0 warnings", done.stdout)


@pytest.mark.faults
def test_the_way_is_the_installations_own(school: School) -> None:
    """A scenario that gives no way into a course is found out; where work is reviewed a curator accepts it."""
    told(school, "init")
    path = school.folder / "own.yaml"
    path.write_text(
        "kind: scenario\nslug: own\nname: Own\nsteps:\n  - {key: a, type: message, text: Own words}\n"
    )
    told(school, "import", str(path), "--deploy")
    told(school, "scenarios", "default", "own")
    done = school.command("rehearse", "path")
    assert done.returncode == 1
    assert "@rehearsal_sales_bot: Own words" in done.stdout
    assert "error: the scenario gives no link into a course" in done.stdout


def test_a_broken_file_of_the_content_folder_stops_no_rehearsal_of_others(
    school: School, tmp_path: Path
) -> None:
    content = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    (content / "flows/clear-words.yaml").write_text("steps: [")
    short = (
        tmp_path / "cat.yaml"
    )  # it says nothing of the broken one, and a month would be walked for nothing
    short.write_text(CAT.replace(", media: [{kind: photo, ref: cat.png}]", ""))
    program = (
        "import sys; from pathlib import Path; from app.cli.base import load_settings;"
        "from app.rehearsal.play import Rehearsal;"
        "sys.exit(Rehearsal(load_settings(), sys.argv[1], 'en', content=Path(sys.argv[2])).run())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(short), str(content)],
        cwd=school.folder,
        env=environment(school.env),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "left out of this rehearsal: CONTENT_INVALID: clear-words.yaml" in done.stdout
    assert "0 errors, 1 warnings" in done.stdout
