"""One family of errors that state a fact; edges map `kind` to a status or a text."""

from enum import StrEnum


class ErrorKind(StrEnum):
    """What sort of trouble, for the edges' one mapping."""

    NOT_FOUND = "not_found"
    INVALID = "invalid"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    EXPIRED = "expired"


class DomainError(Exception):
    """A use case said no: `kind` for the edges, `code` for programs, `detail` for people and logs."""

    def __init__(self, kind: ErrorKind, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.kind = kind
        self.code = code
        self.detail = detail


class RaceLost(Exception):  # noqa: N818 - it states a fact, as all our errors do
    """Another unit moved the same row first; the unit of work is to be tried again."""


class TooEarly(Exception):  # noqa: N818 - it states a fact, as all our errors do
    """What this needs is just being committed by somebody else; trying again in a moment is no failure."""
