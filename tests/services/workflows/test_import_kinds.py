"""What is given to an import is recognised by what lies there; a doubt is said, and `--kind` settles it."""

from pathlib import Path

import pytest

from services.workflows.import_kinds import ImportKind, recognise

COURSE, OLDER_BOT, PEOPLE = ImportKind
SHEET = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/edit"
RUN = "id,chat_id,course\n1,1002,words\n"


@pytest.fixture
def lie(tmp_path: Path) -> Path:
    """A file or folder of each kind."""
    for name, text in {
        "course.yml": "One:\n  type: end\n",
        "list.yaml": "first:\n  path: course.yml\n",
        "book.xlsx": "",
        "table.csv": "key,type,text\na,message,Hi\n",
        "courses/course.yml": "One:\n  type: end\n",
        "people/run.csv": RUN,
        "mixed/run.csv": RUN,
        "mixed/course.yml": "One:\n  type: end\n",
        "lessons/run.csv": "key,type,text\na,message,Run\n",
        "many/scenarios/registry.json": "{}",
        "single/data/messages.json": "{}",
        "notes.txt": "",
        "channel/result.json": '{"name": "A", "type": "public_channel", "id": 1, "messages": []}',
        "renamed.json": '{"name": "A", "type": "public_channel", "id": 1, "messages": []}',
        "account/result.json": '{"about": "", "personal_information": {}, "chats": {}}',
        "export.zip": "",
        "book.docx": "",
        "notes/a.md": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("course.yml", COURSE, "a course or scenario in YAML"),
        ("list.yaml", COURSE, "a list of courses"),
        ("book.xlsx", COURSE, "a course or a question bank in a workbook"),
        ("table.csv", COURSE, "a course or a question bank in a table"),
        ("courses", COURSE, "a folder of courses"),
        ("lessons", COURSE, "a folder of courses"),
        ("lessons/run.csv", COURSE, "a course or a question bank in a table"),
        ("people", PEOPLE, "the people of the older platform (run.csv)"),
        ("many", OLDER_BOT, "the folder of the bot that kept JSON files"),
        ("single", OLDER_BOT, "the folder of the bot that kept JSON files"),
        ("single/data", OLDER_BOT, "the folder of the bot that kept JSON files"),
        ("notes.txt", COURSE, "questions in a text (GIFT or Aiken)"),
        ("channel", COURSE, "a channel that Telegram Desktop has exported"),
        ("channel/result.json", COURSE, "a channel that Telegram Desktop has exported"),
        ("renamed.json", COURSE, "a channel that Telegram Desktop has exported"),
        ("account", COURSE, "a channel that Telegram Desktop has exported"),
        ("book.docx", COURSE, "a course in a Word document"),
        ("notes", COURSE, "a course in a folder of Markdown files"),
        ("notes/a.md", COURSE, "a course in Markdown"),
        ("export.zip", COURSE, "a packed export of a channel"),
    ],
)
def test_each_is_taken_for_what_it_is(lie: Path, name: str, kind: ImportKind, words: str) -> None:
    found = recognise(str(lie / name))
    assert (found.kind, found.words) == (kind, words)


def test_a_google_sheet_is_a_course() -> None:
    assert recognise(SHEET).words == "a Google Sheet"
    assert recognise(SHEET.replace("spreadsheets", "document")).words == "a Google document"


def test_a_doubt_is_said_and_settled(lie: Path) -> None:
    with pytest.raises(
        ValueError, match=r"could be a folder of courses \(--kind course\) or .*--kind people"
    ):
        recognise(str(lie / "mixed"))
    assert [recognise(str(lie / "mixed"), kind).kind for kind in (COURSE, PEOPLE)] == [COURSE, PEOPLE]


@pytest.mark.parametrize("name", ["empty", "pictures"])
def test_a_folder_with_nothing_in_it_is_taken_for_nothing(lie: Path, name: str) -> None:
    (lie / name).mkdir()
    if name == "pictures":
        (lie / name / "photo.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match=r"nothing that can be imported.*scenarios/registry\.json"):
        recognise(str(lie / name))
    assert recognise(str(lie / name), OLDER_BOT).kind is OLDER_BOT, "its reader says what is missing"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("people/run.csv", "one of several tables of people: give the folder they lie in"),
        ("single/data/messages.json", "one file of the bot that kept JSON files: give its folder"),
    ],
)
def test_a_part_leads_to_its_whole(lie: Path, name: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        recognise(str(lie / name))
