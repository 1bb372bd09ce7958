"""`/who`: who is where, page by page, or everybody of a name."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.flow.run import RunStatus
from core.presses import Press, PressKind
from core.text.names import show_known
from core.text.refusal import Refused
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.insight.schemas import People, Person, Stage
from services.insight.students import list_fitting, list_students
from services.people.conditions.listing import is_where
from services.tenancy.permissions import Permission

WHO = PressKind.WHO  # kind of the list's buttons: page


async def show(_: Message, command: CommandObject, ctx: Context) -> None:
    """Who is where: course, day, lesson, last activity; `/who Anna` finds people by name, `/who tag: warm` by conditions, a line each."""
    name = (command.args or "").strip()
    if is_where(name):
        _show_fitting(ctx, *await _find_fitting(ctx, name.splitlines()))
        return
    people = await list_students(ctx.uow, words=name)
    text = _list(ctx, people, name)
    buttons = [] if name else _pages(people)
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=buttons)


async def _find_fitting(ctx: Context, lines: Sequence[str]) -> tuple[People | None, Words]:
    """Those for whom the conditions hold, with what is above them; None where they cannot be asked."""
    try:
        people = await list_fitting(ctx.uow, lines)
    except Refused as refused:
        return None, speech.words("who-unfit", problem=refused.words)
    return people, speech.words("who-fitting", total=people.total)


def _show_fitting(ctx: Context, people: People | None, title: Words) -> None:
    shown = [_line(ctx, person) for person in people.shown] if people else []
    more = [speech.words("who-fitting-more")] if people and people.pages > 1 else []
    speech.say(ctx.uow, ctx.address, speech.lines(title, *shown, *more), ctx.next_key())


COMMANDS = (AdminCommand("who", show, Section.OVERVIEW, looks=True),)


def build_buttons() -> Router:
    """The pages of the list."""
    router = admin_router("admin-who", Permission.CONTACTS)

    @router.callback_query(Pressed(WHO))
    async def turn(query: CallbackQuery, ctx: Context, press: Press) -> None:
        people = await list_students(ctx.uow, int(press.id))
        redraw(ctx, query, _list(ctx, people, ""), _pages(people))

    return router


def _list(ctx: Context, people: People, name: str) -> Words:
    if not people.shown:
        return speech.words("who-nobody-called", name=name) if name else speech.words("who-nobody")
    title = speech.words("who", total=people.total, page=people.page + 1, pages=people.pages)
    shown = [_line(ctx, person) for person in people.shown]
    more = [speech.words("who-more")] if name and people.pages > 1 else []
    return speech.lines(title, *shown, *more)


def _line(ctx: Context, person: Person) -> Words:
    name = show_known(person.name, person.username, person.telegram_id)
    stage = _stage(person.stage) if person.stage else speech.words("who-outside")
    parts = [speech.words("who-name", name=name), stage]
    if person.seen_at:
        seen = speech.moment(person.seen_at, ctx.contact.zone)
        parts.append(speech.words("who-seen", moment=seen))
    return speech.lines(*parts, gap="\n")


def _stage(stage: Stage) -> Words:
    step = speech.content(stage.title) if stage.title else (stage.step or "")
    key = f"{stage.status}-{stage.held_for}" if stage.status is RunStatus.HELD else stage.status
    return speech.words(f"who-{key}", course=speech.content(stage.course), step=step, day=stage.day)


def _pages(people: People) -> Keyboard:
    row = []
    if people.page > 0:
        row.append(speech.button("←", WHO, people.page - 1))
    if people.page + 1 < people.pages:
        row.append(speech.button("→", WHO, people.page + 1))
    return [row] if row else []
