"""Fuzzed tables of people: whatever is in them, a clear error and no row, or people who can go on."""

import random
from pathlib import Path

from services.workflows.people_import.rows import TABLES
from tests.factories.persons import ANNA
from tests.factories.rows import dump_rows
from tests.services.learning.room import Room
from tests.services.learning.test_people_import import BORIS, STEPS, VERA, import_tables, write

FOLDERS = 40
GOOD = {
    "run": f"id | chat_id | course | element | date\n1 | {ANNA} | words | word | 2026-01-05\n2 | {BORIS} | words | |",
    "conversation": "run_id | element | role | content | score | maxscore\n1 | quiz | user | a | 1 | 1\n2 | hello | | | |",
    "waiting": "run_id | element | until\n2 | night | 2030-01-05 10:00:00+03",
    "banned": f"chat_id | date\n{ANNA} | 2026-01-05",
    "courseparticipants": f"course | chat_id | username\nwords | {VERA} | \nwords | | nora",
}
PIECES = ["", ",", '"', "\n", "\0", "я", "-1", "1e999", "nan", "9" * 40, "NULL", "words", "gone", "{{x}}", ";", "\t", "2026-13-01",
          "0000-00-00", "9999-12-31", "0001-01-01", " ", "true"]  # fmt: skip


def spoil(text: str, lot: random.Random) -> str:
    for _ in range(lot.randint(0, 2)):
        place = lot.randrange(len(text) + 1)
        text = text[:place] + lot.choice(PIECES) + text[place + lot.randrange(6) :]
    return text


async def test_whatever_is_in_the_tables(room: Room, tmp_path: Path) -> None:
    await room.open(*STEPS, rights=None)
    lot = random.Random("tables")
    refused = came = 0
    for _ in range(FOLDERS):
        write(tmp_path, **{name: spoil(GOOD[name], lot) for name in TABLES})
        before = await dump_rows(room.db)
        people, imported = await import_tables(room, tmp_path)
        if imported is None:
            refused += 1
            assert people.report.errors
            assert await dump_rows(room.db) == before
        else:
            came += imported.runs
    assert refused > FOLDERS // 10
    assert came > 1
    await room.pass_time(days=2)
    assert await room.say("/start")
