"""What all bodies and answers have in common."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.text.refusal import Refused

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def example(**fields: Any) -> ConfigDict:
    """A model's one example, as it is sent or answered."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class Body(BaseModel):
    """What somebody sends: nothing but what is asked for, no zero bytes in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _is_storable(cls, value: Any) -> Any:
        if not all(map(is_storable, _list_texts(value))):
            raise Refused("refused-letters")
        return value


def is_storable(text: str) -> bool:
    """Whether both databases can keep it: no zero bytes, no halves of letters."""
    return _UNSTORABLE.search(text) is None


def _list_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from (*_list_texts(name), *_list_texts(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _list_texts(inner)


class Answer(BaseModel):
    """What is answered; one with an `etag` gives it in the header, too."""

    model_config = ConfigDict(frozen=True)


class ChoiceItem(Answer):
    """One of the things that a field or an argument may be, and what people call it."""

    model_config = example(value="premium", label="Premium")

    value: str
    label: str


class Money(Answer):
    """A sum in minor units: 499000 are 4,990 roubles."""

    amount: int
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Count(Answer):
    """How many there are; counted up to 10,000, `exact` says whether that is all."""

    model_config = example(count=4312, exact=True)

    count: int
    exact: bool


def money(amount: int, currency: str) -> Money:
    """A sum as the API writes it."""
    return Money(amount=amount, currency=currency)
