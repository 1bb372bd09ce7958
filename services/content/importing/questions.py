"""Questions from wherever they come as steps: a quiz, several right answers, an open question, an answer that is typed."""

import hashlib
import html
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.text.template import make_inert
from services.content.importing.elements import Element
from services.content.importing.nodes import Entries, node_of
from services.content.importing.slugs import make_slug

MOST_WORDS = 24  # letters of a key that say what it is about
Texts = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer; `feedback` is Telegram's HTML."""

    text: Texts
    is_right: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question in Telegram's HTML, with its answers, or with the one that is to be `typed` (empty: any)."""

    text: str
    choices: tuple[Choice, ...] = ()
    typed: str | None = None
    feedback: str = ""
    several: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has said which answer is right."""
        return self.typed is None and not any(choice.is_right for choice in self.choices)


@dataclass(slots=True)
class Keys:
    """Keys of steps by their words: the same words have the same key in every later file."""

    taken: Counter[str] = field(default_factory=Counter)

    def take(self, prefix: str, text: str) -> str:
        """A key that no other step has; of equal words the later ones are numbered."""
        plain = " ".join(text.split()).casefold()
        digest = hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:6]
        words = make_slug(plain[:80]).replace("_", "-")[:MOST_WORDS].strip("-")
        key = "-".join(filter(None, (prefix, words, digest)))
        self.taken[key] += 1
        return key if self.taken[key] == 1 else f"{key}-{self.taken[key]}"


def build_element(key: str, line: int, question: Question) -> Element:
    """The step that asks it."""
    kind, fields = describe(question)
    node = node_of(line, fields)
    assert isinstance(node, Entries)  # noqa: S101 - the fields are a map
    return Element(key, line, kind, node)


def describe(question: Question) -> tuple[str, Mapping[str, Any]]:
    """The type of the step and its fields; braces in them mean nothing."""
    text = {"text": make_inert(question.text)}
    if question.typed is not None:
        return "input", {**text, **_typed(question)}
    right = sum(choice.is_right for choice in question.choices)
    kind = "question" if not right else "quiz" if right == 1 and not question.several else "multi_choice"
    answers = [_answer(choice, question.feedback, judged=bool(right)) for choice in question.choices]
    return kind, {**text, "answers": answers}


def _typed(question: Question) -> Mapping[str, Any]:
    feedback = make_inert(question.feedback)
    if not question.typed:
        return {"feedback_correct": feedback} if feedback else {}
    said = {"feedback_correct": feedback, "feedback_incorrect": feedback} if feedback else {}
    return {"correct_answer": make_inert(question.typed), **said}


def _answer(choice: Choice, feedback: str, *, judged: bool) -> Mapping[str, Any]:
    said = make_inert("\n\n".join(filter(None, (choice.feedback, feedback))))
    text = make_inert(choice.text) if isinstance(choice.text, str) else choice.text
    return {
        "text": text,
        **({"correct": choice.is_right} if judged else {}),
        **({"feedback": said} if said else {}),
    }


def as_html(plain: str) -> str:
    """Words that have no marks."""
    return html.escape(plain.strip(), quote=False)
