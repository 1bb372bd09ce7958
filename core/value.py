"""Values: records that nobody changes once they are made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(*, kw_only: bool = False) -> Callable[[type[_T]], type[_T]]:
    """A dataclass with slots that compares and hashes by what it holds, frozen for the type checker alone.

    Making a frozen dataclass takes four times as long, and the engine makes a dozen per event.
    """

    def make(cls: type[_T]) -> type[_T]:
        return dataclass(slots=True, unsafe_hash=True, kw_only=kw_only)(cls)

    return make
