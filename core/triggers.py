"""What makes a bot speak or begin a scenario by itself: as an author writes it, and found in what somebody wrote."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

import re2
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core.flow.definition import Slug
from core.text.message import Message
from core.text.refusal import MOST_GIVEN, Refused
from core.text.wording import fold

MOST_DAYS = 3_660
MOST_PATTERN = 200
MOST_TEXT = 1000  # of a message is looked at
SET_SIZE = 10_000  # expressions looked for at once
SET_MEMORY = 64 << 20  # bytes an automaton of such a set may take
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORD = re.compile(r"\w+")


class TriggerKind(StrEnum):
    """What happened: somebody wrote or pressed, or something came about."""

    COMMAND = "command"
    KEYWORD = "keyword"
    PHRASE = "phrase"
    REGEX = "regex"
    ANY = "any"
    BUTTON = "button"
    LINK = "link"
    JOINED = "joined"
    LEFT = "left"
    PAID = "paid"
    PAYMENT_FAILED = "payment_failed"
    TAG = "tag"
    FINISHED = "finished"
    INACTIVE = "inactive"  # they have done nothing in the bot for so many days


TEXTS = (TriggerKind.COMMAND, TriggerKind.KEYWORD, TriggerKind.PHRASE, TriggerKind.REGEX, TriggerKind.ANY)
_ALWAYS = frozenset({TriggerKind.ANY})


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = SET_MEMORY
    return options


def _listed(value: object) -> object:
    """`yes` means whichever, one text is a list of one; a chat's number is a text, too."""
    if value is None or value is True or value == "yes":
        return ()
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


def _short(values: tuple[str, ...]) -> tuple[str, ...]:
    if any(not value.strip() or len(value) > MOST_PATTERN for value in values):
        raise Refused("refused-pattern-length", most=MOST_PATTERN)
    return values


Patterns = Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_short)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Schedule(BaseModel):
    """When a trigger counts, on the person's own clock; `from` later than `to` goes over midnight."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    weekdays: tuple[str, ...] = WEEKDAYS
    begins: Clock = Field(default="00:00", alias="from")
    ends: Clock = Field(default="00:00", alias="to")

    @model_validator(mode="after")
    def _days_there_are(self) -> Self:
        if unknown := set(self.weekdays) - set(WEEKDAYS):
            unknown_days = ", ".join(sorted(unknown))[:MOST_GIVEN]
            raise Refused("refused-no-weekday", given=unknown_days, expected=", ".join(WEEKDAYS))
        return self

    def covers(self, now: datetime, zone: str) -> bool:
        """Whether it counts at this moment for somebody in `zone`."""
        local = now.astimezone(ZoneInfo(zone))
        begins, ends = time.fromisoformat(self.begins), time.fromisoformat(self.ends)
        if WEEKDAYS[local.weekday()] not in self.weekdays:
            return False
        if begins < ends:
            return begins <= local.time() < ends
        return begins == ends or local.time() >= begins or local.time() < ends


class TriggerSpec(BaseModel):
    """A trigger as it is written: one thing in `when`, and an `answer`, a scenario to `start`, or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    when: Annotated[dict[TriggerKind, Patterns], Field(min_length=1, max_length=1)]
    answer: Message | None = None
    start: Slug | None = None
    priority: int = Field(default=0, ge=-1000, le=1000)
    schedule: Schedule | None = None
    once: bool = False
    audience: Any = (
        None  # conditions on the person, as `services/people/conditions` reads them; none: anybody
    )

    @property
    def kind(self) -> TriggerKind:
        """What happened."""
        return next(iter(self.when))

    @property
    def patterns(self) -> tuple[str, ...]:
        """The words, expressions or names of it; none means whichever."""
        return self.when[self.kind]

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.answer is None and self.start is None:
            raise Refused("refused-idle-trigger")
        if self.kind in TEXTS and self.kind not in _ALWAYS and not self.patterns:
            raise Refused("refused-no-texts", kind=self.kind)
        if self.kind is TriggerKind.INACTIVE and not _is_days(self.patterns):
            raise Refused("refused-inactive", most=MOST_DAYS)
        if self.kind is TriggerKind.REGEX:
            for pattern in self.patterns:
                check_expression(pattern)
        return self


