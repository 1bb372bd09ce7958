"""Who is where: students by course, step, day and last activity."""

from collections.abc import Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.flow.definition import Flow
from core.flow.naming import name_of
from core.flow.run import RunStatus, load_run_state
from core.flow.steps import Step
from core.flow.steps.lesson import LessonStep
from core.text.names import show_name
from services.content import flows
from services.content.settings import load_course_settings
from services.insight.schemas import People, Person, Stage
from services.insight.store import students as store
from services.people.conditions.listing import read_where
from services.people.contacts import load_contacts
from services.people.schemas import Contact

PAGE = 8
LEAST_DIGITS = 7  # of a phone number


async def list_fitting(uow: UnitOfWork, lines: Sequence[str], page: int = 0) -> People:
    """A page of those for whom all these conditions hold, student or not; raises Refused as `read_where`."""
    return await _list_page(uow, page, "", await read_where(uow, lines))


async def list_students(uow: UnitOfWork, page: int = 0, words: str = "") -> People:
    """A page of everybody who takes or may take a course, whoever moved last first; past the end: the last page.

    With `words` the list has everybody so called (by name, username or Telegram id), student or not.
    """
    return await _list_page(uow, page, words, None)


async def _list_page(uow: UnitOfWork, page: int, words: str, where: Any) -> People:
    total = await store.count_people(uow.conn, uow.account_id, words, where)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 0), pages - 1)
    rows = await store.list_people(uow.conn, uow.account_id, words, where, limit=PAGE, offset=page * PAGE)
    return People(tuple([await _person(uow, row) for row in rows]), page, pages, total)


async def _person(uow: UnitOfWork, row: Any) -> Person:
    return Person(
        contact_id=row.id,
        telegram_id=row.telegram_id,
        name=show_name(row.first_name, row.last_name, row.username, row.telegram_id),
        username=row.username,
        stage=await _stage(uow, row) if row.flow_version_id else None,
        seen_at=row.heard_at or row.spoke_at,
    )


async def _stage(uow: UnitOfWork, row: Any) -> Stage:
    flow = (await flows.get_version(uow, row.flow_version_id)).flow
    value = load_run_state(row.state)
    step = _seen_last(flow, flow.step(value.step))
    day = (await load_course_settings(uow, row.deployment_id)).day
    until = (value.held_at if value.status is RunStatus.HELD else None) or uow.now
    return Stage(
        course=flow.name,
        step=step.key if step else None,
        title=name_of(step) if step else None,
        day=(until - (value.started_at or row.started_at)) // day + 1,
        status=RunStatus(row.status),
        held_for=value.held_for,
    )


def _seen_last(flow: Flow, step: Step | None) -> Step | None:
    """The step they have before them: while they wait for a lesson it is the one before."""
    if not isinstance(step, LessonStep):
        return step
    before = [
        each_step for each_step in flow.steps[: flow.steps.index(step)] if isinstance(each_step, LessonStep)
    ]
    return before[-1] if before else step


async def list_candidates(uow: UnitOfWork, most: int) -> list[Contact]:
    """Who did something in a bot last and has no role here, the latest first."""
    ids = await store.list_seen_last(uow.conn, uow.account_id, most + len(uow.env.admin_ids))
    people = await load_contacts(uow, ids)
    return [people[number] for number in ids if people[number].telegram_id not in uow.env.admin_ids][:most]


async def list_by_address(uow: UnitOfWork, words: str) -> list[int]:
    """Contacts who go by an e-mail address or a phone number, as they gave it for receipts or in a course."""
    digits = "".join(letter for letter in words if letter.isdigit())
    phone = (
        digits if len(digits) >= LEAST_DIGITS and len(digits) == len(words.strip("+ ")) - _gaps(words) else ""
    )
    return await store.list_by_address(uow.conn, uow.account_id, words.lower(), phone, PAGE)


def _gaps(words: str) -> int:
    return sum(letter in " -()" for letter in words.strip("+ "))
