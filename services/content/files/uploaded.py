"""Courses that come as files over HTTP: read aside, told of, then kept as drafts that can be taken back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, parse_flow
from services.content.importing.applying import plan_import
from services.content.importing.reader import Batch, Course
from services.content.importing.report import Severity
from services.content.importing.sent import read_confined
from services.content.imports import keep_imported_draft
from services.content.store import flows as store

MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class ReadFile:
    """What was read: the flow where nothing is wrong with it, all that was found, how much more was counted.

    `flow_id` is the flow there is already under its name.
    """

    file: str
    flow: Flow | None
    findings: tuple[Mapping[str, Any], ...]
    left_off: int
    flow_id: int | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether nothing can be kept of it."""
        return self.flow is None or any(each["severity"] == Severity.ERROR for each in self.findings)


async def read(env: Environment, name: str, content: bytes, slug: str) -> ReadFile:
    """Read a file in a process of its own; `slug` is for a course that does not name its own."""
    result = await read_confined(env, {"name": name, "slug": slug}, content)
    document = result["course"]
    flow = parse_flow(document) if document else None
    return ReadFile(name, flow, tuple(result["findings"]), result["left_off"])


async def look_up(uow: UnitOfWork, file: ReadFile) -> ReadFile:
    """The same with what only the database knows: a name that is taken, conditions about what is not there."""
    if file.flow is None:
        return file
    batch = Batch(courses=[Course(file.flow, file.file)])
    await plan_import(uow, batch)
    findings = (*file.findings, *map(asdict, batch.report.findings))
    flow_id = await store.find_flow_id(uow.conn, uow.account_id, file.flow.slug)
    return ReadFile(file.file, file.flow, findings, file.left_off, flow_id)


async def keep(uow: UnitOfWork, file: ReadFile, *, replaces: bool) -> int:
    """Keep the flow as a draft; gives the import's number. Raises IMPORT_WRONG, and NAME_TAKEN unless it `replaces`."""
    seen = await look_up(uow, file)
    if seen.flow is None or seen.is_wrong:
        raise DomainError(ErrorKind.INVALID, "IMPORT_WRONG", file.file)
    if seen.flow_id is not None and not replaces:
        raise DomainError(ErrorKind.CONFLICT, "NAME_TAKEN", seen.flow.slug)
    return await keep_imported_draft(uow, seen.flow, file.file)
