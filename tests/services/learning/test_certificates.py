"""Certificates through the house: one number per visit, files sent once, names of every kind, revoked at once."""

import asyncio
import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.boot.database import CONTENT
from core.db.models.delivery import jobs, outbox
from core.db.models.learning import certificates, run_steps
from core.db.models.people import contacts
from core.environment import Environment
from core.errors import DomainError
from services.content.messages.media import find_file
from services.delivery.jobs import PermanentFailure
from services.learning.certificates.certificates import (
    find_public,
    make_number,
    page_of,
    printable,
    read_number,
    revoke_certificate,
)
from services.learning.certificates.drawing import build_performer, render
from services.people.variables import set_variable
from tests.factories.persons import ANNA
from tests.factories.work import run_due
from tests.services.learning.room import Room
from utils.confined import Limits

STEP = {"key": "paper", "type": "certificate", "text": "Your number is {number}."}
AFTER = {"key": "after", "type": "message", "text": "Goodbye", "button": "Bye"}
PUBLIC = "https://school.example.com"
FACTS = {
    "name": "Анна",
    "course": "Слова",
    "language": "ru",
    "date": "7 января 2030 г.",
    "number": "K7QF-2MXN-88TP-VW3C",
    "url": f"{PUBLIC}/c/K7QF-2MXN-88TP-VW3C",
    "issued_at": 1893456000,
}
NAMES = {
    "plain": "Anna Petrova",
    "long": "Maximiliana Konstantinopolskaya de la Santisima Trinidad y Todos los Santos Gonzalez",
    "endless": "Щ" * 120,
    "right to left": "محمد بن عبد الله",
    "typst": '#panic("x") $ *b* _i_ `r` @ref <label> // \\ ] [ } {',
    "html": "<b>&amp;</b> \"quoted\" 'single'",
    "json": '"}, {"name": "\u2028',
}


@pytest.fixture
def env(env: Environment) -> Environment:
    shutil.copy(CONTENT / "certificate.typ", env.content_dir)
    return replace(env, public_url=PUBLIC)


async def draw(room: Room) -> list[str]:
    """The jobs are done; gives what they hear."""
    await run_due(room.db, build_performer(room.db.env))
    calls = await room.desk.deliver()
    return [one.text or one.method for one in calls if one.chat == ANNA]


async def the_one(room: Room) -> Any:
    (row,) = await room.rows(certificates)
    return row


async def test_she_gets_a_picture_and_a_document_and_the_course_goes_on(room: Room) -> None:
    await room.open(STEP, AFTER)
    assert "Goodbye" not in [one.text for one in room.seen(ANNA)]
    heard = await draw(room)
    row = await the_one(room)
    assert heard == ["sendPhoto", "sendDocument", f"Your number is {row.number}.", "Goodbye"]
    photo, document = room.seen(ANNA, "sendPhoto")[-1], room.seen(ANNA, "sendDocument")[-1]
    assert f"{PUBLIC}/c/{row.number}" in photo.fields["caption"]
    assert photo.fields["photo"]["name"] == f"{row.number}.png"
    assert document.fields["document"] == {"media": row.pdf, "name": f"{row.number}.pdf"}
    assert find_file(room.db.env, row.pdf).read_bytes().startswith(b"%PDF")
    assert find_file(room.db.env, photo.fields["photo"]["media"]).read_bytes().startswith(b"\x89PNG")
    (left,) = await room.rows(run_steps, step="paper", event="left")
    assert left.answer == row.number


async def test_points_name_course_and_zone_are_those_of_that_day(room: Room) -> None:
    quiz = {"key": "q", "type": "input", "text": "?", "correct_answer": "a"}
    await room.open(quiz, STEP)
    async with room.db.unit(1) as uow:
        await uow.conn.execute(contacts.update().values(zone="Pacific/Auckland"))
    await room.say("a")
    row = await the_one(room)
    assert (row.score, row.max_score, row.zone) == (1, 1, "Pacific/Auckland")
    (job,) = await room.rows(jobs, kind="certificate")
    assert job.payload["date"] == "January 7, 2030"


async def test_a_killed_job_gives_the_same_number_and_files_once(room: Room) -> None:
    await room.open(STEP)
    perform = build_performer(room.db.env)
    calls: list[object] = []

    async def killed(payload: Any) -> Any:
        calls.append(await perform["certificate"](payload))
        raise RuntimeError("killed")

    await run_due(room.db, {"certificate": killed})
    first = (await the_one(room)).number
    room.clock.advance(hours=1)
    heard = await draw(room)
    assert len(calls) == 1
    assert (await the_one(room)).number == first
    assert heard.count("sendDocument") == heard.count("sendPhoto") == 1
    assert await draw(room) == []


async def test_another_visit_has_a_number_of_its_own(room: Room) -> None:
    back = {"key": "back", "type": "message", "text": "Again?", "options": [{"text": "yes", "goto": "paper"}]}
    await room.open(STEP, back)
    await draw(room)
    await room.press("yes")
    await draw(room)
    first, second = await room.rows(certificates)
    assert first.number != second.number
    assert (first.run_id, first.visit) != (second.run_id, second.visit)
    assert len(room.seen(ANNA, "sendDocument")) == 2


