"""Posts that an admin forwards from a channel: each is read here and gathered; the buttons of their list."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message, MessageOriginChannel

from bots.admin.permissions import admin_router
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import AwaitedKind
from core.presses import Press
from services.content.gathering import gathering, screens
from services.content.gathering.forwarded import as_words, clean_html, read_links, suffix_for
from services.content.gathering.gathering import Forwarded
from services.content.gathering.screens import GATHER
from services.people.schemas import AwaitedInput
from services.tenancy.permissions import Permission

FILES = ("photo", "video", "animation", "voice", "video_note", "audio", "document")
_FOREIGN = (
    "contact",
    "location",
    "venue",
    "game",
    "invoice",
    "dice",
    "story",
    "giveaway",
    "paid_media",
    "checklist",
)


async def take(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """A forwarded post while posts are gathered; anything else is about something else."""
    if not ctx.may(Permission.CONTENT) or message.forward_origin is None:
        return False
    ctx.only_looked = True
    return await gathering.take(ctx.uow, int(expected.about), read_forwarded(message), ctx.address)


TAKERS = {AwaitedKind.POSTS: take}


def build_buttons() -> Router:
    """The buttons of the list."""
    router = admin_router("admin-gather", Permission.CONTENT)

    @router.callback_query(Pressed(GATHER))
    async def press(query: CallbackQuery, ctx: Context, press: Press) -> None:
        alert = await screens.press(ctx.uow, press.id, ctx.screen(query.message))
        if alert:
            ctx.refuse_press(alert)

    return router


def read_forwarded(message: Message) -> Forwarded:
    """The post a message makes: its words, its file, its poll, its links; or why it makes none."""
    origin = message.forward_origin
    is_channel = isinstance(origin, MessageOriginChannel)
    number = str(origin.message_id) if isinstance(origin, MessageOriginChannel) else f"m{message.message_id}"
    kind, file = _find_file(message)
    post: dict[str, Any] = {
        "number": number,
        "channel": origin.chat.title if is_channel and isinstance(origin, MessageOriginChannel) else None,
        "album": message.media_group_id,
        "text": clean_html(message.html_text) if message.text or message.caption else "",
        "media": [{"kind": kind, "ref": ""}] if kind else [],
        "poll": _read_poll(message),
        "buttons": _read_buttons(message),
    }
    if why := _why_not(message, post):
        return Forwarded(message.message_id, post, left_out=why)
    if file is None:
        return Forwarded(message.message_id, post)
    return Forwarded(message.message_id, post, None, file.file_id, _suffix(kind, file))


def _why_not(message: Message, post: Mapping[str, Any]) -> str | None:
    if message.sticker:
        return "import-left-sticker"
    if any(getattr(message, name, None) for name in _FOREIGN):
        return "import-left-foreign"
    return None if post["text"] or post["media"] or post["poll"] else "import-left-empty"


def _find_file(message: Message) -> tuple[str, Any]:
    """How Telegram shows the file of a message, and the file; of a photo its largest size."""
    for kind in FILES:
        if file := getattr(message, kind):
            return kind, file[-1] if kind == "photo" else file
    return "", None


def _suffix(kind: str, file: Any) -> str:
    return suffix_for(kind, PurePosixPath(getattr(file, "file_name", None) or "").suffix)


def _read_poll(message: Message) -> dict[str, Any] | None:
    """A quiz tells its right answers where it is closed; any other does not."""
    poll = message.poll
    if poll is None:
        return None
    return {
        "question": as_words(poll.question),
        "answers": [option.text.strip() for option in poll.options],
        "right": poll.correct_option_ids or [],
        "several": bool(poll.allows_multiple_answers),
        "explanation": as_words(poll.explanation or ""),
    }


def _read_buttons(message: Message) -> list[list[list[str]]]:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else []
    return read_links([[(button.text, button.url) for button in row] for row in rows])
