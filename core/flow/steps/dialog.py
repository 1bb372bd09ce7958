"""The step that lets the person talk with a language model until the model, or their allowance, ends it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from core.flow.effects import AskModel, AskTranscript, Effect, Say, Text
from core.flow.events import (
    Entered,
    Event,
    JsonObject,
    ModelAnswered,
    ModelFailed,
    Pressed,
    Replied,
    Transcribed,
)
from core.flow.run import View
from core.flow.steps.base import MOST_ANSWER, NEXT, Here, Leave, SpokenStep, Stay, with_button
from core.text.message import MAX_CAPTION, Localized, Media, MediaKind, ParseMode, plain
from utils.visible import is_blank

VOICES = frozenset({"voice", "audio"})
"""What is put into words before the model hears it."""
_STOP = re.compile(r"\{STOP\}|#конецдиалога", re.IGNORECASE)
_MOST_SAID = 3500
"""Characters of one message: what marks add leaves it below Telegram's limit."""
_REFUSED = "refused"  # the album of which a piece was refused last
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]


def without_marker(text: str) -> str:
    """What a person wrote, as the model hears it: a model that repeats their words must not end the dialog for them."""
    return _STOP.sub(lambda match: match[0].strip("{}#"), text)


class DialogStep(SpokenStep):
    """Says its text and lets the student talk with the model until it writes `{STOP}` or `#конецдиалога`.

    With `auto_start` the model speaks first. `max_messages` counts the student's; after the answer to the last one the
    dialog ends. `conversation: no` lets the model hear each message alone. What is written while the model
    answers waits its turn. With `button` the course goes on by its press. Where the messages to the model
    are used up the course says so and goes on.
    """

    not_templates: ClassVar[frozenset[str]] = frozenset({"prompt"})  # it has variables of its own

    type: Literal["dialog"] = "dialog"
    text: Localized
    prompt: str = Field(min_length=1, max_length=100_000)
    model: Name | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    reasoning: Name | None = None  # how hard the model thinks, in its own words: low, medium, high
    conversation: bool = True
    auto_start: bool = False
    max_messages: int | None = Field(default=None, ge=1, le=1000)
    transcription_language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | None = None
    voice_response: bool = False
    tts_voice: Name | None = None
    tts_model: Name | None = None
    tts_speed: float | None = Field(default=None, ge=0.25, le=4)
    button: Localized | None = None

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Talk, a message of theirs and an answer of the model's in turn."""
        del now
        match event:
            case Entered():
                return self._begin(view)
            case Pressed(option=key) if key == NEXT and _is_over(here.data):
                return Leave()
            case Replied() if not _is_over(here.data):
                return self._hear(event, view, here.data)
            case Transcribed() | ModelAnswered() | ModelFailed() if event.turn == _asked(here.data):
                return self._take(event, here.data)
        return None

    def _take(self, event: Transcribed | ModelAnswered | ModelFailed, data: JsonObject) -> Stay | Leave:
        match event:
            case Transcribed(turn=turn, text=text):
                return self._heard(turn, text.strip()[:MOST_ANSWER], data)
            case ModelAnswered():
                return self._answered(event, data)
        return self._failed(data)

    def expects(self, data: JsonObject) -> Text | None:
        """Words or a voice message; when it is over, a press."""
        return Text.BUTTON_EXPECTS if _is_over(data) else Text.DIALOG_EXPECTS

    def takes_reply(self, data: JsonObject) -> bool:
        """As long as it is not over."""
        return not _is_over(data)

    def _begin(self, view: View) -> Stay | Leave:
        if view.ai_left == 0:
            return Leave(self._ban(view))
        if self.auto_start:
            return Stay((*self.said, AskModel(turn=1)), data={"turn": 1, "asked": True, "count": 0})
        return Stay(self.said, data={"turn": 0, "count": 0})

    def _hear(self, reply: Replied, view: View, data: JsonObject) -> Stay | Leave:
        text = reply.text.strip()[:MOST_ANSWER]
        if reply.media not in VOICES and (reply.media is not None or is_blank(text)):
            return self._refuse(reply, data)
        queue = data.get("queue", [])
        if self.max_messages is not None and data["count"] >= self.max_messages:
            return Stay((Say(text_key=Text.DIALOG_LAST),))
        if view.ai_left is not None and view.ai_left <= len(queue):
            return self._end(self._ban(view))
        piece = {"voice": dict(reply.message_ref)} if reply.media in VOICES else {"text": text}
        after = {**data, "count": data["count"] + 1}
        if data.get("asked"):
            return Stay(data={**after, "queue": [*queue, piece]})
        return self._ask(piece, after)

    def _ask(self, piece: Mapping[str, Any], data: JsonObject, *said: Effect) -> Stay:
        turn = data["turn"] + 1
        wanted = (
            AskTranscript(turn=turn, voice=piece["voice"], language=self.transcription_language)
            if "voice" in piece
            else AskModel(turn=turn, text=piece["text"])
        )
        return Stay((*said, wanted), data={**data, "turn": turn, "asked": True})

    def _refuse(self, reply: Replied, data: JsonObject) -> Stay:
        """Say what is expected, once for a whole album."""
        if reply.group and reply.group == data.get(_REFUSED):
            return Stay()
        return Stay((Say(text_key=Text.DIALOG_EXPECTS),), data={**data, _REFUSED: reply.group})

    def _heard(self, turn: int, text: str, data: JsonObject) -> Stay | Leave:
        if is_blank(text):
            return self._go_on((Say(text_key=Text.DIALOG_UNHEARD),), {**data, "count": data["count"] - 1})
        return Stay((Say(text_key=Text.DIALOG_HEARD, values={"text": text}), AskModel(turn=turn, text=text)))

    def _answered(self, event: ModelAnswered, data: JsonObject) -> Stay | Leave:
        text = _STOP.sub("", event.text).strip()
        ends = _STOP.search(event.text) is not None
        if is_blank(text) and not ends:  # they would wait for words that never come
            return self._failed(data)
        said = self._speak("" if is_blank(text) else text, event.voice)
        used_up = self.max_messages is not None and data["count"] >= self.max_messages
        if ends or (used_up and not data.get("queue")):
            return self._end(said)
        return self._go_on(said, data)

    def _failed(self, data: JsonObject) -> Stay | Leave:
        count = max(0, data["count"] - 1)
        return self._go_on((Say(text_key=Text.DIALOG_FAILED),), {**data, "count": count})

    def _go_on(self, said: tuple[Say, ...], data: JsonObject) -> Stay:
        """The next message that waits, or theirs to come."""
        first, *rest = data.get("queue") or [None]
        after = {**data, "asked": False, "queue": rest}
        return Stay(said, data=after) if first is None else self._ask(first, after, *said)

    def _end(self, said: tuple[Say, ...]) -> Stay | Leave:
        return Stay(with_button(said, self.button), data={"over": True}) if self.button else Leave(said)

    def _ban(self, view: View) -> tuple[Say, ...]:
        return self.say(dict(view.ban_text)) if view.ban_text else (Say(text_key=Text.DIALOG_BANNED),)

    def _speak(self, text: str, voice: str | None) -> tuple[Say, ...]:
        """The model's words, which may hold marks or tags; its voice carries them if they fit below it."""
        media = (Media(kind=MediaKind.VOICE, ref=voice),) if voice else ()
        if media and text and len(text) <= MAX_CAPTION:
            return (self._quote(text, media),)
        spoken = (Say(message=self.words(None, media=media)),) if media else ()
        return (*spoken, *(self._quote(piece) for piece in _pieces(text)))

    def _quote(self, text: str, media: tuple[Media, ...] = ()) -> Say:
        message = self.words(plain(text), media=media)
        return Say(message=message.model_copy(update={"parse_mode": ParseMode.MARKDOWN}), literal=True)


def _is_over(data: JsonObject) -> bool:
    return bool(data.get("over"))


def _asked(data: JsonObject) -> int | None:
    """The turn that waits for an answer."""
    return data["turn"] if data.get("asked") else None


def _pieces(text: str) -> list[str]:
    """A long text in messages, cut where a paragraph, a line or a word ends."""
    pieces = []
    while len(text) > _MOST_SAID:
        head = text[:_MOST_SAID]
        cut = next((place for mark in ("\n\n", "\n", " ") if (place := head.rfind(mark)) > 0), _MOST_SAID)
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces
