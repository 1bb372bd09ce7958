"""A scenario shown to its author in the chat: every message in its order, with the values it would have highlighted."""

from collections.abc import Callable, Iterator, Mapping

from core.db.session import UnitOfWork
from core.flow.definition import Flow
from core.flow.steps import Step
from core.flow.steps.delay import DelayStep
from core.flow.steps.lesson import LessonStep
from core.text.message import Message
from core.text.template import highlight
from services.content.messages.rendering import calls_of
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address

MOST_STEPS = 60


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


def _head(step: Step) -> speech.Words:
    if isinstance(step, DelayStep) and step.wait is not None:
        return speech.words("demo-wait", step=step.key, wait=str(step.wait))
    return speech.words("demo-step", step=step.key, type=step.type)


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
