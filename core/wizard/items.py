"""The steps of a flow as its author sees them: a message with the wait before it is one thing, and so are all other steps."""

from dataclasses import dataclass

from core.flow.definition import Flow
from core.flow.naming import find_words, name_type
from core.flow.steps import Step
from core.flow.steps.assignment import AssignmentStep
from core.flow.steps.delay import DelayStep
from core.flow.steps.lesson import LessonStep
from core.flow.steps.message import MessageStep
from core.flow.steps.offer import OfferStep
from core.text.message import localize
from core.text.refusal import Words, words
from core.wizard.reading import brief
from core.wizard.screen import label

SECTIONS = {
    MessageStep: "message",
    OfferStep: "message",
    LessonStep: "lesson_head",
    AssignmentStep: "assignment",
}
"""Which form changes a step of a type; the others are shown by name and stay as they are."""


@dataclass(frozen=True)
class Item:
    """A step in the list, with the step before it that does nothing but wait for it."""

    step: Step
    delay: DelayStep | None = None

    @property
    def key(self) -> str:
        """The step's key."""
        return self.step.key

    @property
    def section(self) -> str:
        """The form that changes it; empty for what is not changed here."""
        return SECTIONS.get(type(self.step), "")

    def name(self, language: str) -> Words:
        """What stands on its button."""
        first_words = find_words(self.step)
        said = label(brief(localize(first_words, language))) if first_words else ""
        what = localize(name_type(self.step), language)
        if self.section:
            return words(f"wizard-item-{self.section}", said=said or what)
        return words("wizard-item-other" if said else "wizard-item-silent", type=what, said=said)


def list_items(flow: Flow) -> list[Item]:
    """All steps in their order; a bare wait belongs to the message behind it."""
    items: list[Item] = []
    waits: DelayStep | None = None
    for step in flow.steps:
        if waits is not None and not _may_wait(step):
            items.append(Item(waits))
            waits = None
        if isinstance(step, DelayStep) and _is_bare(step):
            if waits is not None:
                items.append(Item(waits))
            waits = step
            continue
        items.append(Item(step, waits))
        waits = None
    return items + ([Item(waits)] if waits is not None else [])


def _may_wait(step: Step) -> bool:
    return isinstance(step, MessageStep | OfferStep)


def _is_bare(step: DelayStep) -> bool:
    return step.wait is not None and not set(step.model_dump(exclude_defaults=True)) - {"key", "type", "wait"}


def find_item(flow: Flow, key: str) -> Item | None:
    """A step in the list by its key."""
    return next((item for item in list_items(flow) if item.key == key), None)


def name_step(flow: Flow, key: str, language: str) -> Words:
    """A step as its author knows it; a wait by the message it is for, what is not there by its key."""
    for item in list_items(flow):
        if key == item.key:
            return item.name(language)
        if item.delay is not None and key == item.delay.key:
            return words("wizard-item-wait", said=item.name(language))
    return key
