"""`/create_scenario`, `/edit_scenario`, `/create_course`, `/edit_course`: the wizards, their buttons and what is typed into them."""

from pathlib import PurePosixPath
from typing import Any

from aiogram import Router
from aiogram.enums import ContentType
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.courses.scenarios import OPEN
from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router, read_words
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from bots.shared.secrets import forget
from core.flow.definition import FlowKind
from core.lifecycle import AwaitedKind
from core.presses import Press
from core.text.message import MediaKind, localize
from core.wizard import flows as flow_wizard
from core.wizard.offers import TARIFF
from core.wizard.screen import Entry, Talk, label
from services.content import flows
from services.content.schemas import ListedFlow
from services.delivery import speech
from services.learning.runs.preview import PREVIEW
from services.people.schemas import AwaitedInput
from services.tenancy.permissions import Permission
from services.workflows.desk import files, talks
from services.workflows.desk.files import MOST_BYTES, SentMedia
from services.workflows.desk.kinds import WIZARDS
from services.workflows.desk.talks import PRESS, Author

MOST_LISTED = 30
SUFFIXES = {MediaKind.PHOTO: ".jpg", MediaKind.VOICE: ".ogg", MediaKind.VIDEO: ".mp4", MediaKind.VIDEO_NOTE: ".mp4", MediaKind.AUDIO: ".mp3"}  # fmt: skip


async def create_scenario(_: Message, ctx: Context) -> None:
    """Make a scenario step by step: general, summary, messages, then publish it; [how](../how-to/wizard.md)."""
    await _open(ctx, flow_wizard.create(FlowKind.SCENARIO))


async def edit_scenario(_: Message, command: CommandObject, ctx: Context) -> None:
    """Change a scenario: its texts, photos, buttons, waits and order; people see it once it is published."""
    await _edit(ctx, FlowKind.SCENARIO, " ".join(read_words(command)))


async def create_course(_: Message, ctx: Context) -> None:
    """Make a course step by step: lessons, days, assignments, then publish it."""
    await _open(ctx, flow_wizard.create(FlowKind.COURSE))


async def edit_course(_: Message, command: CommandObject, ctx: Context) -> None:
    """Change a course: its lessons, days, assignments and order; students see it once it is published."""
    await _edit(ctx, FlowKind.COURSE, " ".join(read_words(command)))


COMMANDS = (
    AdminCommand("create_scenario", create_scenario, Section.CONTENT, permission=Permission.CONTENT),
    AdminCommand("edit_scenario", edit_scenario, Section.CONTENT, "month", permission=Permission.CONTENT),
    AdminCommand("create_course", create_course, Section.CONTENT, permission=Permission.CONTENT),
    AdminCommand("edit_course", edit_course, Section.CONTENT, "ielts", permission=Permission.CONTENT),
)


def build_buttons() -> Router:
    """The buttons of the screens and of the lists."""
    router = admin_router("admin-wizard", Permission.CONTENT)

    @router.callback_query(Pressed(PRESS))
    async def press(query: CallbackQuery, ctx: Context, press: Press) -> None:
        message_id = query.message.message_id if query.message else None
        if not await talks.press(ctx.uow, WIZARDS, _author(ctx, message_id), press.id):
            ctx.refuse_press("wizard-over")

    @router.callback_query(Pressed(OPEN))
    async def open_one(query: CallbackQuery, ctx: Context, press: Press) -> None:
        if press.id == TARIFF.kind:
            await _open(ctx, TARIFF.make())
            return
        listed = next((flow for flow in await flows.list_flows(ctx.uow) if str(flow.id) == press.id), None)
        if listed is None:
            ctx.refuse_press("wizard-over")
            return
        ctx.only_looked = True
        message_id = query.message.message_id if query.message else None
        await _open(ctx, flow_wizard.edit(FlowKind(listed.kind), listed.slug), message_id)

    @router.callback_query(Pressed(PREVIEW))
    async def only_shown(_: CallbackQuery, ctx: Context) -> None:
        ctx.only_looked = True
        ctx.note("wizard-only-shown")

    return router


def _author(ctx: Context, message_id: int | None = None) -> Author:
    return Author(ctx.contact, ctx.address, ctx.next_key(), message_id)


async def _open(ctx: Context, talk: Talk, message_id: int | None = None) -> None:
    await talks.open_talk(ctx.uow, WIZARDS, _author(ctx, message_id), talk)


async def _edit(ctx: Context, kind: FlowKind, slug: str) -> None:
    """The wizard of a flow, or the list of those there are."""
    there = [flow for flow in await flows.list_flows(ctx.uow) if flow.kind == kind]
    if any(flow.slug == slug for flow in there):
        await _open(ctx, flow_wizard.edit(kind, slug))
        return
    if not there:
        ctx.say(f"wizard-none-{kind}")
        return
    heading = f"wizard-unknown-{kind}" if slug else f"wizard-which-{kind}"
    buttons = [[await _pick(ctx, listed)] for listed in there[:MOST_LISTED]]
    ctx.say(heading, **({"given": slug} if slug else {}), buttons=buttons)


async def _pick(ctx: Context, listed: ListedFlow) -> Any:
    """A button with its name, as its author wrote it last."""
    name = label(localize((await flows.get_overview(ctx.uow, listed.id)).name, ctx.contact.language))
    return speech.button(name, OPEN, listed.id)


async def take(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """The answer to what a wizard asks; a file is fetched first, and its caption is the text."""
    if not ctx.may(Permission.CONTENT):
        return False
    wizard_id, author, ctx.only_looked = int(expected.about), _author(ctx), True
    if await talks.is_secret(ctx.uow, WIZARDS, ctx.address, wizard_id):
        await forget(ctx, message)
    sent = _read_media(message)
    if sent is not None and not await _take_media(ctx, author, wizard_id, message, sent):
        return True
    text = message.text or message.caption
    if sent is not None and not text:
        return True
    entry = Entry(message.html_text if text else "", text or "", number=message.message_id)
    return await talks.write(ctx.uow, WIZARDS, author, wizard_id, entry)


async def _take_media(
    ctx: Context, author: Author, wizard_id: int, message: Message, sent: SentMedia
) -> bool:
    """Whether a file is on its way; what is too large, or not asked for, is said."""
    medium = message.photo[-1] if message.photo else getattr(message, str(message.content_type))
    if (medium.file_size or 0) > MOST_BYTES:
        ctx.say("wizard-file-large", limit=MOST_BYTES // 1_000_000)
        return False
    if not await files.take_media(ctx.uow, author, wizard_id, sent):
        ctx.say("wizard-no-files")
        return False
    return True


def _read_media(message: Message) -> SentMedia | None:
    try:
        kind = MediaKind(ContentType(message.content_type))
    except ValueError:
        return None
    medium = message.photo[-1] if message.photo else getattr(message, kind)
    suffix = PurePosixPath(getattr(medium, "file_name", None) or "").suffix.lower()
    ending = suffix[:10] or SUFFIXES.get(kind, ".bin")
    return SentMedia(medium.file_id, str(kind), ending, message.message_id, not message.media_group_id)


TAKERS = {AwaitedKind.WIZARD: take}
