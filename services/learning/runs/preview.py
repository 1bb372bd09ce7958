"""A scenario shown to its author in the chat: every message in its order, with the values it would have highlighted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.flow.definition import Flow
from core.flow.effects import Text
from core.flow.naming import name_type
from core.flow.steps import Step
from core.flow.steps.choosing import ChoosingStep
from core.flow.steps.delay import DelayStep
from core.flow.steps.lesson import LessonStep
from core.presses import PressKind
from core.text.message import ANY_LANGUAGE, Button, Message
from core.text.template import highlight
from core.wizard.sections import show_wait
from services.content.messages.rendering import calls_of
from services.content.messages.templates import scenario_values
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.learning.runs.effects import with_shared_buttons

MOST_STEPS = 60
PREVIEW = PressKind.WIZARD_SHOWN  # kind of the buttons that a run would answer


def demonstrate(uow: UnitOfWork, flow: Flow, to: Address, next_key: Callable[[], str]) -> None:
    """Say what a scenario says, a message per message, without its waits; nothing of it is counted."""
    for step in flow.steps[:MOST_STEPS]:
        speech.say(uow, to, _head(step), next_key())
        for message in _messages(step):
            _show(uow, to, message, next_key)
    if flow.summary is not None:
        speech.say(uow, to, speech.words("demo-summary"), next_key())
        _show(uow, to, flow.summary, next_key)
    if len(flow.steps) > MOST_STEPS:
        speech.say(uow, to, speech.words("demo-more", number=len(flow.steps) - MOST_STEPS), next_key())


async def show_exactly(
    uow: UnitOfWork, flow: Flow, to: Address, next_key: Callable[[], str], only: str | None = None
) -> None:
    """Say a flow, or one step of it, as people will see it, with this person's values and a line for each wait.

    Buttons stand where they will; those that a run would answer say that this is a preview.
    """
    values = scenario_values(flow)
    steps = [step for step in flow.steps if only in {None, step.key}]
    for step in steps[:MOST_STEPS]:
        messages = list(_messages(step))
        if not messages:
            speech.say(uow, to, _head(step), next_key())
        for message in messages:
            own = _list_presses(step) if message is messages[-1] else []
            await _say_exactly(uow, to, message, own, values, next_key)
    if flow.summary is not None and only is None:
        speech.say(uow, to, speech.words("demo-summary"), next_key())
        await _say_exactly(uow, to, flow.summary, [], values, next_key)
    if len(steps) > MOST_STEPS:
        speech.say(uow, to, speech.words("demo-more", number=len(steps) - MOST_STEPS), next_key())


async def show_message(
    uow: UnitOfWork, flow: Flow, message: Message, to: Address, next_key: Callable[[], str]
) -> None:
    """Say one message of a flow as people will see it."""
    await _say_exactly(uow, to, message, [], scenario_values(flow), next_key)


def _list_presses(step: Step) -> list[speech.Words]:
    """What stands on the buttons a run answers."""
    if isinstance(step, LessonStep):
        return [speech.words(Text.LESSON_DONE)] if step.complete == "button" else []
    if isinstance(step, ChoosingStep):
        return [speech.content(option.text) for option in step.list_options()]
    return []


async def _say_exactly(
    uow: UnitOfWork,
    to: Address,
    message: Message,
    presses: Sequence[speech.Words],
    values: Mapping[str, Any],
    next_key: Callable[[], str],
) -> None:
    whole = await with_shared_buttons(uow, message)
    rows = [[_link(button) for button in row if button.url] for row in whole.buttons]
    rows += [[speech.button(text, PREVIEW, 0)] for text in presses]
    for method, fields in calls_of(whole, [row for row in rows if row]):
        payload = {"chat_id": to.chat_id, **speech.with_values(fields, values)}
        enqueue(uow, Outgoing(to.bot_id, to.chat_id, method, payload, next_key()))


def _link(button: Button) -> Mapping[str, Any]:
    return speech.link_button(speech.content(button.text), speech.content({ANY_LANGUAGE: button.url or ""}))


def _head(step: Step) -> speech.Words:
    if isinstance(step, DelayStep) and step.wait is not None:
        return speech.words("demo-wait", step=speech.named(name_type(step)), wait=show_wait(step.wait))
    title = getattr(step, "title", None)
    return speech.words("demo-step", step=speech.named(title or name_type(step)))


def _messages(step: Step) -> Iterator[Message]:
    if isinstance(step, LessonStep):
        yield from step.messages
        return
    said = getattr(step, "said", ())
    yield from (effect.message for effect in said if effect.message is not None)


def _show(uow: UnitOfWork, to: Address, message: Message, next_key: Callable[[], str]) -> None:
    """Buttons stand below as words: where a link would lead is not known here."""
    shown = message.model_copy(
        update={
            "text": _highlighted(message.text),
            "media": tuple(
                medium.model_copy(update={"caption": _highlighted(medium.caption)})
                for medium in message.media
            ),
        }
    )
    for method, fields in calls_of(shown, ()):
        payload = {"chat_id": to.chat_id, **fields}
        enqueue(uow, Outgoing(to.bot_id, to.chat_id, method, payload, next_key()))
    buttons = [cell for row in message.buttons for cell in row]
    if buttons:
        lines = [
            speech.words(
                "demo-button",
                text=speech.content(_highlighted(button.text) or {}),
                leads=highlight(button.url or "…"),
            )
            for button in buttons
        ]
        speech.say(uow, to, speech.lines(*lines, gap="\n"), next_key())


def _highlighted(texts: Mapping[str, str] | None) -> dict[str, str] | None:
    return {language: highlight(text) for language, text in texts.items()} if texts else None
