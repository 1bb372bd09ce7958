"""What a wizard shows and what comes back: a screen of words and buttons, an entry that somebody typed or sent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.text.refusal import Words, listed, words
from utils.telegram_html import cut_html, strip_tags

MOST_SHOWN = 300  # characters of an author's text on a screen
MOST_LABEL = 40  # of a button
CLOSED = "closed"  # a place: they have left, and what was entered stays


@dataclass(frozen=True, slots=True)
class Option:
    """A button, and what pressing it means to the wizard; with an `url` it opens that instead, with `begins` another wizard."""

    label: Words
    action: str
    url: str = ""
    begins: str = ""  # its kind


Rows = Sequence[Sequence[Option]]


@dataclass(frozen=True, slots=True)
class Screen:
    """Words and buttons; with `awaits` the next message of the person is the answer."""

    text: Words
    rows: Rows = ()
    awaits: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody typed or sent: Telegram's HTML, the bare words, a file we keep; `number` is its message's."""

    html: str = ""
    text: str = ""
    media: Mapping[str, str] | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Filling:
    """A form being filled in: which one, about what, what is in it, and what is asked now.

    `at` is a field's name, CONFIRM, or PICK where a field to change is chosen. `amends` says that each answer leads back.
    """

    section: str
    target: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""
    amends: bool = False

    @property
    def name(self) -> str:
        """What it is put aside under."""
        return f"{self.section}:{self.target}"


@dataclass(frozen=True, slots=True)
class Talk:
    """Where somebody is in a wizard: its kind, what it is about, the place, the form under way, and what was put aside.

    `chain` leads from section to section, as for what is new; `note` is said above the next screen, once.
    """

    kind: str
    about: str = ""
    place: str = "home"
    chain: bool = False
    form: Filling | None = None
    shelf: Mapping[str, Filling] = field(default_factory=dict)
    note: Words | None = None

    def dump(self) -> dict[str, Any]:
        """The same as JSON."""
        return asdict(self)

    @property
    def is_unfinished(self) -> bool:
        """Whether something was entered that stands nowhere else yet."""
        return any(filling.values for filling in (self.form, *self.shelf.values()) if filling)

    def go(self, place: str, note: Words | None = None) -> "Talk":
        """At another place, with no form open there."""
        return replace(self, place=place, form=None, note=note)


def read_talk(document: Mapping[str, Any]) -> Talk:
    """The talk that `dump` wrote."""
    form = document["form"]
    shelf = {name: Filling(**put) for name, put in document["shelf"].items()}
    return Talk(**{**document, "form": Filling(**form) if form else None, "shelf": shelf})


@dataclass(frozen=True, slots=True)
class Turn:
    """What a press or an entry led to: where they are now, and what is to be done about it, in this order."""

    talk: Talk
    wishes: tuple[Any, ...] = ()


def rich(html: str, limit: int = MOST_SHOWN) -> Words:
    """An author's text as it was formatted, cut where it is long."""
    return {"l": {"*": cut_html(html, limit)}}


def label(text: str) -> str:
    """Plain words of an author on a button: a name may hold `<` and `&` as any other sign."""
    plain = " ".join(text.split())
    return plain if len(plain) <= MOST_LABEL else f"{plain[: MOST_LABEL - 1]}…"


def label_of_html(html: str) -> str:
    """The words of a formatted text on a button."""
    return label(strip_tags(html))


def lines(*parts: Words | None, gap: str = "\n\n") -> Words:
    """Those of the parts that there are, one below the other."""
    return listed([part for part in parts if part], gap)


def option(key: str, action: str, **values: Any) -> Option:
    """A button with words of ours."""
    return Option(words(f"wizard-do-{key}", **values), action)