@pytest.mark.parametrize(("steps", "written"), [([], f"P{ANNA}"), (["ask"], "Anna von Petrowa")])
async def test_the_name_is_the_one_she_chose_or_her_accounts(
    room: Room, steps: list[str], written: str
) -> None:
    ask = {"key": "ask", "type": "input", "text": "Your name?", "variable": "certificate_name"}
    await room.open(*([ask] if steps else []), STEP)
    if steps:
        await room.say("Anna von Petrowa")
    assert (await the_one(room)).name == written


@pytest.mark.parametrize(
    ("chosen", "first", "username", "written"),
    [
        ("🎉🎉", "🌸 Anna 🌸", None, "Anna"),
        ("", "🌸", "anna_flower", "anna_flower"),
        ("", "🌸", None, "Course participant"),
        ("A\u200bn\nn\u202ea", "x", None, "A n n a"),
        ("N" * 500, "x", None, "N" * 120),
    ],
)
async def test_pictures_are_no_name(
    room: Room, chosen: str, first: str, username: str | None, written: str
) -> None:
    await room.open({"key": "ask", "type": "input", "text": "?"}, STEP)
    async with room.db.unit(1) as uow:
        values = {"first_name": first, "last_name": "", "username": username}
        await uow.conn.execute(contacts.update().where(contacts.c.id == room.contact_id).values(values))
        if chosen:
            await set_variable(uow, room.contact_id, "certificate_name", chosen)
    person = {"id": ANNA, "is_bot": False, "first_name": first, "language_code": "en"}
    person |= {"username": username} if username else {}
    message = room.desk.message(ANNA, text="go") | {"from": person}
    await room.desk.send(7_000_002, {"message": message})
    assert (await the_one(room)).name == written


@pytest.mark.parametrize("blank", ["\u3164", "\u115f\u200b", "\u2800\u202e"])
def test_a_name_of_which_nothing_is_seen_is_none(blank: str) -> None:
    assert printable(blank) == ""
    assert printable(f"{blank}Anna") == "Anna"


@pytest.mark.parametrize("name", NAMES)
async def test_every_name_is_set_as_it_is(env: Environment, name: str) -> None:
    shown = printable(NAMES[name])
    for course in (shown, "W" * 256):
        drawn = await render(env, FACTS | {"name": shown, "course": course})
        assert drawn["pdf"].startswith(b"%PDF")
        assert drawn["png"].startswith(b"\x89PNG")


async def test_the_same_facts_give_the_same_file(env: Environment) -> None:
    assert (await render(env, FACTS))["pdf"] == (await render(env, FACTS))["pdf"]


async def test_without_an_address_there_is_no_code_and_no_link(room: Room) -> None:
    assert page_of(replace(room.db.env, public_url=""), "N") == ""
    bare = await render(room.db.env, FACTS | {"url": ""})
    assert len(bare["pdf"]) < len((await render(room.db.env, FACTS))["pdf"])


async def test_drawing_does_not_stop_the_loop(env: Environment) -> None:
    await build_performer(env)["certificate"](FACTS)  # the first one reads the fonts
    longest, last, over = 0.0, time.perf_counter(), False

    async def watch() -> None:
        nonlocal longest, last
        while not over:
            await asyncio.sleep(0.005)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now

    started = time.perf_counter()
    watching = asyncio.create_task(watch())
    for number in range(3):
        await build_performer(env)["certificate"](FACTS | {"number": str(number)})
    took, over = time.perf_counter() - started, True
    await watching
    assert longest < took / 2


MINE = "#set page(width: 90mm, height: 50mm)\n#let data = json(bytes(sys.inputs.data))\n#data.name #data.words.title\n"


@pytest.mark.parametrize(
    "file", [".env", "keys", "shop.db", "inner/.hidden/note.txt", "data/kept/x.txt", "link.txt", "../out.txt"]
)
async def test_a_template_reads_nobodys_secrets(env: Environment, file: str, tmp_path: Path) -> None:
    env = replace(env, content_dir=tmp_path / "content", data_dir=tmp_path / "content" / "data")
    (tmp_path / "content").mkdir()
    (tmp_path / "out.txt").write_text("secret")
    place = env.content_dir / file
    place.parent.mkdir(parents=True, exist_ok=True)
    if file == "link.txt":
        place.symlink_to(tmp_path / "out.txt")
    elif not place.exists():
        place.write_text("secret")
    (env.content_dir / "note.txt").write_text("for everybody")
    (env.content_dir / "open.typ").write_text('#read("note.txt")')
    (env.content_dir / "thief.typ").write_text(f'#read("{file}")')
    assert (await render(env, FACTS | {"template": "open.typ"}))["pdf"].startswith(b"%PDF")
    with pytest.raises(PermanentFailure, match=r"thief\.typ cannot be set"):
        await render(env, FACTS | {"template": "thief.typ"})


