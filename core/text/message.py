"""A message as an author writes it: localized text, media references, buttons; no files and no Telegram."""

import html
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

from core.text.markup import to_html
from core.text.refusal import MOST_GIVEN, Refused
from core.text.targets import read_link, read_media_ref
from utils.visible import is_blank

ANY_LANGUAGE = "*"
MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_MEDIA = 10
MAX_ROW = 8  # buttons beside each other
MAX_BUTTONS = 90  # below a message: Telegram refuses more than 100, and ours stand there, too
T = TypeVar("T")
Rows = TypeVar("Rows", bound=Sequence[Sequence[object]])
_LANGUAGE = re.compile(r"\*|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def plain(text: str) -> dict[str, str]:
    """One text for every language."""
    return {ANY_LANGUAGE: text}


def by_language(texts: str | dict[str, str]) -> dict[str, str]:
    """A text as it was kept: by language, or one for every language."""
    return plain(texts) if isinstance(texts, str) else texts


def _normalise(value: object) -> object:
    return plain(value) if isinstance(value, str) else value


def _check_texts(texts: dict[str, str]) -> dict[str, str]:
    if not texts:
        raise Refused("refused-no-language")
    for language, text in texts.items():
        if not _LANGUAGE.fullmatch(language):
            raise Refused("refused-language", language=language[:MOST_GIVEN])
        if is_blank(text):
            raise Refused("refused-blank")
    return texts


def _dump_texts(texts: dict[str, str]) -> str | dict[str, str]:
    return texts[ANY_LANGUAGE] if texts.keys() == {ANY_LANGUAGE} else texts


Localized = Annotated[
    dict[str, str], BeforeValidator(_normalise), AfterValidator(_check_texts), PlainSerializer(_dump_texts)
]
"""A text by language, written as a plain string or as a map; a plain string is kept under `*`."""


def _check_fits(texts: dict[str, str]) -> dict[str, str]:
    _check_length(texts, MAX_TEXT)
    return texts


MessageText = Annotated[Localized, AfterValidator(_check_fits)]
"""A text by language that is a message of its own."""


def localize(texts: Mapping[str, str], language: str, default: str = "ru") -> str:
    """The text for a language: its own, the one for all, the default language's, else the first."""
    return texts[choose_language(texts, language, default)]


def choose_language(texts: Mapping[str, str], language: str, default: str = "ru") -> str:
    """The language of the text that `localize` gives."""
    return next((code for code in (language, ANY_LANGUAGE, default) if code in texts), next(iter(texts)))


class MediaKind(StrEnum):
    """How Telegram shows a file."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    AUDIO = "audio"
    ANIMATION = "animation"
    VIDEO_NOTE = "video_note"  # round, without a caption; Telegram takes a file, no address


class ParseMode(StrEnum):
    """The markup of a text."""

    HTML = "HTML"
    MARKDOWN = "MARKDOWN"


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Worded(_Document):
    """A document that may be written as its text alone: `- Stay` is `- text: Stay`."""

    @model_validator(mode="before")
    @classmethod
    def _read_bare(cls, value: object) -> object:
        is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
        return {"text": str(value)} if is_text else {"text": value} if _is_localized(value) else value


def _is_localized(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(isinstance(name, str) and _LANGUAGE.fullmatch(name) for name in value)
    )


MediaRef = Annotated[str, Field(min_length=1, max_length=2048), AfterValidator(read_media_ref)]
"""A URL, or the path of a file below the content folder or among those we keep."""


class Media(_Document):
    """A reference to a file, a path in the content folder or a URL; never the file itself."""

    kind: MediaKind
    ref: MediaRef
    caption: Localized | None = None


class Button(_Document):
    """A button that opens a url (a template) or is a press of an option; exactly one of the two."""

    text: Localized
    url: Annotated[str, Field(min_length=1, max_length=2048), AfterValidator(read_link)] | None = None
    press: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,24}$")

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        if (self.url is None) == (self.press is None):
            raise Refused("refused-button")
        return self


def check_rows(rows: Rows) -> Rows:
    """Rows of buttons as Telegram takes them below a message; raises Refused."""
    if any(len(row) > MAX_ROW for row in rows):
        raise Refused("refused-button-row", limit=MAX_ROW)
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise Refused("refused-buttons", limit=MAX_BUTTONS)
    return rows


def are_different(options: Sequence[Mapping[str, str]], most: int = MAX_TEXT) -> bool:
    """Whether no two of these texts look the same in any language, where so many signs of each are shown."""
    languages = {language for option in options for language in option}
    return all(
        len({localize(option, language).strip()[:most] for option in options}) == len(options)
        for language in languages
    )


def fit_below(
    own: Sequence[Sequence[T]], more: Sequence[Sequence[T]], most: int = MAX_BUTTONS
) -> list[Sequence[T]]:
    """A message's own rows, and below them as many of some others as are not too many buttons together."""
    rows, count = list(own), sum(map(len, own))
    for row in more:
        count += len(row)
        if count > most:
            break
        rows.append(row)
    return rows


ButtonRows = Annotated[tuple[tuple[Button, ...], ...], AfterValidator(check_rows)]


class MessageFields(_Document):
    """What a message is made of, if there is one at all; `button_set` names shared buttons that stand below its own.

    With `protect` it cannot be forwarded or saved. With `stamp` each person's own number stands faintly on every page of
    its PDF files of the content folder, which then come one by one.
    """

    MOST_SET_NAME: ClassVar[int] = 64

    text: Localized | None = None
    media: tuple[Media, ...] = Field(default=(), max_length=MAX_MEDIA)
    buttons: ButtonRows = ()
    button_set: str | None = Field(default=None, min_length=1, max_length=64)
    parse_mode: ParseMode = ParseMode.HTML
    link_preview: bool = True
    protect: bool = False
    stamp: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_length(self.in_html(self.text), MAX_CAPTION if self.has_caption() else MAX_TEXT)
        for medium in self.media:
            _check_length(self.in_html(medium.caption), MAX_CAPTION)
        return self

    def has_caption(self) -> bool:
        """Whether the text is the caption of the only medium."""
        return len(self.media) == 1

    def in_html(self, texts: Mapping[str, str] | None) -> dict[str, str]:
        """Texts of this message as Telegram's HTML, whatever they are written in; none are an empty map."""
        markdown = self.parse_mode is ParseMode.MARKDOWN
        return {language: to_html(text, markdown=markdown) for language, text in (texts or {}).items()}


class Message(MessageFields):
    """What is said at once: text, media, or both; a single medium carries the text as its caption."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and not self.media:
            raise Refused("refused-silent")
        return self


def shown_length(text: str) -> int:
    """UTF-16 units a text is sure to take up: without tags, and with its variables empty."""
    shown = html.unescape(_TAG.sub("", _PLACEHOLDER.sub("", text)))
    return len(shown.encode("utf-16-le", "surrogatepass")) // 2


def _check_length(texts: Mapping[str, str], limit: int) -> None:
    for text in texts.values():
        if (length := shown_length(text)) > limit:
            raise Refused("refused-long-text", length=length, limit=limit)
