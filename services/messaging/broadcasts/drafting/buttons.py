"""The buttons of a broadcast's card: a broadcast's number, and what they do with it."""

from collections.abc import Mapping
from typing import Any

from core.presses import PressKind
from services.delivery import speech
from services.delivery.speech import Words

STEER = PressKind.BROADCAST  # kind of the card's buttons: broadcast-action
LANGUAGE = "in"  # before the language in which it is to have a text
TICK = "to"  # before the code of what is ticked
ASK = "if"  # before the condition that is asked beside those
PAY = "startpaid"  # before the Stars that are agreed to
SPLIT = "ab"  # before what is chosen about its variants
WIN = {"by": ("clicks", "payment", "completion"), "after": ("4h", "1d", "3d")}  # what can be chosen


def button(broadcast_id: int, action: str) -> Mapping[str, Any]:
    """One with the words of what it does."""
    return labelled(broadcast_id, action, speech.words(f"broadcast-do-{action}"))


def labelled(broadcast_id: int, action: str, label: Words) -> Mapping[str, Any]:
    """One with words of its own."""
    return speech.button(label, STEER, f"{broadcast_id}-{action}")


def ticked(broadcast_id: int, action: str, label: Words, mark: str) -> Mapping[str, Any]:
    """One that says whether it is chosen."""
    return labelled(broadcast_id, action, speech.lines(mark, label, gap=" "))