async def test_a_template_of_ones_own(room: Room) -> None:
    folder = room.db.env.content_dir / "certificates"
    folder.mkdir()
    (folder / "mine.typ").write_text(MINE)
    await room.open({**STEP, "template": "certificates/mine.typ"})
    await draw(room)
    own = find_file(room.db.env, (await the_one(room)).pdf).read_bytes()
    assert len(own) < len((await render(room.db.env, FACTS))["pdf"])


ENDLESS = {
    "it never ends": "#let again(n) = for i in range(n) { if i > 5 { again(n) } }\n#again(100000000)\n",
    "it fills the memory": "#let all = range(100000000).map(str)\n#all.len()\n",
}


@pytest.mark.parametrize("template", ENDLESS)
async def test_a_template_without_end_is_ended_and_given_up(env: Environment, template: str) -> None:
    (env.content_dir / "endless.typ").write_text(ENDLESS[template])
    perform = build_performer(env, Limits(seconds=1, megabytes=200))["certificate"]
    with pytest.raises(PermanentFailure, match=r"endless\.typ needs too much"):
        await perform(FACTS | {"template": "endless.typ"})


BROKEN = {
    "there is none": None,
    "it cannot be set": "#let data = \n",
    "it has two pages": f"{MINE}\n#pagebreak()\nmore",
    "it looks outside": '#read("/../../secret.txt")',
}


@pytest.mark.parametrize("why", BROKEN)
async def test_a_broken_template_costs_the_file_alone(room: Room, why: str) -> None:
    text = BROKEN[why]
    (room.db.env.content_dir.parent / "secret.txt").write_text("secret")
    if text is not None:
        (room.db.env.content_dir / "mine.typ").write_text(text)
    await room.open({**STEP, "template": "mine.typ"}, AFTER)
    heard = await draw(room)
    row = await the_one(room)
    assert row.number in heard[0]
    assert "could not be made" in heard[0]
    assert heard[1] == "Goodbye"
    (job,) = await room.rows(jobs, kind="certificate")
    assert (job.state, "mine.typ" in job.error) == ("dead", True)
    assert [json.loads(one.payload).get("document") for one in await room.rows(outbox)].count(None) > 0


async def test_a_repaired_template_sends_the_file_later(room: Room) -> None:
    await room.open({**STEP, "template": "mine.typ"}, AFTER)
    await draw(room)
    (room.db.env.content_dir / "mine.typ").write_text(MINE)
    async with room.db.unit(1) as uow:
        again = jobs.update().values(state="pending", attempts=0, next_at=uow.real_now)
        await uow.conn.execute(again)
    assert await draw(room) == ["sendPhoto", "sendDocument"]


async def test_a_revoked_one_counts_no_more(room: Room) -> None:
    await room.open(STEP)
    await draw(room)
    number = (await the_one(room)).number
    spoken = number.lower().replace("-", " ")
    async with room.db.unit(1) as uow:
        assert await revoke_certificate(uow, spoken, " a mistake ") == number
    found = await find_public(room.db, number)
    assert found
    assert (found.revoked_at, found.reason) == (room.clock.now(), "a mistake")
    for given, code in (
        (number, "was revoked before"),
        ("nothing", "there is no certificate nothing; its number"),
    ):
        async with room.db.unit(1) as uow:
            with pytest.raises(DomainError, match=code):
                await revoke_certificate(uow, given)


async def test_an_admin_revokes_by_command(room: Room) -> None:
    await room.open(STEP)
    await draw(room)
    number = (await the_one(room)).number
    admin = 1001
    assert "/revokecertificate K7QF" in (await room.say("/revokecertificate", admin))[0]
    assert (await room.say("/revokecertificate ABC", admin))[0] == "There is no certificate ABC."
    assert "is revoked.\n" in (await room.say(f"/revokecertificate {number} issued by mistake", admin))[0]
    again = (await room.say(f"/revokecertificate {number}", admin))[0]
    assert again == f"Certificate {number} is revoked already."
    assert (await the_one(room)).reason == "issued by mistake"
    await room.say(f"/revokecertificate {number}")  # they themself may not
    assert (await the_one(room)).reason == "issued by mistake"


async def test_another_account_cannot_revoke_it(room: Room) -> None:
    await room.open(STEP)
    number = (await the_one(room)).number
    async with room.db.unit(2) as uow:
        with pytest.raises(DomainError, match="CERTIFICATE_NOT_FOUND"):
            await revoke_certificate(uow, number)


def test_numbers_are_read_however_they_are_written() -> None:
    number = make_number()
    assert read_number(number) == number
    assert read_number(f" {number.lower().replace('-', ' ')} ") == number
    assert len({make_number() for _ in range(1000)}) == 1000
    for wrong in ("", "K7QF", number + "A", "O" * 16, "К" * 16, "'; --", "\0" * 16):
        assert read_number(wrong) == ""


def test_the_template_stands_in_the_content_folder() -> None:
    assert Path(CONTENT / "certificate.typ").is_file()
