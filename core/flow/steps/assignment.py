"""The step that asks for work and, where the tariff includes feedback, waits for a reviewer."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from core.flow.effects import AskReview, Say, Text
from core.flow.events import Entered, Event, JsonObject, Replied, Reviewed, Verdict
from core.flow.run import View
from core.flow.steps.base import Here, Leave, SpokenStep, Stay
from core.message import MessageText

FEEDBACK = "feedback"
"""The right that has a person look at the work."""
DELAYED = "delayed"
REJECTED = "rejected"
"""Why a run is held whose delayed stop-lesson was not accepted."""
_IN_REVIEW = "in_review"


class Work(StrEnum):
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

    Data: `status` is None before the first work, then in_review or the last verdict; `submission`
    numbers the works: everything sent while one is in review belongs to it, and so does the rest of
    its last album (`album`) whenever it comes; needs_work opens the next.
    """

    type: Literal["assignment"] = "assignment"
    accepts: tuple[Work, ...] = Field(default=tuple(Work), min_length=1)
    stop: bool | Literal["delayed"] = False
    answer: MessageText | None = None

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Show the task, take work, pass on the verdict."""
        del now
        match event:
            case Entered():
                task = (Say(message=self.message()),)
                return Stay(task) if self.stop is True else Leave(task, listening=True)
            case Replied() if self.takes_reply(here.data):
                return self._take(event, view, here.data)
            case Reviewed() if _is_awaited(event, here.data):
                return self._judge(event.verdict, here.data)
        return None

    def expects(self, data: JsonObject) -> Text | None:
        """Work, unless it is being looked at or is rejected."""
        return None if data.get("status") in {_IN_REVIEW, Verdict.REJECTED} else Text.WORK_EXPECTS

    def takes_reply(self, data: JsonObject) -> bool:
        """Until the work is rejected for good."""
        return data.get("status") != Verdict.REJECTED

    def _take(self, reply: Replied, view: View, data: JsonObject) -> Stay | Leave:
        if (reply.media or Work.TEXT) not in set(self.accepts):
            return self._refuse(reply, data)
        if FEEDBACK in view.rights:
            return self._submit(reply, data)
        return Leave((self._own_answer(),), answer=reply.text or reply.media)

    def _refuse(self, reply: Replied, data: JsonObject) -> Stay:
        """Say what is expected, once for a whole album."""
        if reply.group and reply.group == data.get("refused"):
            return Stay()
        expected = Say(text_key=Text.ASSIGNMENT_EXPECTS, values={"kinds": ", ".join(self.accepts)})
        return Stay((expected,), data={**data, "refused": reply.group})

    def _submit(self, reply: Replied, data: JsonObject) -> Stay:
        same_album = bool(reply.group) and reply.group == data.get("album")
        more = same_album or data.get("status") == _IN_REVIEW
        number = data.get("submission", 0) + (0 if more else 1)
        work = {**reply.message_ref, "content": reply.content, "album": reply.group}
        review = AskReview(submission=number, task=self.message(), work=work, text=reply.text)
        if same_album:
            return Stay((review,))
        text = Text.ASSIGNMENT_ADDED if more else Text.ASSIGNMENT_RECEIVED
        state = _state(_IN_REVIEW, number, reply.group)
        return Stay((review, Say(text_key=text)), data=state)

    def _own_answer(self) -> Say:
        if self.answer is None:
            return Say(text_key=Text.ASSIGNMENT_ANSWERED)
        return Say(message=self.words(self.answer))

    def _judge(self, verdict: Verdict, data: JsonObject) -> Stay | Leave:
        said = (Say(text_key=_VERDICT_TEXTS[verdict]),)
        if verdict == Verdict.ACCEPTED:
            return Leave(said, answer=str(verdict))
        locks = self.stop == DELAYED and verdict == Verdict.REJECTED
        state = _state(verdict, data["submission"], data.get("album"))
        return Stay(said, data=state, holds=REJECTED if locks else None)


def _is_awaited(review: Reviewed, data: JsonObject) -> bool:
    return data.get("status") == _IN_REVIEW and data.get("submission") == review.submission


def _state(status: str, submission: int, album: str | None) -> dict[str, Any]:
    return {"status": str(status), "submission": submission, "album": album}
