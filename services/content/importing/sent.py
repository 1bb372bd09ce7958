"""Courses sent to the bot as files: read aside, then kept as a draft with a report; and the files a course is changed by."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError
from core.events import JobFinished
from core.flow.definition import dump_flow, parse_flow
from core.presses import PressKind
from services.content.exporting.documents import write_yaml
from services.content.flows import get_flow_id, get_latest_version
from services.content.importing.applying import Planned, plan_import
from services.content.importing.reader import LIMITS, Batch, Course, read_sent
from services.content.importing.report import Finding, Severity, Why
from services.content.imports import keep_imported_draft
from services.content.messages.media import keep_file
from services.delivery import speech
from services.delivery.jobs import add_job
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address, Words
from utils.confined import LimitReachedError, Limits, call_confined

COURSE_FILE = "course_file"
"""The kind of the job that fetches and reads a sent file."""
CREATE, EDIT = "create", "edit"
MOST_BYTES = 20_000_000  # what a bot gets of a file
MOST_SHOWN = 15
IMPORT = PressKind.IMPORT  # kind of the buttons below a report: import-action
PUBLISH, UNDO = "publish", "undo"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A document an admin sent to make (`create`) or change (`edit`) the course `slug`."""

    wish: str
    slug: str
    file_id: str
    name: str
    bot_id: int
    chat_id: int


async def take_file(uow: UnitOfWork, sent: SentFile, key: str) -> None:
    """Have a file fetched and read; the report follows."""
    await add_job(uow, COURSE_FILE, key, {**asdict(sent), "said": key})


async def read_confined(
    env: Environment, payload: Mapping[str, Any], content: bytes, limits: Limits = LIMITS
) -> Mapping[str, Any]:
    """What `read_file` gives, in a process of its own; a file that needs too much of it is a finding."""
    try:
        return await call_confined(limits, read_file, env.without_keys(), dict(payload), content)
    except LimitReachedError:
        batch = Batch()
        batch.report.error(payload["name"], 0, Why.TOO_COSTLY)
        return _describe(batch)


def read_file(env: Environment, payload: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    """What is in a sent file, as the job's result: the course's document if it is right, and all that was found.

    Pictures that came inside it are kept at once: under the name of their content, they are in nobody's way.
    """
    batch = read_sent(env, payload["name"], content, payload["slug"])
    if not batch.report.errors:
        for shelf in batch.shelves:
            shelf.keep()
    return _describe(batch)


def _describe(batch: Batch) -> dict[str, Any]:
    findings = [
        {**asdict(finding), "severity": str(finding.severity), "why": str(finding.why)}
        for finding in batch.report.findings
    ]
    document = dump_flow(batch.courses[0].flow) if batch.courses and not batch.report.errors else None
    return {"course": document, "findings": findings, "left_off": batch.report.left_off}


async def on_file_read(uow: UnitOfWork, finished: JobFinished) -> None:
    """Keep what was read as a draft and say so, with the buttons for it; or say what is wrong, and change nothing."""
    payload = finished.payload
    to = Address(payload["bot_id"], payload["chat_id"])
    if not finished.ok:
        said: Words = speech.words("course-file-failed")
        buttons: speech.Keyboard = ()
    else:
        said, buttons = await _answer(uow, payload, finished.result)
    speech.say(uow, to, said, f"{payload['said']}:report", buttons=buttons)


async def _answer(
    uow: UnitOfWork, payload: Mapping[str, Any], result: Mapping[str, Any]
) -> tuple[Words, speech.Keyboard]:
    lines = [_line(finding) for finding in result["findings"][:MOST_SHOWN]]
    more = len(result["findings"]) - MOST_SHOWN + result.get("left_off", 0)
    if more > 0:
        lines.append(speech.words("course-file-more", number=more))
    if result["course"] is None:
        return speech.lines(speech.words("course-file-refused"), *lines), ()
    batch = Batch(courses=[Course(parse_flow(result["course"]), payload["name"])])
    (planned,) = await plan_import(uow, batch)
    findings = [_line(_dump(finding)) for finding in batch.report.findings]
    if batch.report.errors:
        return speech.lines(speech.words("course-file-refused"), *findings), ()
    lines += findings
    slug = planned.course.flow.slug
    if payload["wish"] == CREATE and planned.latest is not None:
        return speech.words("create-exists", slug=slug), ()
    if payload["wish"] == EDIT and slug != payload["slug"]:
        return speech.words("edit-other", slug=payload["slug"], other=slug), ()
    draft, buttons = await _keep(uow, planned)
    return speech.lines(draft, *lines), buttons


async def keep_read(uow: UnitOfWork, batch: Batch) -> tuple[Words, speech.Keyboard]:
    """Keep the course of a batch as a draft, if nothing is wrong with it; gives its report and its buttons."""
    lines = [_line(_dump(finding)) for finding in batch.report.findings[:MOST_SHOWN]]
    if batch.report.errors or not batch.courses:
        return speech.lines(speech.words("course-file-refused"), *lines), ()
    (planned,) = await plan_import(uow, batch)
    draft, buttons = await _keep(uow, planned)
    return speech.lines(draft, *lines), buttons


async def _keep(uow: UnitOfWork, planned: Planned) -> tuple[Words, speech.Keyboard]:
    """What is said of the draft, and the buttons for it; nothing is kept of what is published already."""
    course = planned.course
    slug, elements = course.flow.slug, len(course.flow.steps)
    if planned.latest is not None and not planned.changes:
        return speech.words(
            "course-file-same", slug=slug, number=planned.latest.number, elements=elements
        ), ()
    import_id = await keep_imported_draft(uow, course.flow, course.file)
    return speech.words("course-file-draft", slug=slug, elements=elements), draft_buttons(import_id)


def draft_buttons(import_id: int) -> speech.Keyboard:
    """What can be done with an imported draft."""
    actions = (PUBLISH, UNDO)
    return [
        [speech.button(speech.words(f"import-{action}"), IMPORT, f"{import_id}-{action}")]
        for action in actions
    ]


def _dump(finding: Finding) -> Mapping[str, Any]:
    return {"severity": finding.severity, "line": finding.line, "why": finding.why, "values": finding.values}


def _line(finding: Mapping[str, Any]) -> Words:
    what = speech.words(finding["why"], **finding["values"])
    key = "course-file-error" if finding["severity"] == Severity.ERROR else "course-file-warning"
    return speech.words(key if finding["line"] else f"{key}-whole", line=finding["line"], what=what)


async def send_files(uow: UnitOfWork, slug: str, to: Address, key: str, ref: str) -> None:
    """Send the newest version of a course as YAML and, where its texts fit into cells, as a workbook.

    A reply to either is about `ref`. Raises SCENARIO_NOT_FOUND.
    """
    from services.content.exporting.workbooks import write_workbook  # most processes never write one

    version = await get_latest_version(uow, await get_flow_id(uow, slug))
    files = [(write_yaml(version.flow).encode(), ".yaml")]
    with suppress(DomainError):  # YAML holds every text
        files.append((write_workbook(version.flow), ".xlsx"))
    for content, suffix in files:
        file_name = keep_file(uow.env, content, suffix)
        payload = {"chat_id": to.chat_id, "document": {"media": file_name}}
        enqueue(uow, Outgoing(to.bot_id, to.chat_id, "sendDocument", payload, f"{key}:{suffix}", ref=ref))
