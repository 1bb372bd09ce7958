"""What a sentence can be while it waits in the outbox, each kind with the JSON it is kept as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class OurText:
    """A text of the product by its key; a value may be a sentence itself."""

    key: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuthorText:
    """An author's template by language, and what its scenario gives it: HTML, or, where it is a name, plain."""

    texts: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class ForeignText:
    """HTML of what a person or a model wrote, by language: never a template."""

    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences one below the other."""

    parts: Sequence[Any]
    gap: str = _GAP


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, ISO, as a calendar and a clock in a zone show it; `shown_as` is Babel's pattern of another form."""

    at: str
    zone: str
    shown_as: str | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in minor units."""

    amount: int
    currency: str


Sentence = OurText | AuthorText | ForeignText | Lines | Moment | Price


def write_sentence(sentence: Sentence) -> dict[str, Any]:
    """The JSON that `read_sentence` reads."""
    match sentence:
        case OurText(key, values):
            return {"t": key, "v": values}
        case AuthorText(texts, values, is_name):
            filled = {"s": dict(values)} if values else {}
            return {"c": dict(texts), **filled, **({"n": True} if is_name else {})}
        case ForeignText(texts):
            return {"l": dict(texts)}
        case Lines(parts, gap):
            return {"lines": list(parts), "gap": gap}
        case Moment(at, zone, shown_as):
            return {"at": at, "zone": zone, **({"show": shown_as} if shown_as else {})}
        case Price(amount, currency):
            return {"money": amount, "currency": currency}


def read_sentence(value: Any) -> Sentence | None:
    """The sentence that stands in a payload; None for a plain text and for anything else."""
    sentence: Sentence | None = None
    match value:
        case {"c": dict(texts)}:
            sentence = AuthorText(texts, value.get("s", {}), value.get("n", False))
        case {"t": str(key), "v": values}:
            sentence = OurText(key, values)
        case {"l": dict(texts)}:
            sentence = ForeignText(texts)
        case {"lines": parts}:
            sentence = Lines(parts, value.get("gap", _GAP))
        case {"money": amount, "currency": currency}:
            sentence = Price(amount, currency)
        case {"at": str(at), "zone": str(zone)}:
            sentence = Moment(at, zone, value.get("show"))
    return sentence
