"""What the bots say and what stands on their buttons, for those of the demo who read and press."""

import re
from collections.abc import Mapping
from typing import Any

from app.boot.database import CONTENT
from app.demo.cast import CARD
from core.flow.definition import dump_flow
from core.text.catalog import catalogue
from payment.registry import PROVIDERS
from services.content.files.sample import read_content

# What a text has besides words that are there in every message made of it.
_BETWEEN = re.compile(r"<[^>]*>|\{+[^}]*\}+|\n")


class Words:
    """The sample course and the bots' own texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        content = read_content(CONTENT)
        self._steps: dict[str, Mapping[str, Any]] = {
            step["key"]: step for flow in content.flows for step in dump_flow(flow)["steps"]
        }
        self._tariffs = {tariff.code: tariff.name for tariff in content.tariffs}

    def tariff(self, code: str) -> str:
        """A tariff's name, as it stands on its buttons."""
        return self._tariffs[code][self.language]

    def card(self) -> str:
        """The button that pays by card."""
        return PROVIDERS[CARD].title[self.language]

    def button(self, step: str) -> str:
        """The button of a step of the sample content: its press or its link."""
        found_step = self._steps[step]
        text: str = (found_step.get("button") or found_step["buttons"][0][0]["text"])[self.language]
        return text

    def step(self, key: str) -> str:
        """A piece of what a step says."""
        found_step = self._steps[key]
        return piece_of((found_step.get("title") or found_step["text"])[self.language])

    def answer(self, key: str) -> str:
        """A piece of what an assignment answers by itself."""
        return piece_of(self._steps[key]["answer"][self.language])

    def label(self, key: str) -> str:
        """A text of ours without places to fill, such as a button's."""
        return catalogue(self.language).gettext(key)

    def piece(self, key: str) -> str:
        """A piece of a text of ours that every message made of it has."""
        return piece_of(self.label(key))


def piece_of(text: str) -> str:
    """The longest piece of a text without markup, places to fill and line ends."""
    return max((piece.strip() for piece in _BETWEEN.split(text)), key=len)
