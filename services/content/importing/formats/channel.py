"""A channel as Telegram Desktop exports it, `result.json` with its media beside it: every post a lesson."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.flow.definition import Flow, FlowKind
from core.rules.drip import MAX_DAY
from core.text.message import MediaKind
from core.text.refusal import words
from core.text.targets import read_link
from services.content.importing.archives import BadArchiveError, open_archive
from services.content.importing.formats.courses import Head, Reading, build_flow
from services.content.importing.formats.telegram_text import read_plain, text_of
from services.content.importing.nodes import MOST_BYTES, decode, drop_unfit
from services.content.importing.posts import (
    Post,
    PostButton,
    PostMedium,
    build_elements,
    can_join,
    join_album,
)
from services.content.importing.questions import Choice, Question, as_html
from services.content.importing.report import Why
from services.content.importing.slugs import make_slug

RESULT = "result.json"
"""What Telegram Desktop calls the file."""
CHANNELS = frozenset({"public_channel", "private_channel"})
MOST_NAME = 200
MOST_SAID = 5  # places of what is left out that are named; the rest is counted
_HEAD_BYTES = 100_000
_EXPORT = re.compile(rb'"messages"\s*:\s*\[|"personal_information"\s*:\s*\{')
_ID = re.compile(rb'^\s*"id":\s*(-?\d{1,18})\b', re.MULTILINE)
_STRAY_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\x([0-9A-Fa-f]{2})")
_ABSENT = re.compile(r"\(File (?:not included|exceeds|unavailable)")
_KINDS = {
    "voice_message": MediaKind.VOICE,
    "video_message": MediaKind.VIDEO_NOTE,
    "video_file": MediaKind.VIDEO,
    "animation": MediaKind.ANIMATION,
    "audio_file": MediaKind.AUDIO,
}
_FOREIGN = ("contact_information", "location_information", "game_title", "invoice_information",
            "giveaway_information", "paid_stars_amount", "todo_list", "story_id")  # fmt: skip
"""What no bot can say on behalf of somebody else."""


def is_export(path: Path) -> bool:
    """Whether a file is such an export, by how it begins."""
    with path.open("rb") as file:
        return _EXPORT.search(file.read(_HEAD_BYTES)) is not None


def read_packed_channel(content: bytes, slug: str, reading: Reading) -> Sequence[Flow] | None:
    """As `read_channel`, of a folder that was packed."""
    try:
        archive = open_archive(reading.path or content)
        results = archive.find_all(RESULT)
        if not results:
            reading.notes.error(0, Why.NO_CHANNEL)
            return None
        archive.root = results[0].removesuffix(RESULT)
        inner = archive.read(RESULT, MOST_BYTES)
    except BadArchiveError:
        reading.notes.error(0, Why.NO_ARCHIVE)
        return None
    reading.shelf.archive = archive
    return read_channel(inner, slug, reading)


def read_channel(content: bytes, slug: str, reading: Reading) -> Sequence[Flow] | None:
    """A course of each channel of the export; of a whole account's, conversations with people are no courses."""
    text = decode(content, reading.notes)
    root = None if text is None else _parse(text, reading)
    if root is None:
        return None
    chats = _find_chats(root)
    if not chats:
        reading.notes.error(0, Why.NO_CHANNEL)
        return None
    lines = _find_lines(content)
    flows = [_read_chat(chat, slug if len(chats) == 1 else "", lines, reading) for chat in chats]
    return [flow for flow in flows if flow is not None]


def _parse(text: str, reading: Reading) -> Mapping[str, Any] | None:
    r"""The document; Telegram Desktop writes some characters as `\x0B`, which JSON does not know."""
    try:
        root = json.loads(_STRAY_ESCAPE.sub(r"\1\\u00\2", text))
    except json.JSONDecodeError as error:
        reading.notes.error(error.lineno, Why.NO_JSON)
        return None
    except (RecursionError, ValueError):
        reading.notes.error(0, Why.NO_JSON)
        return None
    if not isinstance(root, Mapping):
        reading.notes.error(0, Why.NO_CHANNEL)
        return None
    return root


