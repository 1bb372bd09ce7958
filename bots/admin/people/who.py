"""`/who`: who is where, page by page, or everybody of a name."""

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


async def show(message: Message, command: CommandObject, ctx: Context) -> None:
    """Who is where: course, day, lesson, last activity; `/who Anna` finds people by name, `/who tag: warm` by conditions, a line each."""
    asked = (command.args or "").strip()
    text, buttons = await _find(ctx, asked, 0)
    # What was asked stays above the list, for who turns its pages.
    quoting = {"message_id": message.message_id, "allow_sending_without_reply": True}
    extra = {"reply_parameters": quoting} if asked and buttons else None
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=buttons, extra=extra)


COMMANDS = (AdminCommand("who", show, Section.OVERVIEW, looks=True),)


def build_buttons() -> Router:
    """The pages of the list."""
    router = admin_router("admin-who", Permission.CONTACTS)

    @router.callback_query(Pressed(WHO))
    async def turn(query: CallbackQuery, ctx: Context, press: Press) -> None:
        page, _, is_asked = press.id.partition("-")
        asked = _read_question(query) if is_asked else ""
        if asked is None:
            ctx.alert("who-question-gone")
            return
        redraw(ctx, query, *await _find(ctx, asked, int(page)))

    return router


def _read_question(query: CallbackQuery) -> str | None:
    """What was asked for in the message that the list answers; None if that is gone."""
    shown = query.message if isinstance(query.message, Message) else None
    said = shown.reply_to_message.text if shown and shown.reply_to_message else None
    return (said.split(maxsplit=1)[1:] or [""])[0].strip() if said else None


async def _find(ctx: Context, asked: str, page: int) -> tuple[Words, Keyboard]:
    """A page of those who are asked for, by a name or conditions, or of everybody; with the buttons of the others."""
    if not is_where(asked):
        people = await list_students(ctx.uow, page, words=asked)
        return _list(ctx, people, asked), _pages(people, asked)
    try:
        people = await list_fitting(ctx.uow, asked.splitlines(), page)
    except Refused as refused:
        return speech.words("who-unfit", problem=refused.words), []
    title = [speech.words("who-fitting", total=people.total)]
    if people.pages > 1:
        title.append(speech.words("stats-page", page=people.page + 1, pages=people.pages))
    shown = [_line(ctx, person) for person in people.shown]
    return speech.lines(speech.lines(*title, gap="\n"), *shown), _pages(people, asked)


def _list(ctx: Context, people: People, name: str) -> Words:
    if not people.shown:
        return speech.words("who-nobody-called", name=name) if name else speech.words("who-nobody")
    title = speech.words("who", total=people.total, page=people.page + 1, pages=people.pages)
    return speech.lines(title, *(_line(ctx, person) for person in people.shown))


def _line(ctx: Context, person: Person) -> Words:
    name = show_known(person.name, person.username, person.telegram_id)
    stage = _stage(person.stage) if person.stage else speech.words("who-outside")
    parts = [speech.words("who-name", name=name), stage]
    if person.seen_at:
        seen = speech.moment(person.seen_at, ctx.contact.zone)
        parts.append(speech.words("who-seen", moment=seen))
    return speech.lines(*parts, gap="\n")


def _stage(stage: Stage) -> Words:
    step = speech.named(stage.title) if stage.title else ""
    key = f"{stage.status}-{stage.held_for}" if stage.status is RunStatus.HELD else stage.status
    return speech.words(f"who-{key}", course=speech.named(stage.course), step=step, day=stage.day)


def _pages(people: People, asked: str) -> Keyboard:
    which = "-asked" if asked else ""
    row = []
    if people.page > 0:
        row.append(speech.button("←", WHO, f"{people.page - 1}{which}"))
    if people.page + 1 < people.pages:
        row.append(speech.button("→", WHO, f"{people.page + 1}{which}"))
    return [row] if row else []
