"""`tandem token`, `deploy`, `cohort` and `participants` at a keyboard, and what they say to a wrong word."""

import re

import pytest

from app.boot.database import CONTENT
from tests.app.test_commands import dump
from tests.stories.conftest import OpenSchool
from tests.stories.links import told
from tests.stories.school import School

COURSE = "One:\n  type: message\n  text: One\nTwo:\n  type: end\n  text: over\n"


@pytest.fixture
def school(open_school: OpenSchool) -> School:
    """With one course on its course bot."""
    made = open_school()
    course = made.folder / "hello.yml"
    course.write_text(COURSE)
    told(made, "import", str(course), "--deploy")
    return made


def test_links_are_made_listed_and_closed(school: School) -> None:
    link = told(school, "token", "issue", "group", "uses=30", "label=club")
    assert link.startswith(f"https://t.me/{school.course.username}?start=cd_")
    newest, first = school.command("token", "list").stdout.splitlines()
    assert newest.split("\t")[1:] == ["group", "0/30", "no end", "club", link]
    assert first.split("\t")[1] == "public"
    number = newest.split("\t")[0]
    assert told(school, "token", "revoke", number) == f"link {number} is closed"
    assert school.command("token", "list").stdout.splitlines()[0].split("\t")[3] == "closed"
    again = school.command("token", "revoke", number)
    assert again.returncode == 1
    assert number in again.stderr


def test_cohorts_participants_and_members(school: School) -> None:
    told(school, "cohort", "add", "spring", "2030-09-01T09:00+03:00")
    told(school, "cohort", "add", "autumn", "2030-03-01")
    shown = school.command("cohort", "list").stdout
    assert [line.split("\t")[0] for line in shown.splitlines()] == ["autumn", "spring"]
    told(school, "participants", "add", "1002", "@Anna_1")
    assert school.command("participants", "list").stdout.splitlines() == ["1002", "@anna_1"]
    assert told(school, "member", "add", "1044", "curator") == "1044 is curator now"
    assert "1044  1044  curator" in school.command("member", "list").stdout
    assert told(school, "member", "remove", "1044", "curator") == "1044 is no curator now"
    told(school, "participants", "remove", "1002")
    assert school.command("participants", "list").stdout.splitlines() == ["@anna_1"]


def test_a_deployment_is_changed_and_its_link_stays(school: School) -> None:
    link = told(school, "deploy", "hello")
    assert told(school, "deploy", "hello", "--set", "collect=name,email", "--set", "restricted=yes") == link
    tried = told(school, "deploy", "hello", "--test")
    assert re.search(r"start=cd_", tried)
    assert tried != link


WRONG = (
    ("token", "issue", "secret"),
    ("token", "issue", "group"),
    ("token", "issue", "public", "days=never"),
    ("token", "issue", "public", "cohort=winter"),
    ("token", "issue", "public", "--course", "cooking"),
    ("token", "revoke", "99"),
    ("cohort", "add", "spring", "soon"),
    ("cohort", "add", "spring", "2030-09-01", "gone=2030-09-02"),
    ("participants", "add", "1002", "a b"),
    ("deploy", "cooking"),
    ("deploy", "hello", "--set", "steps=[]"),
    ("deploy", "hello", "--set", "collect=E-mail"),
    ("deploy", "hello", "--test", "--set", 'groups={"hello": [-1007]}'),
    ("deploy", "hello", "--set", "webhook_url=http://example.com"),
)


def test_a_wrong_word_is_said_and_changes_nothing(school: School) -> None:
    before = dump(school.folder / "data" / "tandem.db")
    for words in WRONG:
        done = school.command(*words)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert re.fullmatch(r"[A-Z_]+: .+\n", done.stderr), (words, done.stderr)
        assert dump(school.folder / "data" / "tandem.db") == before, words


TRIGGERS = """\
bot: sales
triggers:
  - {id: price, when: {keyword: price}, answer: {text: Ask}}
"""


WRONG_TRIGGERS = (
    ("triggers: [", "is no YAML"),
    ("- a", "needs `bot` and `triggers`"),
    (TRIGGERS.replace("sales", "shop"), "bot: there are"),
    (TRIGGERS.replace("keyword: price", 'regex: "(a"'), "price: “(a” cannot be used"),
    (TRIGGERS.replace("answer: {text: Ask}", "start: gone"), "no scenario “gone”"),
    (TRIGGERS.replace("Ask", '"{{user.nobody}}"'), "user.nobody"),
    (TRIGGERS + "  - {id: price, when: {any: yes}, answer: {text: Ask}}\n", "twice: price"),
)


def test_wrong_triggers_are_named_and_the_former_ones_stay(school: School) -> None:
    path = school.folder / "triggers.yaml"
    path.write_text(TRIGGERS)
    assert "has 1 triggers" in told(school, "triggers", "load", str(path))
    assert "nothing changed" in told(school, "triggers", "load", str(path))
    before = dump(school.folder / "data" / "tandem.db")
    for text, said in WRONG_TRIGGERS:
        path.write_text(text)
        done = school.command("triggers", "load", str(path))
        assert (done.returncode, done.stdout) == (1, ""), said
        assert said in done.stderr, said
        assert dump(school.folder / "data" / "tandem.db") == before, said
    assert "price\tkeyword: price\tanswers\t0" in school.command("triggers", "list").stdout


def test_the_sample_triggers_load(school: School) -> None:
    sample = str(CONTENT / "examples/triggers.yaml")
    assert "a dry run" in told(school, "triggers", "load", sample, "--dry-run")
    assert "there are no triggers" in school.command("triggers", "list").stdout
    assert "has 5 triggers" in told(school, "triggers", "load", sample)
    assert told(school, "scenarios", "list").startswith("there are no scenarios")
