"""`/log`: what the members of the team did, the newest first; and how it is written down."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.dispatcher.flags import get_flag
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message, TelegramObject

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router, find_person, read_words
from bots.runtime.context import Context
from bots.shared.awaited_inputs import Taker
from bots.shared.filters import Pressed
from core.presses import Press, PressKind
from core.roles import MemberRole
from core.text.names import show_name
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.people import contacts
from services.people.schemas import AwaitedInput
from services.tenancy import audit as record
from services.tenancy.audit import Deed, Record
from services.tenancy.permissions import Permission

LOG = PressKind.LOG  # kind of the pages' buttons: page-contact, 0 for everybody
DECLARED = "declared"  # the flag of a handler that names its command
LOOKS = frozenset(  # buttons that only show something
    {
        PressKind.WHO,
        PressKind.FIGURES_PERIOD,
        PressKind.FIGURES_PEOPLE,
        PressKind.FIGURES_PICTURE,
        PressKind.LOG,
        PressKind.ACCESS_LEAVE,
        PressKind.ACCESS_TAKE_ASK,
        PressKind.ORDER,
        PressKind.ORDER_REFUND,
        PressKind.ORDER_SETTLE_ASK,
        PressKind.SCENARIO_KEEP,
    }
)


class Door(BaseMiddleware):
    """Whatever a member does is written down in the unit that does it; one that is refused has not happened."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle it, then keep it."""
        answer = await handler(event, data)
        _keep(data["ctx"], event, data)
        return answer


def _keep(ctx: Context, event: TelegramObject, data: dict[str, Any]) -> None:
    deed = _read_press(event, data) if isinstance(event, CallbackQuery) else _read_command(event, data)
    if deed is not None:
        _write(ctx, *deed)


def _write(ctx: Context, act: str, said: str) -> None:
    if not ctx.only_looked:
        record.write(ctx.uow, Deed(ctx.contact.telegram_id, act, said, ctx.about, ctx.before, ctx.after))


def keep(ctx: Context, act: str, about: str = "") -> None:
    """Write down what was done with a message that is no command: what it did, and never what it says."""
    _write(ctx, act, f"[{act}] {about}".rstrip())


def written_down(taker: Taker) -> Taker:
    """A taker of what members are asked to write; whatever it does with that is kept."""

    async def take(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
        taken = await taker(ctx, message, expected)
        if taken:
            keep(ctx, expected.kind, expected.about)
        return taken

    return take


def _read_press(query: CallbackQuery, data: dict[str, Any]) -> tuple[str, str] | None:
    press: Press | None = data.get("press")
    if press is None or press.kind in LOOKS:
        return None
    return press.kind, f"[{_find_label(query) or press.kind}] {press.id}"


def _find_label(query: CallbackQuery) -> str | None:
    """What stood on the button that was pressed."""
    markup = getattr(query.message, "reply_markup", None)
    buttons = [button for row in markup.inline_keyboard for button in row] if markup else []
    return next((button.text for button in buttons if button.callback_data == query.data), None)


def _read_command(event: TelegramObject, data: dict[str, Any]) -> tuple[str, str] | None:
    """A command that does something; what is only looked at is nobody's deed."""
    command: CommandObject | None = data.get("command")
    declared: AdminCommand | None = get_flag(data, DECLARED)
    if not isinstance(event, Message) or command is None or declared is None or declared.looks:
        return None
    return declared.name, event.text or event.caption or ""


async def show(_: Message, command: CommandObject, ctx: Context) -> None:
    """Show what the team did, the newest first; with a name, what was done by or about one person."""
    person = await find_person(ctx, command, "") if read_words(command) else None
    if person is None and read_words(command):
        return
    text, buttons = await _page(ctx, 0, person.id if person else 0)
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=buttons)


COMMANDS = (AdminCommand("log", show, Section.OVERVIEW, "@anna", permission=Permission.AUDIT, looks=True),)


def build_buttons() -> Router:
    """The pages, and the button on a person's screen."""
    router = admin_router("admin-log", Permission.AUDIT)

    @router.callback_query(Pressed(LOG))
    async def turn(query: CallbackQuery, ctx: Context, press: Press) -> None:
        page, contact_id = map(int, press.id.split("-"))
        speech.show(ctx.uow, ctx.screen(query.message), *await _page(ctx, page, contact_id))

    return router


async def _page(ctx: Context, page: int, contact_id: int) -> tuple[Words, Keyboard]:
    about = await contacts.get_contact(ctx.uow, contact_id) if contact_id else None
    whose = {"contact_id": about.id, "actor_id": about.telegram_id} if about else {}
    records, has_more = await record.list_records(ctx.uow, page, **whose)
    if not records:
        return speech.words("log-empty"), ()
    title = speech.words("log-of", name=about.full_name) if about else speech.words("log-title")
    row = [speech.button("←", LOG, f"{page - 1}-{contact_id}")] if page else []
    row += [speech.button("→", LOG, f"{page + 1}-{contact_id}")] if has_more else []
    return speech.lines(title, *[await _line(ctx, each) for each in records]), [row] if row else ()


async def _line(ctx: Context, record: Record) -> Words:
    actor = await contacts.find_by_telegram_id(ctx.uow, record.deed.actor_id)
    name = actor.full_name if actor else show_name("", "", None, record.deed.actor_id)
    moment = speech.moment(record.at, ctx.contact.zone)
    line = speech.words("log-line", moment=moment, name=name, said=_show_said(record.deed.said))
    parts = [line]
    if record.deed.contact_id:
        whom = await contacts.get_contact(ctx.uow, record.deed.contact_id)
        parts.append(speech.words("log-about", name=whom.full_name))
    if record.deed.before is not None or record.deed.after is not None:
        values = {"before": _show_value(record.deed.before), "after": _show_value(record.deed.after)}
        parts.append(speech.words("log-change", **values))
    return speech.lines(*parts, gap="\n")


def _show_said(said: str) -> str:
    """A command as it was typed, of a press what stood on the button: the codes behind it say nothing to a reader."""
    label, closed, _ = said.removeprefix("[").partition("] ")
    return label if closed and said.startswith("[") else said


def _show_value(value: str | None) -> Words:
    return speech.words(f"role-{value}") if value in set(MemberRole) else value or "—"
