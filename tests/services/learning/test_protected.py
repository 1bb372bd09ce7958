"""Protected content: whatever a flow or step says cannot be forwarded or saved, of whatever kind it is."""

import json
from typing import Any

import pytest

from core.db.models.delivery import jobs, outbox
from core.db.session import Database
from core.events import JobFinished
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.delivery.speech import Address
from services.learning.certificates.certificates import give_certificate
from services.learning.runs.runs import NewRun, start_run
from tests.factories.accounts import COURSE_BOT
from tests.factories.flows import make_course
from tests.factories.persons import ANNA, add_chat
from tests.factories.rows import read_rows
from tests.factories.shops import open_shop

PHOTO = {"kind": "photo", "ref": "https://example.com/a.png"}
ALBUM = {
    "key": "album",
    "type": "message",
    "text": "Look",
    "media": [PHOTO, {**PHOTO, "ref": "https://example.com/b.png"}],
}
FILM = {"key": "film", "type": "message", "media": [{"kind": "video", "ref": "https://example.com/c.mp4"}]}
LESSON = {"key": "day1", "type": "lesson", "title": "Day 1", "messages": [{"text": "One"}, {"text": "Two"}]}
PAPER = {"key": "paper", "type": "certificate", "text": "Yours: {number}"}
POLL = {
    "key": "poll",
    "type": "quiz",
    "text": "Which?",
    "answers": [{"text": "a", "correct": True}, {"text": "b"}],
}


async def _said(db: Database, *steps: dict[str, Any], **head: Any) -> list[tuple[str, bool]]:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        version = await publish_flow(uow, make_course("kept", steps=list(steps), **head))
        await deploy_flow(uow, version.flow_id, COURSE_BOT)
        await add_chat(uow, COURSE_BOT, shop.buyer)
        await start_run(uow, NewRun(shop.buyer, Address(COURSE_BOT, ANNA), version))
    rows = await read_rows(db, outbox, bot_id=COURSE_BOT, chat_id=ANNA)
    return [(row.method, "protect_content" in json.loads(row.payload)) for row in rows]


@pytest.mark.parametrize("protect", [True, False])
async def test_all_that_a_flow_says(db: Database, protect: bool) -> None:
    said = await _said(db, ALBUM, FILM, LESSON, protect=protect)
    methods = [method for method, _ in said]
    assert methods[:5] == ["sendMediaGroup", "sendMessage", "sendVideo", "sendMessage", "sendMessage"]
    assert {kept for _, kept in said[:5]} == {protect}


async def test_a_poll_too(db: Database) -> None:
    assert ("sendPoll", True) in await _said(db, POLL, protect=True)


async def test_one_step_alone(db: Database) -> None:
    said = await _said(db, {**FILM, "protect": True}, {**POLL, "protect": True})
    assert said == [("sendVideo", True), ("sendPoll", True)]


async def test_an_offer_too(db: Database) -> None:
    offer = {"key": "buy", "type": "offer", "text": "Which?"}
    assert await _said(db, {**offer, "protect": True}) == [("sendMessage", True)]


async def test_another_step_is_not(db: Database) -> None:
    assert await _said(db, FILM, {**POLL, "protect": True}) == [("sendVideo", False), ("sendPoll", True)]


async def test_a_certificates_files(db: Database) -> None:
    await _said(db, PAPER, protect=True)
    (job,) = await read_rows(db, jobs, kind="certificate")
    async with db.unit(1) as uow:
        made = {"png": "kept/a.png", "pdf": "kept/a.pdf"}
        await give_certificate(uow, JobFinished(job.kind, job.key, job.payload, ok=True, result=made))
    files = [row for row in await read_rows(db, outbox) if row.method in {"sendPhoto", "sendDocument"}]
    assert len(files) == 2
    assert all(json.loads(row.payload)["protect_content"] for row in files)


async def test_a_stamped_pdf_waits_for_its_line(db: Database) -> None:
    book = {"kind": "document", "ref": "media/book.pdf"}
    notes = {"kind": "document", "ref": "media/notes.docx"}
    step = {"key": "book", "type": "message", "media": [book, notes], "stamp": True, "protect": True}
    assert (await _said(db, step))[:-1] == [("sendDocument", True)]  # the notes, then the end of the course
    (job,) = await read_rows(db, jobs, kind="stamp")
    fields = job.payload["payload"]
    assert (fields["document"], fields["protect_content"]) == ({"media": "media/book.pdf"}, True)
