"""What a message of ours is about, kept beside it as text: written and read here alone.

A reply to the message is about the same.
"""

from dataclasses import dataclass
from enum import StrEnum


class RefKind(StrEnum):
    """What a message can be about; the values stand in the database."""

    RUN = "run"  # a visit of a run: run:<run>:<visit>
    SUBMISSION = "sub"  # work before a reviewer
    QUESTION = "q"  # a question before a reviewer
    ANSWER = "qa"  # an answer before the one who asked
    TOPIC = "topic"  # a reviewer's message from a student's topic, before the student: topic:<topic>
    TALK = "talk"  # a hand-off
    PAYOUT = "payout"  # money a partner has asked for, before an admin: payout:<payout>
    HOLD = "hold"  # money set aside, before an admin: hold:<payment>
    COURSE_FILE = "coursefile"  # a course whose file is asked for: coursefile:<wish>:<course>

    @property
    def prefix(self) -> str:
        """How every ref of the kind begins."""
        return f"{self}:"


REVIEWED = frozenset({RefKind.SUBMISSION, RefKind.QUESTION})  # what reviewers answer by a reply


@dataclass(frozen=True, slots=True)
class Ref:
    """A kind and what tells one of it from another."""

    kind: RefKind
    parts: tuple[str, ...]

    def __str__(self) -> str:
        """As it is kept."""
        return self.kind.prefix + ":".join(self.parts)

    @property
    def id(self) -> int:
        """The row it is about."""
        return int(self.parts[0])

    @property
    def visit(self) -> int:
        """Of a run: the visit."""
        return int(self.parts[1])


def write_ref(kind: RefKind, *parts: int | str) -> str:
    """The text of a ref."""
    return str(Ref(kind, tuple(map(str, parts))))


def prefix_of_run(run_id: int) -> str:
    """How the refs of all visits of a run begin."""
    return f"{write_ref(RefKind.RUN, run_id)}:"


def read_ref(text: str | None) -> Ref | None:
    """What a kept text is about; None for nothing and for what is none of ours."""
    kind, *parts = (text or "").split(":")
    return Ref(RefKind(kind), tuple(parts)) if parts and kind in set(RefKind) else None
