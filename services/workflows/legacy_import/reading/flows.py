"""From the older bot's scenarios to flows: a wait and a message for each of its messages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.flow.definition import Flow, FlowInvalid, parse_flow
from core.rules.interval import Interval
from core.text.message import MAX_CAPTION, Message, ParseMode, shown_length
from services.content.checks import check_all
from services.workflows.legacy_import.reading.legacy import LegacyMessage, LegacyScenario

Keep = Callable[[Path], str]  # a picture becomes a reference
_KEY = re.compile(r"[\w.-]{1,56}")


@dataclass(frozen=True)
class ConvertedScenario:
    """A scenario as a flow; for each of its messages the step it is awaited at, and the step that says it last."""

    scenario: LegacyScenario
    flow: Flow
    waits: tuple[str | None, ...]  # none: nothing is waited for before it
    says: tuple[str, ...]

    def step_before(self, place: int) -> str | None:
        """Where a run stands whose next message is that one."""
        return self.waits[place] if place < len(self.waits) else None


def convert_scenario(scenario: LegacyScenario, keep: Keep, variables: frozenset[str]) -> ConvertedScenario:
    """The flow of a scenario; raises FLOW_INVALID with everything that is wrong."""
    steps: list[dict[str, Any]] = []
    waits: list[str | None] = []
    says: list[str] = []
    for place, message in enumerate(scenario.messages):
        key = _key(message.name, place, says)
        wait = f"wait.{place + 1}" if place or message.after else None
        if wait:
            interval = str(Interval(seconds=int(message.after.total_seconds())))
            steps.append({"key": wait, "type": "delay", "wait": interval})
        waits.append(wait)
        steps += _say(key, message, scenario, keep)
        says.append(str(steps[-1]["key"]))
    document: dict[str, Any] = {
        "kind": "scenario",
        "slug": scenario.slug,
        "name": scenario.name,
        "steps": steps,
    }
    if scenario.summary is not None:
        document["summary"] = message_of(scenario.summary, keep, html=scenario.html)
    if (product := scenario.product) is not None:
        document["product"] = {
            "name": product.name,
            "price": product.price,
            "private_group_id": product.group_id,
        }
        if product.paid_content:
            document["product"]["paid_content"] = {
                "text": product.paid_content,
                **_markup(html=scenario.html),
            }
    flow = parse_flow(document)
    if problems := [problem for problem in check_all(flow, variables) if not problem.warning]:
        raise FlowInvalid(tuple(problems))
    return ConvertedScenario(scenario, flow, tuple(waits), tuple(says))


def _key(name: str, place: int, taken: list[str]) -> str:
    fits = _KEY.fullmatch(name) and not name.startswith("wait.") and name not in taken
    return name if fits else f"message.{place + 1}"


def _say(key: str, message: LegacyMessage, scenario: LegacyScenario, keep: Keep) -> list[dict[str, Any]]:
    """One step, or two where a single picture cannot carry the whole text."""
    fields = message_of(message, keep, html=scenario.html)
    if len(message.photos) == 1 and shown_length(message.text) > MAX_CAPTION:
        picture = {"key": key, "type": "message", "media": fields.pop("media")}
        return [picture, {"key": f"{key}.text", "type": "message", **fields}]
    return [{"key": key, "type": "message", **fields}]


def message_of(message: LegacyMessage, keep: Keep, *, html: bool) -> dict[str, Any]:
    """A message's document."""
    fields: dict[str, Any] = {"text": message.text.strip(), **_markup(html=html)}
    if message.photos:
        fields["media"] = [{"kind": "photo", "ref": keep(path)} for path in message.photos]
    if message.rows:
        fields["buttons"] = [
            [button.model_dump(mode="json", exclude_defaults=True) for button in row] for row in message.rows
        ]
    if message.set_name:
        fields["button_set"] = message.set_name
    return fields


def _markup(*, html: bool) -> dict[str, str]:
    return {} if html else {"parse_mode": ParseMode.MARKDOWN.value}


def read_message(message: LegacyMessage, keep: Keep, *, html: bool) -> Message:
    """A message on its own; raises ValueError for one Telegram would not take."""
    return Message.model_validate(message_of(message, keep, html=html))
