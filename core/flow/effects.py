"""What a flow asks of the world: one frozen record per kind, performed by the shell."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from core.flow.events import JsonObject
from core.text.message import Button, Message
from core.value import value


class SayPriority(StrEnum):
    """Whether the person waits for it (dialog) or its time has come (lesson)."""

    DIALOG = "dialog"
    LESSON = "lesson"


class Text(StrEnum):
    """Keys of the product's own texts; every locale has all of them."""

    LESSON_DONE = "lesson-done"
    ASSIGNMENT_EXPECTS = "assignment-expects"
    ASSIGNMENT_RECEIVED = "assignment-received"
    ASSIGNMENT_ADDED = "assignment-added"
    ASSIGNMENT_ANSWERED = "assignment-answered"
    ASSIGNMENT_ACCEPTED = "assignment-accepted"
    ASSIGNMENT_NEEDS_WORK = "assignment-needs-work"
    ASSIGNMENT_REJECTED = "assignment-rejected"
    ASSIGNMENT_UNDONE = "assignment-undone"
    ASSIGNMENT_WITHDRAWN = "assignment-withdrawn"
    WORK_OR_QUESTION = "work-or-question"
    HAND_IN = "work-hand-in"
    ASK_INSTEAD = "work-ask-instead"
    TAKE_BACK = "work-take-back"
    INVITE_LINKS = "invite-links"
    INVITE_BY_HAND = "invite-by-hand"
    CHOICE_DONE = "choice-done"
    STEP_OVER = "step-over"
    YES = "yes"
    NO = "no"
    BUTTON_EXPECTS = "button-expects"
    POLL_EXPECTS = "poll-expects"
    CHOICE_EXPECTS = "choice-expects"
    INPUT_EXPECTS = "input-expects"
    SEQUENCE_EXPECTS = "sequence-expects"
    WORK_EXPECTS = "work-expects"
    PAYMENT_EXPECTS = "payment-expects"
    APP_EXPECTS = "app-expects"
    DIALOG_EXPECTS = "dialog-expects"
    DIALOG_HEARD = "dialog-heard"
    DIALOG_UNHEARD = "dialog-unheard"
    DIALOG_FAILED = "dialog-failed"
    DIALOG_LAST = "dialog-last"
    DIALOG_BANNED = "dialog-banned"
    CERTIFICATE_FAILED = "certificate-failed"
    OPERATOR_ONHOLD = "operator-onhold"
    GATE_DONE = "gate-done"
    GATE_EXPECTS = "gate-expects"
    GATE_NOT_YET = "gate-not-yet"
    GATE_UNSEEN = "gate-unseen"


@value()
class Poll:
    """A native poll: the person's own choice, not anonymous; with `correct` (from 0) it is a quiz."""

    question: Mapping[str, str]  # by language, plain text
    options: tuple[Mapping[str, str], ...]
    correct: int | None = None
    multiple: bool = False


@value()
class KeyButton:
    """A button whose text is the product's own, in a row below the message's buttons."""

    press: str
    text_key: Text


@value()
class AppButton:
    """A button that opens a Mini App: the page at `url`, or else our own page of this visit."""

    text: Mapping[str, str]  # by language
    url: str | None = None


@value(kw_only=True)
class _FromVisit:
    """Where an effect comes from; the engine fills these in, steps leave them alone."""

    step: str = ""
    visit: int = 0


@value()
class Say(_FromVisit):
    """Say an author's message or poll, or else a text of the product; `part` numbers what a visit says.

    `literal`: the message's text is no author's, but what a model wrote, and no template.
    """

    message: Message | None = None
    literal: bool = False
    poll: Poll | None = None
    text_key: Text | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    url_buttons: tuple[Button, ...] = ()  # one row each, for texts of the product
    key_buttons: tuple[KeyButton, ...] = ()  # one row each
    app_button: AppButton | None = None
    part: int = 0
    priority: SayPriority = SayPriority.DIALOG

    def at(self, step: str, visit: int, part: int, priority: SayPriority) -> "Say":
        """The same said by this visit, as this part of it."""
        return Say(  # in order: Python gathers keywords in a dict first, which takes as long as the rest
            self.message,
            self.literal,
            self.poll,
            self.text_key,
            self.values,
            self.url_buttons,
            self.key_buttons,
            self.app_button,
            part,
            priority,
            step=step,
            visit=visit,
        )


