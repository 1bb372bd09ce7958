"""The step that asks for work and, where the tariff includes feedback, waits for a reviewer."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from core.flow.effects import AskCurator, AskReview, KeyButton, Say, TakeBack, Text
from core.flow.events import (
    Entered,
    Event,
    JsonObject,
    Pressed,
    Replied,
    Reviewed,
    Undone,
    Verdict,
    Withdrawn,
)
from core.flow.run import View
from core.flow.steps.base import Here, Leave, SpokenStep, Stay
from core.rules.asking import looks_unlike_work
from core.text.message import Localized, MessageText
from utils.visible import is_blank

FEEDBACK = "feedback"
"""The right that has a person look at the work."""
DELAYED = "delayed"
REJECTED = "rejected"
"""Why a run is held whose delayed stop-lesson was not accepted."""
_IN_REVIEW = "in_review"
_WITHDRAWN = "withdrawn"
_ASKED, _DOUBTS = "asked", "doubts"  # how often it was asked what the words are, and about which, by number
_TOLD = "told"  # when it was last said that a message belongs to the work
TELL_EVERY = timedelta(seconds=10)
_MOST_DOUBTS = 5
_HAND_IN, _ASK, _BACK = "handin", "ask", "back"  # presses: with the number of a doubt, or of a submission


class WorkKind(StrEnum):
    """What an assignment may ask for."""

    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    DOCUMENT = "document"
    AUDIO = "audio"


_VERDICT_TEXTS = {
    Verdict.ACCEPTED: Text.ASSIGNMENT_ACCEPTED,
    Verdict.NEEDS_WORK: Text.ASSIGNMENT_NEEDS_WORK,
    Verdict.REJECTED: Text.ASSIGNMENT_REJECTED,
}


class AssignmentStep(SpokenStep):
    """Shows a task and takes work; `stop` lets the course go on only when the work is accepted.

    `delayed` lets it go on at once, and holds it when the work is rejected.

    By its `criteria` a model drafts an answer for the curator, where one is connected.

    Data: `status` is None before the first work, then in_review or the last verdict; `submission`
    numbers the works: everything sent while one is in review belongs to it, and so does the rest of
    its last album (`album`) whenever it comes; needs_work opens the next.
    """

    type: Literal["assignment"] = "assignment"
    accepts: tuple[WorkKind, ...] = Field(default=tuple(WorkKind), min_length=1)
    stop: bool | Literal["delayed"] = False
    answer: MessageText | None = None
    criteria: Localized | None = None

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Show the task, take work, pass on the verdict."""
        match event:
            case Entered():
                task = (Say(message=self.message()),)
                return Stay(task) if self.stop is True else Leave(task, listening=True)
            case Replied() if self.takes_reply(here.data):
                return self._take(event, view, here.data, now)
            case Pressed(option=option):
                return self._press(option, view, here.data, now)
            case Reviewed() | Undone() | Withdrawn():
                return self._follow(event, here.data)
        return None

    def _follow(self, event: Reviewed | Undone | Withdrawn, data: JsonObject) -> Stay | Leave | None:
        """What becomes of work that somebody looks at."""
        number = event.submission
        match event:
            case Reviewed(verdict=verdict) if _is_in_review(number, data):
                return self._judge(verdict, data)
            case Undone() if _is_decided(number, data):
                state = _state(_IN_REVIEW, number, data.get("album"))
                return Stay((Say(text_key=Text.ASSIGNMENT_UNDONE),), data=state)
            case Withdrawn() if _is_in_review(number, data):
                said = (Say(text_key=Text.ASSIGNMENT_WITHDRAWN),)
                return Stay(said, data=_state(_WITHDRAWN, number, None))
        return None

    def expects(self, data: JsonObject) -> Text | None:
        """Work, unless it is being looked at or is rejected."""
        done = {_IN_REVIEW, Verdict.REJECTED, Verdict.ACCEPTED}
        return None if data.get("status") in done else Text.WORK_EXPECTS

    def is_settled(self, data: JsonObject) -> bool:
        """Accepted work stays open for the verdict to be taken back, and for nothing else."""
        return data.get("status") == Verdict.ACCEPTED

    def takes_reply(self, data: JsonObject) -> bool:
        """Until the work is accepted, or rejected for good."""
        return data.get("status") not in {Verdict.REJECTED, Verdict.ACCEPTED}

    def _take(self, reply: Replied, view: View, data: JsonObject, now: datetime) -> Stay | Leave:
        is_text = reply.media is None
        if (reply.media or WorkKind.TEXT) not in set(self.accepts) or (is_text and is_blank(reply.text)):
            return self._refuse(reply, data)
        if is_text and looks_unlike_work(reply.text):
            return self._doubt(reply, data)
        return self._hand_in(reply, view, data, now)

    def _doubt(self, reply: Replied, data: JsonObject) -> Stay:
        """Ask whether it is work at all; what they say then counts for these very words."""
        number = data.get(_ASKED, 0) + 1
        words = {"text": reply.text, "ref": reply.message_ref, "content": reply.content}
        latest = list(data.get(_DOUBTS, {}).items())[-_MOST_DOUBTS + 1 :]
        buttons = (
            KeyButton(f"{_HAND_IN}-{number}", Text.HAND_IN),
            KeyButton(f"{_ASK}-{number}", Text.ASK_INSTEAD),
        )
        doubts = {**dict(latest), str(number): words}
        asked = Say(text_key=Text.WORK_OR_QUESTION, key_buttons=buttons)
        return Stay((asked,), data={**data, _ASKED: number, _DOUBTS: doubts})

    def _press(self, option: str, view: View, data: JsonObject, now: datetime) -> Stay | Leave | None:
        what, _, number = option.partition("-")
        if what == _BACK:
            in_review = number.isdecimal() and _is_in_review(int(number), data)
            return Stay((TakeBack(submission=int(number)),)) if in_review else None
        words = data.get(_DOUBTS, {}).get(number)
        if words is None or not self.takes_reply(data):
            return None
        after = {**data, _DOUBTS: {name: doubt for name, doubt in data[_DOUBTS].items() if name != number}}
        if what == _ASK:
            question = {**words["ref"], "content": words["content"]}
            return Stay((AskCurator(question=question),), data=after)
        reply = Replied(words["text"], None, words["ref"], content=words["content"])
        return self._hand_in(reply, view, after, now)

    def _hand_in(self, reply: Replied, view: View, data: JsonObject, now: datetime) -> Stay | Leave:
        if FEEDBACK in view.rights:
            return self._submit(reply, data, now)
        return Leave((self._own_answer(),), answer=reply.text or reply.media)

    def _refuse(self, reply: Replied, data: JsonObject) -> Stay:
        """Say what is expected, once for a whole album."""
        if reply.group and reply.group == data.get("refused"):
            return Stay()
        expected = Say(text_key=Text.ASSIGNMENT_EXPECTS, values={"kinds": ", ".join(self.accepts)})
        return Stay((expected,), data={**data, "refused": reply.group})

    def _submit(self, reply: Replied, data: JsonObject, now: datetime) -> Stay:
        """Have it looked at, and say so; of a paste line by line not of each line."""
        same_album = bool(reply.group) and reply.group == data.get("album")
        more = same_album or data.get("status") == _IN_REVIEW
        number = data.get("submission", 0) + (0 if more else 1)
        work = {**reply.message_ref, "content": reply.content, "album": reply.group}
        review = AskReview(submission=number, task=self.message(), work=work, text=reply.text)
        if same_album:
            return Stay((review,))
        if more and reply.media is None and _is_told(data, now):
            return Stay((review,), data={**data, "album": reply.group})
        text = Text.ASSIGNMENT_ADDED if more else Text.ASSIGNMENT_RECEIVED
        doubts = {name: data[name] for name in (_ASKED, _DOUBTS) if name in data}
        told = {_TOLD: now.isoformat()} if more else {}
        back = (KeyButton(f"{_BACK}-{number}", Text.TAKE_BACK),)
        said = Say(text_key=text, key_buttons=back)
        return Stay((review, said), data={**_state(_IN_REVIEW, number, reply.group), **doubts, **told})

    def _own_answer(self) -> Say:
        if self.answer is None:
            return Say(text_key=Text.ASSIGNMENT_ANSWERED)
        return Say(message=self.words(self.answer))

    def _judge(self, verdict: Verdict, data: JsonObject) -> Stay | Leave:
        said = (Say(text_key=_VERDICT_TEXTS[verdict]),)
        if verdict == Verdict.ACCEPTED:
            state = _state(verdict, data["submission"], data.get("album"))
            return Leave(said, answer=str(verdict), listening=True, data=state)
        locks = self.stop == DELAYED and verdict == Verdict.REJECTED
        state = _state(verdict, data["submission"], data.get("album"))
        return Stay(said, data=state, holds=REJECTED if locks else None)


def _is_told(data: JsonObject, now: datetime) -> bool:
    """Whether the student has just been told that a further message belongs to the work."""
    told = data.get(_TOLD)
    return told is not None and timedelta() <= now - datetime.fromisoformat(told) < TELL_EVERY


def _is_in_review(submission: int, data: JsonObject) -> bool:
    return data.get("status") == _IN_REVIEW and data.get("submission") == submission


def _is_decided(submission: int, data: JsonObject) -> bool:
    decided = data.get("status") in {Verdict.ACCEPTED, Verdict.NEEDS_WORK}
    return decided and data.get("submission") == submission


def _state(status: str, submission: int, album: str | None) -> dict[str, Any]:
    return {"status": str(status), "submission": submission, "album": album}
