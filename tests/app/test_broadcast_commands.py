"""`tandem broadcast` and `tandem segment`: a file counted, sent, looked at and steered, or refused by its key."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import Workbook

from app.cli.mailing.broadcast import count_file, send_file, show_broadcast, steer
from app.cli.mailing.contacts import import_list, read_file
from app.cli.mailing.people import list_people
from app.cli.mailing.segment import drop_one, list_them, save_file
from core.db.session import Database
from core.lifecycle import BotKind, ChatState
from core.text.refusal import InputRefused
from services.people.contacts import get_by_telegram_id
from services.people.segments import save_segment
from services.people.variables import load_variables
from services.workflows.contact_import import AT_ONCE
from tests.factories.accounts import SALES_BOT, add_bot
from tests.factories.bombs import sheet_bomb
from tests.factories.persons import add_chat, add_contact, add_tag
from utils.confined import Limits

FILE = """
bot: sales
name: Spring
text: {en: "Hello {{user.first_name}}", ru: Привет}
buttons: [[{text: Thanks, tag: warm}]]
audience: {all: [has_not_paid, {tag: warm}]}
"""


@pytest.fixture
async def people(db: Database) -> None:
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        for number in range(6):
            person = await add_contact(uow, 600 + number)
            await add_chat(uow, SALES_BOT, person, state=ChatState.BLOCKED if number == 5 else ChatState.OPEN)
            if number % 2:
                await add_tag(uow, person.id, name="warm")


async def list_segments(db: Database) -> list[str]:
    process: Any = SimpleNamespace(db=db, account_id=1)
    return await list_them(process, as_json=False)


async def test_a_file_is_counted_sent_looked_at_and_steered(
    db: Database, people: None, tmp_path: Path
) -> None:
    path = tmp_path / "spring.yaml"
    path.write_text(FILE, encoding="utf-8")
    process: Any = SimpleNamespace(db=db, account_id=1)
    [counted] = await count_file(process, path=path, as_json=True)
    assert json.loads(counted) == {"count": 2, "blocked": 1, "refused": 0, "never_started": 0}
    [number] = await send_file(process, path=path, as_json=False)
    async with db.unit(1) as uow:
        [shown] = await show_broadcast(uow, int(number), as_json=True)
        found = json.loads(shown)
        assert found["id"] == int(number)
        assert (found["status"], found["total"], found["pending"], found["sent"]) == ("running", 2, 2, 0)
        assert found.keys() >= {"failed", "blocked", "unknown", "clicked", "bought", "variants"}
        for action, status in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
            await steer(uow, int(number), action)
            [shown] = await show_broadcast(uow, int(number), as_json=True)
            assert json.loads(shown)["status"] == status
        with pytest.raises(ValueError, match="is cancelled"):
            await steer(uow, int(number), "resume")


async def test_a_wrong_file_sends_nothing_and_names_the_key(
    db: Database, people: None, tmp_path: Path
) -> None:
    path = tmp_path / "spring.yaml"
    process: Any = SimpleNamespace(db=db, account_id=1)
    for wrong, key in (
        ("colour: red\n", "colour"),
        ("audience: {in_segment: none}\n", "audience: there is no segment"),
    ):
        path.write_text(f"name: A\ntext: B\n{wrong}", encoding="utf-8")
        with pytest.raises(InputRefused, match=key):
            await send_file(process, path=path, as_json=False)
    async with db.unit(1) as uow:
        with pytest.raises(Exception, match="BROADCAST_NOT_FOUND"):
            await show_broadcast(uow, 1, as_json=True)


async def test_segments_are_saved_asked_and_forgotten(db: Database, people: None, tmp_path: Path) -> None:
    warm, circle = tmp_path / "warm.yaml", tmp_path / "circle.yaml"
    warm.write_text("audience: {tag: warm}\n")
    circle.write_text("audience: {in_segment: kept}\n")
    new = tmp_path / "new.yaml"
    new.write_text("audience: {created_after: 2029-01-01}\n")
    async with db.unit(1) as uow:
        assert await save_file(uow, "kept", warm, live=False) == ["kept: 3 people, as they are now"]
        assert await save_file(uow, "live", warm, live=True) == ["live: 3 people, live"]
        assert await save_file(uow, "new", new, live=True) == ["new: 6 people, live"]
        assert await drop_one(uow, "new") == ["new is forgotten"]
        person = await add_contact(uow, 700)
        await add_tag(uow, person.id, name="warm")
    assert await list_segments(db) == ["kept\tstatic\t3 people", "live\tlive\t4 people"]
    with pytest.raises(InputRefused, match="circle"):
        async with db.unit(1) as uow:
            await save_file(uow, "kept", circle, live=True)
    async with db.unit(1) as uow:
        assert await drop_one(uow, "live") == ["live is forgotten"]
        assert await drop_one(uow, "live") == ["there is no segment live"]


async def test_people_are_listed_by_the_same_conditions(db: Database, people: None) -> None:
    process: Any = SimpleNamespace(db=db, account_id=1)
    header, *rows = await list_people(process, where=["tag: warm", "not has_paid"], as_json=False)
    assert header.startswith("telegram_id,username,")
    assert [row.partition(",")[0] for row in rows] == ["601", "603", "605"]
    [whole] = await list_people(process, where=[], as_json=True)
    assert [one["telegram_id"] for one in json.loads(whole)] == list(range(600, 606))
    for wrong, why in (("rich", "is no condition"), ("tag: warn", "is “warm” meant")):
        with pytest.raises(InputRefused, match=why):
            await list_people(process, where=[wrong], as_json=False)


async def test_a_list_of_people_is_matched_and_marked(db: Database, people: None, tmp_path: Path) -> None:
    listed = tmp_path / "people.csv"
    listed.write_text(
        "telegram_id;tags;city\n600;warm, new;Riga\n605;old;\n@person601;;Oslo\n999;new;\n600;;\n"
    )
    async with db.unit(1) as uow:
        tried = await import_list(uow, read_file(listed), listed, "sales", dry_run=True)
        assert "3 of 4 are known; a dry run" in tried[0]
        assert await load_variables(uow, (await get_by_telegram_id(uow, 600)).id) == {}
        told = await import_list(uow, read_file(listed), listed, "sales", dry_run=False)
        assert told[0] == "3 of 4 are known"
        assert told[1].startswith("cannot be written to by @")
        assert told[1].endswith(": 1")
        assert told[2] == "never started a bot: 1 (999)"
        assert told[3].startswith("https://t.me/")
        assert await load_variables(uow, (await get_by_telegram_id(uow, 601)).id) == {"city": "Oslo"}
        await save_segment(uow, "new", {"tag": "new"}, live=True)
    assert await list_segments(db) == ["new\tlive\t1 people"]


async def test_who_lacks_one_name_is_known_by_the_other(db: Database, people: None, tmp_path: Path) -> None:
    listed = tmp_path / "people.csv"
    listed.write_text(
        "username,telegram_id,tags\n@person600,,a\n,601,a\nhttps://t.me/Person602,,a\nperson601,,a\n,,a\n"
    )
    async with db.unit(1) as uow:
        told = await import_list(uow, read_file(listed), listed, "sales", dry_run=False)
        assert told[0] == "4 of 4 are known"
        assert told[1].startswith("https://t.me/"), "nobody who cannot be written to is told of"
        await save_segment(uow, "listed", {"tag": "a"}, live=True)
    assert await list_segments(db) == ["listed\tlive\t3 people"]


async def test_a_workbook_is_a_list_too_and_another_file_is_refused(
    db: Database, people: None, tmp_path: Path
) -> None:
    book = Workbook()
    for row in (("id", "tag"), (600, "warm"), (601.0, "warm")):
        book.worksheets[0].append(row)
    book.save(tmp_path / "people.xlsx")
    async with db.unit(1) as uow:
        book_path = tmp_path / "people.xlsx"
        told = await import_list(uow, read_file(book_path), book_path, "sales", dry_run=False)
        assert told[0] == "2 of 2 are known"
    for name, content, why in (
        ("a.xlsx", b"PK no workbook", "is no table"),
        ("a.csv", b"name,tags\nAnna,warm\n", "names nobody"),
        ("a.csv", "id,Город\n600,Рига\n".encode(), "Latin letters"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputRefused, match=why):
            read_file(tmp_path / name)


async def test_a_long_list_is_looked_up_in_pieces(db: Database, people: None, tmp_path: Path) -> None:
    listed = tmp_path / "people.csv"
    strangers = "".join(f"{number};new\n" for number in range(2_000_000, 2_000_000 + 2 * AT_ONCE))
    listed.write_text(f"telegram_id;tags\n600;first\n{strangers}@Person601;last\n{'9' * 30};huge\n")
    async with db.unit(1) as uow:
        told = await import_list(uow, read_file(listed), listed, "sales", dry_run=False)
    assert told[0] == f"2 of {2 * AT_ONCE + 3} are known"
    assert told[-2].startswith(f"never started a bot: {2 * AT_ONCE + 1} (2000000")


# The signal of the limit comes anywhere, now and then within what Hypothesis does when garbage is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_list_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(sheet_bomb())
    with pytest.raises(InputRefused, match="needs too much time or memory"):
        read_file(path, Limits(seconds=1, megabytes=400))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "original: {from_chat_id: 600, message_ids: [1]}",
            "original: a broadcast from a file has its own text",
        ),
        (f"audience: {{joined_group: -{10**30}}}", "audience"),
        (f"audience: {{progress: {{course: c, at_least: {10**30}}}}}", "audience"),
        (f'bot: "{"9" * 30}"', "bot: "),
        ('at: "9999-12-31T23:59:59-12:00"', "at: "),
        ('at: "0001-01-01T00:00:00+12:00"', "at: "),
        ("media: file:///etc/passwd", "media"),
        ("media: [{kind: document, ref: ../.env}]", "media"),
        ('buttons: [[{text: x, url: "JavaScript:alert(1)"}]]', "buttons"),
    ],
)
async def test_a_strangers_file_reaches_nothing_of_ours(
    db: Database, people: None, tmp_path: Path, more: str, said: str
) -> None:
    path = tmp_path / "spring.yaml"
    path.write_text(f"name: Spring\ntext: Hello\n{more}\n")
    process: Any = SimpleNamespace(db=db, account_id=1)
    with pytest.raises(InputRefused, match=re.escape(said)):
        await count_file(process, path=path, as_json=False)
