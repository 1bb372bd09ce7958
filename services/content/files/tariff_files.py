"""A tariff as an author writes it: the file of `tandem tariffs load`, and of the content folder."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from core.lifecycle import ClosesOnRefund
from core.money import read_money
from core.rules.commission import read_commission
from core.rules.periods import parse_period
from core.text.message import ANY_LANGUAGE, Localized, Message
from core.text.refusal import Refused, Words, explain, listed, placed, words
from core.text.template import BUILT_IN, check_template

MOST_TARIFFS = 200
MOST_GROUPS = 20
MOST_RIGHTS = 20
MOST_STARS = 100_000  # of one invoice of Telegram
GroupId = Annotated[
    int, Field(gt=-(2**52), lt=0)
]  # Telegram's numbers fit into 52 bits, those of groups are negative
Right = Annotated[str, Field(min_length=1, max_length=40)]
NEEDS = "tariffs-needed"


def _check_price(text: str) -> str:
    if read_money(text, "RUB") == 0:
        raise Refused("refused-sold-for-nothing")
    return text


def _check_period(text: str) -> str:
    parse_period(text)
    return text


def _check_days(text: str) -> str:
    if parse_period(text).months:
        raise Refused("refused-no-days", given=text)
    return text


CODE = re.compile(r"[a-z][a-z0-9_]{0,23}")
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
TAGS = ("of-name", "of-message")  # in the places of what is wrong with a product
PeriodText = Annotated[str, AfterValidator(_check_period)]
Days = Annotated[str, AfterValidator(_check_days)]


def _read_bare(value: object) -> object:
    """A text that is no name is what the buyer gets, by itself or by language."""
    if isinstance(value, str) and not NAME.fullmatch(value):
        return {"text": value}
    if isinstance(value, Mapping) and value and not set(value) & set(Message.model_fields):
        return {"text": value}
    return value


Product = Annotated[
    Annotated[str, Tag(TAGS[0])] | Annotated[Message, Tag(TAGS[1])],
    Discriminator(lambda value: TAGS[0] if isinstance(value, str) else TAGS[1]),
    BeforeValidator(_read_bare),
]
"""A name, or what the buyer gets."""


class Instalments(BaseModel):
    """The price in equal parts, the first at once, the others `every` so often."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    parts: int = Field(ge=2, le=24)
    every: PeriodText = "month"


