"""The buttons of what waits: for whoever may take it, and for who has it before them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.lifecycle import CardKind
from core.presses import ADMINS, PressKind
from services.delivery import speech
from services.delivery.speech import Address, Keyboard

QUEUE = PressKind.QUEUE  # kind of the buttons: act, then what it is about
ANSWER_BACK = PressKind.ANSWER_BACK  # kind of the buttons about words that went out: act, then which
TAKE_BACK, ANEW = "back", "anew"
LIST, TAKE, BACK, PASS, ANSWER, REJECT = "list", "take", "back", "pass", "answer", "reject"
LETTERS: Mapping[CardKind, str] = {CardKind.WORK: "w", CardKind.QUESTION: "q"}


@dataclass(frozen=True)
class Subject:
    """What waits: work or a question, by its id."""

    kind: CardKind
    id: int

    def __str__(self) -> str:
        """As it stands in a button."""
        return f"{LETTERS[self.kind]}{self.id}"


def take_button(to: Address, subject: Subject) -> Mapping[str, Any]:
    """Have it before oneself; on a card in a group for whoever reviews."""
    button = speech.button(speech.words("button-queue-take"), QUEUE, f"{TAKE}-{subject}")
    return {**button, "holder": ADMINS} if to.chat_id < 0 else button


def own_rows(subject: Subject) -> Keyboard:
    """What the one can do who has it, below the verdicts."""
    ready = speech.button(speech.words("button-canned"), PressKind.CANNED, f"list-{subject}")
    first = (REJECT, ANSWER) if subject.kind is CardKind.WORK else (ANSWER,)
    return [
        [_act(act, subject) for act in first],
        [ready],
        [_act(act, subject) for act in (PASS, BACK)],
        [queue_button()],
    ]


def _act(act: str, subject: Subject) -> Mapping[str, Any]:
    return speech.button(speech.words(f"button-queue-{act}"), QUEUE, f"{act}-{subject}")


def back_rows(to: Address, answer: str) -> Keyboard:
    """The way to take words back that went to a student; none where there are none."""
    if not answer:
        return []
    back = speech.button(speech.words("button-answer-back"), ANSWER_BACK, f"{TAKE_BACK}-{answer}")
    return [[{**back, "holder": ADMINS} if to.chat_id < 0 else back]]


def queue_button() -> Mapping[str, Any]:
    """The way to the queue."""
    return speech.button(speech.words("button-queue"), QUEUE, f"{LIST}-a-e-0")
