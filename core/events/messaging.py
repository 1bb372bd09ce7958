"""Talks with operators."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TalkBegan:
    """An operator talks with a person."""

    handoff_id: int
    contact_id: int


@dataclass(frozen=True)
class TalkEnded:
    """A talk with an operator is over."""

    handoff_id: int
    contact_id: int


@dataclass(frozen=True)
class HandoffFailed:
    """Nobody talks with a person who was to be handed over."""

    handoff_id: int