def _is_days(patterns: tuple[str, ...]) -> bool:
    return len(patterns) == 1 and patterns[0].isdecimal() and 1 <= int(patterns[0][:6]) <= MOST_DAYS


def check_expression(pattern: str) -> None:
    """Raise Refused for what RE2 does not know; what it knows it finds in time linear to the text."""
    try:
        re2.compile(pattern, _options())
    except re2.error as error:
        told = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise Refused("refused-expression", given=pattern, told=told) from None


@dataclass
class Matcher:
    """Finds in a text, in time that hardly depends on how many there are, which patterns it has."""

    _commands: dict[str, set[int]] = field(default_factory=dict)
    _keywords: dict[str, set[int]] = field(default_factory=dict)
    _phrases: dict[tuple[str, ...], set[int]] = field(default_factory=dict)
    _lengths: dict[str, set[int]] = field(default_factory=dict)  # of the phrases that begin with a word
    _expressions: list[tuple[Any, list[int]]] = field(default_factory=list)
    _always: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, patterns: Iterable[tuple[int, TriggerKind, Sequence[str]]]) -> Self:
        """Built of (number, kind, texts)."""
        made, expressions = cls(), []
        for number, kind, texts in patterns:
            if kind is TriggerKind.REGEX:
                expressions += [(text, number) for text in texts]
            else:
                made._add(number, kind, texts)
        for start in range(0, len(expressions), SET_SIZE):
            made._add_expressions(expressions[start : start + SET_SIZE])
        return made

    def _add(self, number: int, kind: TriggerKind, texts: Sequence[str]) -> None:
        for text in texts or ("",):
            match kind:
                case TriggerKind.COMMAND:
                    self._commands.setdefault(fold(text[:MOST_TEXT]).removeprefix("/"), set()).add(number)
                case TriggerKind.KEYWORD:
                    for word in _WORD.findall(fold(text[:MOST_TEXT])):
                        self._keywords.setdefault(word, set()).add(number)
                case TriggerKind.PHRASE:
                    words = tuple(_WORD.findall(fold(text[:MOST_TEXT])))
                    self._phrases.setdefault(words, set()).add(number)
                    self._lengths.setdefault(words[0] if words else "", set()).add(len(words))
                case TriggerKind.ANY:
                    self._always.add(number)

    def _add_expressions(self, part: Sequence[tuple[str, int]]) -> None:
        search_set = re2.Set.SearchSet(_options())
        for text, _ in part:
            search_set.Add(text)
        search_set.Compile()
        self._expressions.append((search_set, [number for _, number in part]))

    def find(self, text: str) -> set[int]:
        """The numbers of what the text has, and of what any text has."""
        folded = fold(text[:MOST_TEXT])
        words = _WORD.findall(folded)
        found_numbers = set(self._always)
        if folded.startswith("/") and (first := folded[1:].split()):
            found_numbers |= self._commands.get(first[0].partition("@")[0], _NONE)
        for place, word in enumerate(words):
            found_numbers |= self._keywords.get(word, _NONE)
            for length in self._lengths.get(word, _NONE):
                found_numbers |= self._phrases.get(tuple(words[place : place + length]), _NONE)
        for expressions, numbers in self._expressions:
            found_numbers |= {numbers[place] for place in expressions.Match(text[:MOST_TEXT]) or ()}
        return found_numbers


_NONE: set[int] = set()


def read_triggers(document: Mapping[str, Any]) -> tuple[TriggerSpec, ...]:
    """The triggers of a file, in its order; raises pydantic's ValidationError, Refused for an id used twice."""
    triggers = tuple(TriggerSpec.model_validate(spec) for spec in document.get("triggers", ()))
    if twice := sorted(name for name, times in Counter(spec.id for spec in triggers).items() if times > 1):
        raise Refused("refused-ids-twice", ids=", ".join(twice))
    return triggers
