"""What a model refuses is said without the words of the library that found it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from core.text.refusal import describe_with_place


def _never(value: int) -> int:
    raise ValueError(f"{value} is taken")


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = "x"
    code: str = Field("abc", pattern=r"^[a-z]+$", min_length=2, max_length=5)
    pieces: int = Field(1, ge=1, le=9)
    price: Decimal = Decimal(1)
    paid: bool = False
    kind: Literal["gift", "own"] = "own"
    on: date | None = None
    lines: list[str] = Field(default=[], max_length=2)
    more: dict[str, str] = {}
    number: Annotated[int, AfterValidator(_never)] = 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": 5}, "name: is no text"),
        ({"code": "A1"}, "code: does not look as it must: ^[a-z]+$"),
        ({"code": "a"}, "code: is too short, it takes 2 or more characters"),
        ({"code": "abcdef"}, "code: is too long, it takes at most 5 characters"),
        ({"pieces": "many"}, "pieces: “many” is no whole number"),
        ({"pieces": 1.5}, "pieces: “1.5” is no whole number"),
        ({"pieces": 0}, "pieces: must be 1 or more"),
        ({"pieces": 10}, "pieces: must be 9 or less"),
        ({"price": "free"}, "price: “free” is no number"),
        ({"paid": "perhaps"}, "paid: “perhaps” is neither yes nor no"),
        ({"kind": "theirs"}, "kind: “theirs” cannot be; it is gift, own"),
        ({"on": "soon"}, "on: “soon” is no date; write 2030-09-01"),
        ({"lines": "a"}, "lines: is no list"),
        ({"lines": ["a", "b", "c"]}, "lines: has too many entries, there may be 2"),
        ({"more": []}, "more: is no map of names and values"),
        ({"colour": "red"}, "colour: is not known here"),
        ({"number": 7}, "number: 7 is taken"),
        ([], "is no map of names and values"),
    ],
)
def test_the_words_of(given: Any, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Order.model_validate(given)
    [problem] = refused.value.errors()
    assert describe_with_place(problem) == said
