"""`/create` and `/edit`: a course made or changed by a file that is sent here, as the older platform had it."""

from typing import Any

from aiogram import F, Router
from aiogram.filters import CommandObject, Filter
from aiogram.types import CallbackQuery, Message

from bots.admin import log
from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router, read_words
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.dialog import find_ref_replied_to
from bots.shared.filters import Pressed
from core.errors import DomainError
from core.links import bot_link
from core.presses import Press
from core.refs import RefKind, write_ref
from services.content.entry.doors import describe_shut, open_button
from services.content.gathering import gathering
from services.content.importing import sent
from services.content.importing.sent import CREATE, EDIT, IMPORT, MOST_BYTES, PUBLISH, UNDO, SentFile
from services.content.importing.slugs import make_slug
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.tenancy.permissions import Permission
from services.workflows.course_import import steps as import_steps


class ForCourse(Filter):
    """Lets a document through that answers the question for a course's file; gives `wish` and `slug`."""

    async def __call__(self, message: Message, ctx: Context) -> bool | dict[str, Any]:
        """Both, if it does."""
        ref = await find_ref_replied_to(message, ctx)
        if ref is None or ref.kind is not RefKind.COURSE_FILE:
            return False
        wish, slug = ref.parts
        return {"wish": wish, "slug": slug}


async def create(message: Message, command: CommandObject, ctx: Context) -> None:
    """Make a new course from posts that are forwarded to it, or from a file sent as an answer or with the command as its caption.

    It is a draft with a report; a button publishes it and puts it on its bot.
    """
    slug = _read_slug(command)
    if not slug:
        ctx.refuse("create-usage")
    elif message.document is not None:
        await _take(message, ctx, CREATE, slug)
    else:
        await gathering.start(ctx.uow, slug, ctx.address)
        _ask(ctx, CREATE, slug)


async def edit(message: Message, command: CommandObject, ctx: Context) -> None:
    """Send the course as YAML and XLSX; the changed file sent back as an answer becomes the next version."""
    slug = _read_slug(command)
    if not slug:
        ctx.refuse("edit-usage")
    elif message.document is not None:
        await _take(message, ctx, EDIT, slug)
    else:
        await _send(ctx, slug)


COMMANDS = (
    AdminCommand("create", create, Section.CONTENT, "ielts"),
    AdminCommand("edit", edit, Section.CONTENT, "ielts"),
)


def build_buttons() -> Router:
    """The document that answers a question for a course's file."""
    router = admin_router("admin-course-files", Permission.CONTENT)

    @router.message(F.document, ForCourse())
    async def answer(message: Message, ctx: Context, wish: str, slug: str) -> None:
        await _take(message, ctx, wish, slug)
        log.keep(ctx, wish, slug)

    @router.callback_query(Pressed(IMPORT))
    async def settle(query: CallbackQuery, ctx: Context, press: Press) -> None:
        import_id, action = press.id.split("-")
        act = _publish if action == PUBLISH else _undo
        try:
            said, buttons = await act(ctx, int(import_id))
        except DomainError as error:
            ctx.refuse_press(_REFUSALS.get(error.code, "import-gone"))
            return
        redraw(ctx, query, said, buttons)

    return router


_REFUSALS = {
    "IMPORT_NOT_LAST": "import-not-last",
    "IMPORT_IN_USE": "import-in-use",
    "FLOW_INVALID": "import-draft-invalid",
}


async def _publish(ctx: Context, import_id: int) -> tuple[Words, Keyboard]:
    """Below a course that is not open to all stands the button that asks whether it shall be."""
    made = await import_steps.publish_import(ctx.uow, import_id)
    flow, door = made.imported.course.flow, made.door
    values = {
        "slug": flow.slug,
        "number": made.imported.version,
        "elements": len(flow.steps),
        "link": bot_link(made.username, door.payload) if door.shut is None else describe_shut(door.shut),
    }
    said = speech.words("course-file-published", **values)
    buttons = [[open_button(made.deployment.id)]] if door.shut else []
    undo = speech.button(speech.words("import-undo"), IMPORT, f"{import_id}-{UNDO}")
    return speech.lines(said, *([made.reviewers] if made.reviewers else [])), [*buttons, [undo]]


async def _undo(ctx: Context, import_id: int) -> tuple[Words, Keyboard]:
    slug, done = await import_steps.undo_import(ctx.uow, import_id)
    return speech.words(f"import-undone-{done}", slug=slug), ()


def _read_slug(command: CommandObject) -> str:
    """The course's name after the command; empty for none and for what is no name."""
    slug = "".join(read_words(command)[:1])
    return slug if make_slug(slug) == slug else ""


def _ask(ctx: Context, wish: str, slug: str) -> None:
    ctx.only_looked = True
    words = speech.words(f"{wish}-ask", slug=slug)
    extra = {"reply_markup": {"force_reply": True}}
    ref = write_ref(RefKind.COURSE_FILE, wish, slug)
    speech.say(ctx.uow, ctx.address, words, ctx.next_key(), ref=ref, extra=extra)


async def _send(ctx: Context, slug: str) -> None:
    ref = write_ref(RefKind.COURSE_FILE, EDIT, slug)
    try:
        await sent.send_files(ctx.uow, slug, ctx.address, ctx.next_key(), ref)
    except DomainError:
        ctx.refuse("edit-unknown", slug=slug)
        return
    _ask(ctx, EDIT, slug)


async def _take(message: Message, ctx: Context, wish: str, slug: str) -> None:
    document = message.document
    if document is None:
        return
    if (document.file_size or 0) > MOST_BYTES:
        ctx.refuse("course-file-large", limit=MOST_BYTES // 1_000_000)
        return
    name = document.file_name or "course.yaml"
    file = SentFile(wish, slug, document.file_id, name, ctx.bot.id, ctx.chat_id)
    await sent.take_file(ctx.uow, file, ctx.next_key())
