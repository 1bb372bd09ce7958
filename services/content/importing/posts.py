"""Posts as a course: each is a lesson of a day of its own, with its markup and media as they are; polls are asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.text.catalog import LANGUAGES, say
from core.text.message import MAX_CAPTION, MAX_TEXT, MediaKind
from core.text.template import make_inert
from services.content.importing.elements import Element
from services.content.importing.nodes import Entries, node_of
from services.content.importing.questions import Question, describe
from utils.telegram_html import cut_text, split_html, strip_tags, utf16_length
from utils.visible import is_blank

MOST_TITLE = 60
WORDLESS = frozenset({MediaKind.VIDEO_NOTE})
TOGETHER = {
    MediaKind.PHOTO: "pictures",
    MediaKind.VIDEO: "pictures",
    MediaKind.DOCUMENT: "documents",
    MediaKind.AUDIO: "audio",
}
"""What Telegram shows in one album: pictures and films mix, documents and audio stay among themselves."""


@dataclass(frozen=True, slots=True)
class PostMedium:
    """A file of a post under the reference a message names it by; `caption` is Telegram's HTML."""

    kind: MediaKind
    ref: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PostButton:
    """A button that opens an address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Post:
    """What stands in a channel between two others: words, files with them, or a poll.

    `number` is what the channel calls it, for ever; `line` is where it stands in the file. `text` is Telegram's HTML.
    A new `day` begins with each unless somebody has said otherwise; `more` are posts of the same lesson.
    """

    number: str
    line: int = 0
    text: str = ""
    media: tuple[PostMedium, ...] = ()
    poll: Question | None = None
    buttons: tuple[tuple[PostButton, ...], ...] = ()
    day: int | None = None
    title: str = ""
    more: tuple["Post", ...] = ()

    @property
    def key(self) -> str:
        """The key of its step: the same in every export, and when it is forwarded."""
        return f"post-{self.number}"

    @property
    def says_anything(self) -> bool:
        """Whether anything is left of it to say."""
        return bool(_is_worded(self.text) or self.media or (self.poll and self.poll.choices))


def join_album(first: Post, other: Post) -> Post:
    """A post and the next part of its album as one; each file keeps its own words."""
    return replace(
        first,
        text="",
        media=(*_captioned(first), *_captioned(other)),
        buttons=first.buttons or other.buttons,
    )


def _captioned(post: Post) -> tuple[PostMedium, ...]:
    if not post.text or len(post.media) != 1:
        return post.media
    return (replace(post.media[0], caption=post.text),)


def can_join(kinds: Sequence[MediaKind], kind: MediaKind, most: int = 10) -> bool:
    """Whether a file of a kind may stand in an album with these."""
    group = TOGETHER.get(kind)
    return len(kinds) < most and group is not None and all(TOGETHER.get(each) == group for each in kinds)


def build_elements(posts: Sequence[Post]) -> Iterator[Element]:
    """The elements of a course: a lesson a day; a poll is asked on the day of the post above it."""
    day = lessons = 0
    for post in posts:
        if post.poll is not None:
            kind, fields = describe(post.poll)
        else:
            lessons += 1
            day = post.day if post.day is not None else day + 1
            kind, fields = "lesson", _lesson_fields(post, day, lessons)
        node = node_of(post.line, fields)
        assert isinstance(node, Entries)  # noqa: S101 - the fields are a map
        yield Element(post.key, post.line, kind, node)


def _lesson_fields(post: Post, day: int, number: int) -> Mapping[str, Any]:
    return {
        "title": make_inert(post.title or title_of(post)) or _numbered(number),
        "drip": {"day": day},
        "messages": [_with_inert(message) for part in (post, *post.more) for message in _list_messages(part)],
        "complete": "auto",
    }


def title_of(post: Post) -> str:
    """The first line of a post, a caption's or a question's; empty for one without words."""
    asked = (post.poll.text,) if post.poll else ()
    texts = (post.text, *(medium.caption for medium in post.media), *asked)
    lines = (line.strip() for text in texts for line in strip_tags(text).splitlines())
    return cut_text(next((line for line in lines if not is_blank(line)), ""), MOST_TITLE)


def _is_worded(text: str) -> bool:
    return not is_blank(strip_tags(text))


def _numbered(number: int) -> Mapping[str, str]:
    return {language: say("import-post-title", language, {"number": number}) for language in LANGUAGES}


def _list_messages(post: Post) -> list[dict[str, Any]]:
    """Words that fit stand below their only file, as they did; longer ones follow the files."""
    messages: list[dict[str, Any]]
    text = post.text.strip() if _is_worded(post.text) else ""
    only = len(post.media) == 1 and post.media[0].kind not in WORDLESS
    if only and _length(text) <= MAX_CAPTION:
        messages = [{"media": [_medium(post.media[0])], **({"text": text} if text else {})}]
    else:
        said, late = _fit_captions(post.media)
        messages = [{"media": said}] if said else []
        messages += [
            {"text": part}
            for words in (*late, text)
            for part in split_html(words, MAX_TEXT)
            if _is_worded(part)
        ]
    if post.buttons:
        rows = [[{"text": button.text, "url": button.url} for button in row] for row in post.buttons]
        messages[-1]["buttons"] = rows
    return messages


def _fit_captions(media: Sequence[PostMedium]) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The files with the words that fit below them, and the words that do not."""
    late = [medium.caption for medium in media if _length(medium.caption) > MAX_CAPTION]
    fitting = [replace(medium, caption="") if medium.caption in late else medium for medium in media]
    return [_medium(medium) for medium in fitting], late


def _medium(medium: PostMedium) -> dict[str, Any]:
    words = {"caption": medium.caption} if _is_worded(medium.caption) else {}
    return {"kind": medium.kind.value, "ref": medium.ref, **words}


def _length(text: str) -> int:
    return utf16_length(strip_tags(text))


def _with_inert(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message with braces that mean nothing: who wrote the post knew no variables of ours."""

    def inert(value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return value if name == "ref" else make_inert(value)
        if isinstance(value, Mapping):
            return {key: inert(inside, key) for key, inside in value.items()}
        return [inert(inside, name) for inside in value]

    return {key: inert(value, key) for key, value in message.items()}