class TariffSpec(BaseModel):
    """`price` is text in major units, `stars` the same in Telegram Stars.

    It opens a `course`, or is a `product` without one: its name, if several tariffs sell it, or what the buyer gets.
    `groups` are those it opens, None leaves that to COMMUNITY_CHATS.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str = Field(pattern=f"^{CODE.pattern}$")
    course: str = ""
    product: Product | None = None
    name: Localized
    description: Localized = {ANY_LANGUAGE: ""}
    price: Annotated[str, AfterValidator(_check_price)]
    currency: str = Field(default="RUB", pattern=r"^[A-Z]{3}$")
    stars: Annotated[int, Field(ge=1, le=MOST_STARS)] | None = None
    rights: Annotated[tuple[Right, ...], Field(strict=False, max_length=MOST_RIGHTS)] = ()
    groups: Annotated[tuple[GroupId, ...], Field(strict=False, max_length=MOST_GROUPS)] | None = None
    onboarding: Annotated[tuple[Message, ...], Field(strict=False)] = ()  # said once after the payment

    refund_closes: ClosesOnRefund = Field(
        default=ClosesOnRefund.WHOLE, strict=False
    )  # which refund ends the access

    period: PeriodText | None = None  # a subscription: the price is that of each period
    trial: Days | None = None  # free first, once per person
    instalments: Instalments | None = None
    grace: Days | None = None  # stays open so long without money; else SUBSCRIPTION_GRACE_DAYS
    provider_plan: str = Field(default="", max_length=64)  # its number where the provider renews by itself
    commission: dict[str, str] | None = None  # partners' shares by level; none leaves them as they are

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.course and self.product is not None:
            raise Refused("refused-course-and-product")
        if not self.course and self.product is None:
            raise Refused("refused-no-course-no-product")
        if self.period and self.instalments:
            raise Refused("refused-period-and-instalments")
        if self.grace and not (self.period or self.instalments):
            raise Refused("refused-grace")
        if self.commission is not None:
            read_commission(self.commission, self.currency)
        return self

    @property
    def product_name(self) -> str:
        """What the product is called here; its tariffs are what one person has one of, and pays the difference between."""
        return self.product if isinstance(self.product, str) else self.code

    @property
    def greetings(self) -> tuple[Message, ...]:
        """What is said once after the payment, the product itself first."""
        greeting = (self.product,) if isinstance(self.product, Message) else ()
        return (*greeting, *self.onboarding)

    @property
    def amount(self) -> int:
        """The price in minor units."""
        return read_money(self.price, self.currency)


def read_tariffs(document: object) -> tuple[tuple[TariffSpec, ...], list[Words]]:
    """The tariffs of a document, or everything that is wrong with it, by place."""
    if not isinstance(document, Sequence) or isinstance(document, str) or len(document) > MOST_TARIFFS:
        return (), [words("tariffs-needed-most", most=MOST_TARIFFS)]
    try:
        tariffs = TypeAdapter(tuple[TariffSpec, ...]).validate_python(tuple(document))
    except ValidationError as error:
        codes = [entry.get("code") if isinstance(entry, Mapping) else None for entry in document]
        return (), [_explain(entry, codes) for entry in error.errors()]
    problems = list(_list_doubles(tariffs))
    for number, entry in enumerate(tariffs):
        wrong = _list_wrong_texts(entry.model_dump(mode="json"), "")
        problems += [placed(find_place(tariffs, number, where), why) for where, why in wrong]
    return tariffs, problems


def find_place(tariffs: Sequence[TariffSpec], number: int, where: str) -> Words:
    """The place of something in a file: the tariff by its code, and the key in it."""
    return _write_place([tariff.code for tariff in tariffs], number, where)


def _write_place(codes: Sequence[object], number: int, where: str) -> Words:
    """A tariff whose code is none, or is another one's too, is counted, as people count."""
    code = codes[number]
    is_known = isinstance(code, str) and CODE.fullmatch(code) and codes.count(code) == 1
    tariff = words("tariff-named", code=code) if is_known else words("tariff-numbered", number=number + 1)
    return listed([tariff, where], ", ") if where else tariff


def _explain(error: Mapping[str, Any], codes: Sequence[object]) -> Words:
    number, *keys = (part for part in error["loc"] if part not in TAGS)
    place = _write_place(codes, number, ".".join(map(str, keys)))
    if keys[-1:] == ["price"] and error["type"] == "string_type":
        return placed(place, words("tariff-price-text"))
    if error["type"] == "extra_forbidden":
        fields = ", ".join(TariffSpec.model_fields)
        return placed(place, words("refused-with-others", problem=explain(error), expected=fields))
    return placed(place, explain(error))


def _list_doubles(tariffs: Sequence[TariffSpec]) -> Iterator[Words]:
    codes = [tariff.code for tariff in tariffs]
    for number, tariff in enumerate(tariffs):
        if tariff.code in codes[:number]:
            yield placed(find_place(tariffs, number, "code"), words("refused-used-twice", given=tariff.code))


def _list_wrong_texts(value: object, path: str) -> Iterator[tuple[str, Words]]:
    """What is wrong with the variables of all texts below, by place; a text of the author may stand anywhere."""
    if isinstance(value, str):
        yield from ((path, text) for text in check_template(value, BUILT_IN))
    parts = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, text in parts:
        yield from _list_wrong_texts(text, f"{path}.{name}" if path else str(name))