@value(kw_only=True)
class WakeAt(_FromVisit):
    """Send TimerFired(visit, name) at a moment, or at once when it has passed.

    Where an hour of their clock was the rule, `wall` is what it shows then in `zone`.
    """

    at: datetime
    name: str
    wall: datetime | None = None
    zone: str | None = None


@value(kw_only=True)
class AskPayment(_FromVisit):
    """Say the message with a button per tariff and let them pay; no tariffs means all on sale."""

    message: Message
    tariffs: tuple[str, ...] = ()
    part: int = 0
    priority: SayPriority = SayPriority.DIALOG


@value(kw_only=True)
class AskReview(_FromVisit):
    """Put work before a reviewer. The same `submission` again means: one more piece of the same work."""

    submission: int
    task: Message
    work: JsonObject  # the reply's message_ref with its `content` and `album`
    text: str


@value(kw_only=True)
class AskCurator(_FromVisit):
    """Put their words before the curator as a question."""

    question: JsonObject  # the reply's message_ref with its `content` and `album`


@value(kw_only=True)
class TakeBack(_FromVisit):
    """Give a submission back to them if nobody has looked at it yet; answered by Withdrawn."""

    submission: int


@value(kw_only=True)
class Grant(_FromVisit):
    """Give what the person's rights promise and answer with Issued."""

    what: str


@value(kw_only=True)
class SetVariable(_FromVisit):
    """Keep a value under the person's name."""

    name: str
    value: str


@value(kw_only=True)
class SetTag(_FromVisit):
    """Put a tag on the person, or take it off."""

    name: str
    present: bool = True


@value(kw_only=True)
class Redraw(_FromVisit):
    """Show other buttons below what this visit said as `part`."""

    message: Message
    part: int
    key_buttons: tuple[KeyButton, ...] = ()  # one row each


@value(kw_only=True)
class AskCondition(_FromVisit):
    """Ask whether something holds that only the database knows; answered by ConditionAnswered of this `question`."""

    name: str
    params: JsonObject = field(default_factory=dict)
    question: int = 0


@value(kw_only=True)
class AskMember(_FromVisit):
    """Ask Telegram whether they are in a group or channel; answered by MemberTold of this `question`."""

    chat: int
    question: int = 0


@value(kw_only=True)
class AskTranscript(_FromVisit):
    """Have a voice message of the dialog put into words; answered by Transcribed or ModelFailed."""

    turn: int
    voice: JsonObject  # the reply's message_ref
    language: str | None = None


@value(kw_only=True)
class AskModel(_FromVisit):
    """Have the model speak in the dialog's turn `turn`; answered by ModelAnswered or ModelFailed.

    `text` is what the person said, empty where the model begins. The step's own fields (prompt, model,
    temperature, voice) are read from the flow by who performs it.
    """

    turn: int
    text: str = ""


@value(kw_only=True)
class Issue(_FromVisit):
    """Make a certificate of what has been reached so far; answered by Issued with its `number` and `url`."""

    score: float = 0.0
    max_score: float = 0.0


@value(kw_only=True)
class HandOff(_FromVisit):
    """Have a live operator talk with the person; answered by OperatorConnected and OperatorReleased, or OperatorUnavailable.

    `ring`, `silence` and `idle` are seconds, as the profile says.
    """

    ring: float
    silence: float
    idle: float


@value(kw_only=True)
class SetResult(_FromVisit):
    """Note what came of the run for who began it: a code such as `connected_to_operator`."""

    code: str


@value(kw_only=True)
class Complete(_FromVisit):
    """The run is over."""


Effect = (
    Say
    | WakeAt
    | AskPayment
    | AskReview
    | AskCurator
    | TakeBack
    | Grant
    | SetVariable
    | SetTag
    | Redraw
    | AskCondition
    | AskMember
    | AskTranscript
    | AskModel
    | Issue
    | HandOff
    | SetResult
    | Complete
)
