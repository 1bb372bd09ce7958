"""What people call a step: its title, else its first words, else what it is; its key is for files."""

from core.flow.definition import Flow
from core.flow.steps import Step
from core.text.catalog import LANGUAGES, say
from core.text.message import ANY_LANGUAGE, Localized, MessageFields
from utils.telegram_html import shorten, strip_tags

MOST_NAME = 60  # letters


def name_step(flow: Flow, key: str) -> Localized:
    """The name of a step by language, plain; the key itself where the flow has lost it."""
    step = flow.step(key)
    return name_of(step) if step is not None else {ANY_LANGUAGE: key}


def name_of(step: Step) -> Localized:
    """The same of a step at hand."""
    return find_words(step) or name_type(step)


def find_words(step: Step) -> Localized | None:
    """The title of a step or the first line it says, plain; None for one that says nothing by itself."""
    if title := getattr(step, "title", None):
        return dict(title)
    texts = getattr(step, "text", None)
    if isinstance(step, MessageFields) and step.text:
        texts = step.in_html(step.text)
    if not isinstance(texts, dict):
        return None
    lines = {language: _first_line(text) for language, text in texts.items()}
    return {language: line for language, line in lines.items() if line} or None


def name_type(step: Step) -> Localized:
    """What it is: a lesson, a quiz, a branch."""
    key = f"step-type-{step.type.replace('_', '-')}"
    return {language: say(key, language) for language in LANGUAGES}


def _first_line(text: str) -> str:
    line = next((line for line in strip_tags(text).splitlines() if line.strip()), "")
    return shorten(line, MOST_NAME)
