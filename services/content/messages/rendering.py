"""An author's message as Bot API calls: text, one medium with a caption, an album and then the text; or a poll."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.flow.effects import Poll
from core.text.message import Media, MediaKind, Message
from services.delivery import speech

Call = tuple[str, dict[str, Any]]
METHODS = {
    "photo": "sendPhoto",
    "voice": "sendVoice",
    "video": "sendVideo",
    "document": "sendDocument",
    "audio": "sendAudio",
    "animation": "sendAnimation",
    "video_note": "sendVideoNote",
}
WORDLESS = frozenset({MediaKind.VIDEO_NOTE})  # Telegram shows no caption there
ALBUM = "sendMediaGroup"
TOGETHER = (
    frozenset({MediaKind.PHOTO, MediaKind.VIDEO}),
    frozenset({MediaKind.DOCUMENT}),
    frozenset({MediaKind.AUDIO}),
)
ON_THE_WEB = ("http://", "https://")


def calls_of(message: Message, keyboard: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[Call]:
    """(method, fields) in the order of sending; the buttons belong to the last."""
    common = {"protect_content": True} if message.protect else {}
    if len(message.media) == 1 and not (message.text and message.media[0].kind in WORDLESS):
        medium = message.media[0]
        yield (
            METHODS[medium.kind],
            _with_buttons(
                common | _medium(medium, message.in_html(message.text or medium.caption)), keyboard
            ),
        )
        return
    if _is_album(message.media) and (message.text or not keyboard) and not message.stamp:
        yield from media_calls(message)
    else:
        yield from _one_by_one(message, common, keyboard)
    if message.text:
        fields = common | {"text": speech.content(message.in_html(message.text))}
        if not message.link_preview:
            fields["link_preview_options"] = {"is_disabled": True}
        yield "sendMessage", _with_buttons(fields, keyboard)


def media_calls(message: Message) -> Iterator[Call]:
    """Its files alone, together where Telegram shows them so; they have no buttons."""
    common = {"protect_content": True} if message.protect else {}
    if _is_album(message.media):
        yield (
            ALBUM,
            common | {"media": [_part(medium, message.in_html(medium.caption)) for medium in message.media]},
        )
    else:
        yield from _one_by_one(message, common, ())


def _is_album(media: Sequence[Media]) -> bool:
    """Whether Telegram shows these files together: pictures and films mix, documents and audio stay among themselves."""
    kinds = {medium.kind for medium in media}
    return len(media) > 1 and any(kinds <= together for together in TOGETHER)


def _part(medium: Media, caption: Mapping[str, str]) -> dict[str, Any]:
    fields = _medium(medium, caption)
    return {"type": medium.kind.value, "media": fields.pop(medium.kind.value), **fields}


def _one_by_one(
    message: Message, common: Mapping[str, Any], keyboard: Sequence[Sequence[Mapping[str, Any]]]
) -> Iterator[Call]:
    """The last one has the buttons, if no text follows."""
    for place, medium in enumerate(message.media, start=1):
        buttons = () if message.text or place < len(message.media) else keyboard
        fields = dict(common) | _medium(medium, message.in_html(medium.caption))
        yield METHODS[medium.kind], _with_buttons(fields, buttons)


def poll_call(poll: Poll, keyboard: Sequence[Sequence[Mapping[str, Any]]], *, of_run: bool = True) -> Call:
    """A native poll; of one of a run the bot hears who chose what, once: a vote cannot be changed."""
    fields: dict[str, Any] = {
        "question": speech.content(poll.question),
        "options": [{"text": speech.content(option)} for option in poll.options],
        "is_anonymous": not of_run,
        "allows_multiple_answers": poll.multiple,
    }
    if of_run:
        fields["allows_revoting"] = False
    if poll.correct is not None:
        fields |= {"type": "quiz", "correct_option_ids": [poll.correct]}
    return "sendPoll", _with_buttons(fields, keyboard)


def _medium(medium: Media, caption: Mapping[str, str]) -> dict[str, Any]:
    file = medium.ref if medium.ref.startswith(ON_THE_WEB) else {"media": medium.ref}
    worded = caption and medium.kind not in WORDLESS
    return {medium.kind.value: file, **({"caption": speech.content(caption)} if worded else {})}


def _with_buttons(fields: dict[str, Any], keyboard: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    return fields | {"buttons": [list(row) for row in keyboard]} if keyboard else fields
