"""People of another platform come by its tables: they go on where they were, once, all or none."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.db.models.content import participants
from core.db.models.learning import ai_budgets, dialog_turns, run_steps, runs
from core.text.catalog import say
from services.content.deployments import change_settings, deploy_flow
from services.content.entry.tokens import find_course
from services.content.flows import publish_flow
from services.content.importing.report import Why
from services.workflows.people_import.importing import import_people
from services.workflows.people_import.reader import People, read_people
from services.workflows.people_import.writing import ImportedPeople
from tests.factories.accounts import COURSE_BOT
from tests.factories.flows import make_course
from tests.factories.persons import ANNA
from tests.factories.rows import dump_rows
from tests.services.learning.room import Room

BORIS, VERA = 2001, 2002
STEPS: tuple[dict[str, Any], ...] = (
    {"key": "hello", "type": "message", "text": "Hello"},
    {
        "key": "quiz",
        "type": "quiz",
        "text": "Quiz?",
        "answers": [{"text": "a", "correct": True}, {"text": "b"}],
    },
    {"key": "word", "type": "input", "text": "Your word?"},
    {"key": "night", "type": "delay", "wait": "1d"},
    {"key": "morning", "type": "message", "text": "Good morning"},
    {"key": "talk", "type": "dialog", "text": "Let us talk", "prompt": "Be kind"},
    {"key": "bye", "type": "end", "text": "Goodbye"},
)


def write(folder: Path, **tables: str) -> Path:
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(re.sub(r" *\| *", ",", rows).strip() + "\n", encoding="utf-8")
    return folder


async def import_tables(room: Room, folder: Path, **courses: str) -> tuple[People, ImportedPeople | None]:
    """None if the report forbids it."""
    people = read_people(folder, courses)
    async with room.db.unit(1) as uow:
        _, imported = await import_people(uow, people)
    return people, imported


@pytest.fixture
async def opened(room: Room) -> Room:
    """The course is on the bot; Anna has only said hello to the bot and is in no course."""
    await room.open(*STEPS, rights=None)
    return room


async def test_who_stood_at_a_question_hears_it_when_she_comes_back(opened: Room, tmp_path: Path) -> None:
    write(
        tmp_path,
        run=f"id | chat_id | course | date_inserted\n7 | {ANNA} | words | 2026-01-05 10:00:00+00",
        conversation="run_id | element_id | content | score | maxscore\n"
        "7 | hello | | | \n7 | quiz | b | 0 | 1\n7 | quiz | a | 1 | 1",
        waiting="run_id | element_id\n7 | word",
    )
    before = len(opened.desk.calls)
    _, imported = await import_tables(opened, tmp_path)
    assert imported == ImportedPeople(runs=1, records=3)
    await opened.desk.deliver()
    assert len(opened.desk.calls) == before, "nobody is written to"
    assert await opened.say("/start") == [say("course-welcome-back", "en"), "Your word?"]
    await opened.say("sunshine")
    assert await opened.pass_time(days=1) == ["Good morning", "Let us talk"]
    [run] = await opened.rows(runs)
    assert run.state["scores"]["quiz"] == [1.0, 1.0] or run.state["scores"]["quiz"]["points"] == 1.0
    answers = [(row.step, row.answer) for row in await opened.rows(run_steps) if row.answer]
    assert answers[:3] == [("quiz", "b"), ("quiz", "a"), ("word", "sunshine")]


async def test_what_she_writes_at_once_is_her_answer(opened: Room, tmp_path: Path) -> None:
    write(tmp_path, run=f"chat_id | course | element\n{ANNA} | words | word")
    await import_tables(opened, tmp_path)
    await opened.say("sunshine")
    assert await opened.pass_time(days=1) == ["Good morning", "Let us talk"]


async def test_a_wait_ends_when_it_would_have(opened: Room, tmp_path: Path) -> None:
    until = (opened.clock.now() + timedelta(hours=3)).isoformat(sep=" ")
    write(
        tmp_path,
        run=f"chat_id | course\n{ANNA} | words",
        waiting=f"chat_id | element | waiting_till\n{ANNA} | night | {until}",
    )
    _, imported = await import_tables(opened, tmp_path)
    assert imported == ImportedPeople(runs=1, timers=1)
    assert await opened.pass_time(hours=2, minutes=59) == []
    assert await opened.pass_time(minutes=2) == ["Good morning", "Let us talk"]


async def test_who_had_not_begun_begins_and_who_is_through_is_through(opened: Room, tmp_path: Path) -> None:
    rows = f"{ANNA} | words | \n{BORIS} | words | 2026-02-01 10:00:00"
    write(tmp_path, run=f"chat_id | course | finished_at\n{rows}")
    _, imported = await import_tables(opened, tmp_path)
    assert imported == ImportedPeople(runs=2)
    assert (await opened.say("/start"))[1:] == ["Hello", "sendPoll"]
    boris = next(run for run in await opened.rows(runs) if run.chat_id == BORIS)
    assert (boris.status, boris.finished_at.isoformat()) == ("completed", "2026-02-01T10:00:00+00:00")


async def test_talks_bans_and_lists_come_along(opened: Room, tmp_path: Path) -> None:
    write(
        tmp_path,
        run=f"id | chat_id | course | element | utm_source\n1 | {ANNA} | words | talk | blog",
        conversation="run_id | element | role | content\n1 | talk | user | Hi\n1 | talk | assistant | Hello!",
        banned=f"chat_id | date\n{ANNA} | 2026-01-09 10:00:00",
        course_participants=f"course | chat_id | username\nwords | {VERA} | \nwords | | @Nora_1",
    )
    _, imported = await import_tables(opened, tmp_path)
    assert imported == ImportedPeople(runs=1, records=2, bans=1, participants=2)
    assert [(row.role, row.text) for row in await opened.rows(dialog_turns)] == [
        ("user", "Hi"),
        ("assistant", "Hello!"),
    ]
    assert (await opened.rows(ai_budgets))[0].used == 150
    assert (await opened.rows(runs))[0].utm == {"utm_source": "blog"}
    listed = {(row.telegram_id, row.username) for row in await opened.rows(participants)}
    assert listed == {(VERA, None), (None, "nora_1")}


async def test_of_two_courses_under_way_the_one_that_moved_last_is_active(
    opened: Room, tmp_path: Path
) -> None:
    async with opened.db.unit(1) as uow:
        other = await publish_flow(uow, make_course("deeds", steps=list(STEPS)))
        await deploy_flow(uow, other.flow_id, COURSE_BOT)
    write(
        tmp_path,
        run="chat_id | course | element | started_at\n"
        f"{ANNA} | words | word | 2026-01-05\n{ANNA} | 12 | word | 2026-02-05",
    )
    await import_tables(opened, tmp_path, **{"12": "deeds"})
    assert [run.status for run in sorted(await opened.rows(runs), key=lambda run: run.started_at)] == [
        "parked",
        "active",
    ]


async def test_twice_changes_nothing_and_who_is_in_the_course_is_left_alone(
    opened: Room, tmp_path: Path
) -> None:
    write(
        tmp_path,
        run=f"id | chat_id | course | element\n1 | {ANNA} | words | word",
        conversation="run_id | element\n1 | hello",
        banned=f"chat_id\n{ANNA}",
        courseparticipants=f"course | chat_id\nwords | {VERA}",
    )
    await import_tables(opened, tmp_path)
    before = await dump_rows(opened.db)
    _, again = await import_tables(opened, tmp_path)
    assert again == ImportedPeople(known=1)
    assert await dump_rows(opened.db) == before


@pytest.mark.parametrize(
    ("tables", "line", "why"),
    [
        ({"run": "chat_id | course\nanna | words"}, 2, Why.BAD_CELL),
        ({"run": f"course\nwords | {ANNA}"}, 2, Why.BAD_CELL),
        ({"run": f"chat_id | course | started_at\n{ANNA} | words | soon"}, 2, Why.BAD_CELL),
        (
            {"run": f"chat_id | course | started_at\n{ANNA} | words | 9999-12-31T23:59:59-12:00"},
            2,
            Why.BAD_CELL,
        ),
        (
            {"run": f"chat_id | course | started_at\n{ANNA} | words | 0001-01-01T00:00:00+14:00"},
            2,
            Why.BAD_CELL,
        ),
        ({"run": f"chat_id | course | chat_id\n{ANNA} | words | {BORIS}"}, 1, Why.COLUMN_TWICE),
        ({"run": f"chat_id\n{ANNA}"}, 2, Why.NO_COURSE_NAMED),
        ({"run": f"chat_id | course\n{ANNA} | cooking"}, 0, Why.NO_SUCH_COURSE),
        ({"run": f"chat_id | course | element\n{ANNA} | words | gone"}, 2, Why.NO_SUCH_ELEMENT),
        ({"run": f"id | chat_id | course\n1 | {ANNA} | words\n1 | {BORIS} | words"}, 3, Why.RUN_TWICE),
        (
            {"run": f"id | chat_id | course\n1 | {ANNA} | words", "waiting": "run_id | element\n1 | gone"},
            2,
            Why.NO_SUCH_ELEMENT,
        ),
        (
            {
                "run": f"id | chat_id | course\n1 | {ANNA} | words",
                "conversation": "run_id | element | score\n1 | quiz | nan",
            },
            2,
            Why.BAD_CELL,
        ),
        ({"courseparticipants": "course | username\nwords | a b"}, 0, Why.BAD_NAME),
        ({"courseparticipants": "course | username\nwords | "}, 2, Why.NOBODY),
        ({"notes": "not a table"}, 0, Why.NO_TABLES),
    ],
)
async def test_one_wrong_cell_and_nobody_is_brought(
    opened: Room, tmp_path: Path, tables: dict[str, str], line: int, why: Why
) -> None:
    write(tmp_path, **tables)
    if "run" in tables and why is not Why.NO_COURSE_NAMED:
        path = tmp_path / "run.csv"
        head = path.read_text().splitlines()[0].split(",")
        good = ",".join({"chat_id": str(VERA), "course": "words", "id": "99"}.get(one, "") for one in head)
        path.write_text(path.read_text() + good + "\n")
    before = await dump_rows(opened.db)
    people, imported = await import_tables(opened, tmp_path)
    assert imported is None
    errors = [(one.line, one.why) for one in people.report.findings if one.severity == "error"]
    assert (line, why) in errors
    assert await dump_rows(opened.db) == before


async def test_what_belongs_to_nobody_is_left_out_and_said(opened: Room, tmp_path: Path) -> None:
    write(
        tmp_path,
        run=f"id | chat_id | course | colour\n1 | {ANNA} | words | red",
        conversation="run_id | element\n2 | hello",
    )
    people, imported = await import_tables(opened, tmp_path)
    assert imported == ImportedPeople(runs=1)
    assert {one.why for one in people.report.findings} == {Why.COLUMN_LEFT_OUT, Why.NO_RUN}


async def test_a_ban_is_what_the_deployment_allows(opened: Room, tmp_path: Path) -> None:
    async with opened.db.unit(1) as uow:
        course = await find_course(uow, COURSE_BOT, "words")
        await change_settings(uow, course.deployment.id, {"ai_limit": 3})
    write(tmp_path, run=f"chat_id | course | element\n{ANNA} | words | talk", banned=f"telegram_id\n{ANNA}")
    await import_tables(opened, tmp_path)
    assert (await opened.rows(ai_budgets))[0].used == 3