def _find_chats(root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if isinstance(root.get("messages"), list):
        return [root]
    chats = root.get("chats")
    listed = chats.get("list") if isinstance(chats, Mapping) else None
    return [
        chat
        for chat in (listed if isinstance(listed, list) else ())
        if isinstance(chat, Mapping)
        and chat.get("type") in CHANNELS
        and isinstance(chat.get("messages"), list)
    ]


def _find_lines(content: bytes) -> dict[int, int]:
    """The line each message's number stands at first."""
    lines: dict[int, int] = {}
    line, done = 1, 0
    for match in _ID.finditer(content):
        line += content.count(b"\n", done, match.start(1))
        done = match.start(1)
        lines.setdefault(int(match[1]), line)
    return lines


def _read_chat(chat: Mapping[str, Any], slug: str, lines: Mapping[int, int], reading: Reading) -> Flow | None:
    name = drop_unfit(chat["name"]).strip()[:MOST_NAME] if isinstance(chat.get("name"), str) else ""
    posts = _Posts(lines, reading)
    elements = list(build_elements(posts.read(chat["messages"])))
    posts.note_left_out()
    days = sum(element.type == "lesson" for element in elements)
    if days > MAX_DAY:
        reading.notes.error(0, Why.TOO_LARGE, limit=words("limit-posts", number=MAX_DAY))
        return None
    slug = slug or make_slug(name) or f"channel-{str(chat.get('id', ''))[:20]}".strip("-")
    return build_flow(Head({"kind": FlowKind.COURSE, "slug": slug, "name": name or slug}), elements, reading)


@dataclass(slots=True)
class _Posts:
    """Reads the messages of one chat and counts what is left out, by why."""

    lines: Mapping[int, int]
    reading: Reading
    left_out: dict[str, list[int]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def read(self, messages: Sequence[Any]) -> list[Post]:
        """The posts in the order of their numbers, albums as one."""
        numbered = {
            message["id"]: message
            for message in messages
            if isinstance(message, Mapping) and type(message.get("id")) is int
        }
        posts: list[Post] = []
        before: Mapping[str, Any] = {}
        for number in sorted(numbered):
            message = numbered[number]
            post = self._read(number, message)
            if post is None:
                continue
            if posts and _is_album(before, message) and can_join(_kinds(posts[-1]), post.media[0].kind):
                posts[-1] = join_album(posts[-1], post)
            else:
                posts.append(post)
            before = message if len(post.media) == 1 else {}
        return posts

    def _read(self, number: int, message: Mapping[str, Any]) -> Post | None:
        line = self.lines.get(number, 0)
        if why := _find_why_not(message):
            self._count(why, line)
            return None
        poll = message.get("poll")
        if isinstance(poll, Mapping):
            post = Post(str(number), line, poll=_read_poll(poll))
        else:
            media, buttons = tuple(self._media(message, line)), tuple(_read_buttons(message))
            post = Post(str(number), line, text_of(message), media, buttons=buttons)
        if not post.says_anything:
            self._count("import-left-empty", line)
            return None
        if post.poll is not None:
            self._count("import-open-poll", line)
        return post

    def _media(self, message: Mapping[str, Any], line: int) -> Iterator[PostMedium]:
        ref = message.get("photo") or message.get("file")
        if not isinstance(ref, str):
            return
        if _ABSENT.search(ref):
            self._count("import-left-absent", line)
            return
        kind = (
            MediaKind.PHOTO
            if message.get("photo")
            else _KINDS.get(str(message.get("media_type")), MediaKind.DOCUMENT)
        )
        place = self.reading.shelf.find_fitting(ref, kind, self.reading.notes, line)
        if place is not None:
            yield PostMedium(kind, place)

    def _count(self, why: str, line: int) -> None:
        self.counts[why] += 1
        if len(places := self.left_out.setdefault(why, [])) < MOST_SAID:
            places.append(line)

    def note_left_out(self) -> None:
        """One line of the report for each reason, at the first place it was met."""
        for why, places in self.left_out.items():
            named = ", ".join(str(line) for line in places)
            rest = self.counts[why] - len(places)
            where = f"{named} …" if rest else named
            what = words(why, count=self.counts[why])
            self.reading.notes.warn(places[0], Why.LEFT_OUT, what=what, places=where)


def _find_why_not(message: Mapping[str, Any]) -> str | None:
    """The key of what a message is that becomes no lesson."""
    if message.get("type") != "message":
        return "import-left-service"
    if message.get("media_type") == "sticker":
        return "import-left-sticker"
    return "import-left-foreign" if any(name in message for name in _FOREIGN) else None


def _is_album(before: Mapping[str, Any], message: Mapping[str, Any]) -> bool:
    """Older exports do not mark albums: their parts were sent in the same second by the same sender."""
    if not before or not (message.get("photo") or message.get("file")):
        return False
    same = ("date", "from_id", "forwarded_from", "reply_to_message_id")
    return all(before.get(name) == message.get(name) for name in same)


def _kinds(post: Post) -> list[MediaKind]:
    return [medium.kind for medium in post.media]


def _read_poll(poll: Mapping[str, Any]) -> Question:
    """An export does not say which answer is right, only which one its owner chose."""
    listed = poll.get("answers")
    answers = (
        answer for answer in (listed if isinstance(listed, list) else ()) if isinstance(answer, Mapping)
    )
    texts = (read_plain(answer.get("text")).strip() for answer in answers)
    return Question(as_html(read_plain(poll.get("question"))), tuple(map(Choice, filter(None, texts))))


def _read_buttons(message: Mapping[str, Any]) -> Iterator[tuple[PostButton, ...]]:
    rows = message.get("inline_bot_buttons")
    for row in rows if isinstance(rows, list) else ():
        buttons = tuple(filter(None, map(_read_button, row if isinstance(row, list) else ())))
        if buttons:
            yield buttons


def _read_button(button: Any) -> PostButton | None:
    """A button that leads to an address; any other was answered by a bot that is not here."""
    if not isinstance(button, Mapping) or button.get("type") != "url":
        return None
    text, url = button.get("text"), button.get("data")
    try:
        return PostButton(drop_unfit(str(text)), read_link(drop_unfit(str(url)))) if text and url else None
    except ValueError:
        return None
