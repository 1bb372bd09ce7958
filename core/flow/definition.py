"""A flow as a document: read, checked and written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise, zip_longest
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.flow.product import Product
from core.flow.steps import Step
from core.flow.steps.base import HoursField, SpokenStep
from core.profile import Code
from core.rules.deep_link import Plain, parse_payload
from core.text.catalog import say_words
from core.text.message import Localized, Message
from core.text.refusal import TERMINAL, InputRefused, Refused, Words, explain, listed, placed


def _check_slug(slug: str) -> str:
    if parse_payload(slug) != Plain(slug):
        raise Refused("refused-slug-kind", slug=slug)
    return slug


Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$"), AfterValidator(_check_slug)]
"""What links call a flow; none of the shapes our other links have."""


class FlowKind(StrEnum):
    """A course is taken by who bought it, a scenario leads anybody, an outreach turns to people of a list."""

    COURSE = "course"
    SCENARIO = "scenario"
    OUTREACH = "outreach"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a flow and where (`steps.2.wait`); a warning does not forbid publishing.

    `code` and `detail` say it for those who have words of their own for it.
    """

    path: str
    words: Words
    warning: bool = False
    code: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        """The words for a terminal."""
        return say_words(self.words, TERMINAL)

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class FlowInvalid(InputRefused):
    """A document is no flow; `problems` say why, all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("FLOW_INVALID", listed(placed(problem.path, problem.words) for problem in problems))
        self.problems = problems

    def list_places(self) -> list[tuple[str, Words]]:
        """Every problem."""
        return [(problem.path, problem.words) for problem in self.problems]


class Flow(BaseModel):
    """An ordered list of typed steps with unique keys; immutable, as a published version is.

    `product` is what a scenario sells, `summary` is said when a scenario is over and at every start after that.
    In `quiet_hours`, on the person's own clock, nothing of it comes by itself. `profile` counts instead of what
    SCENARIO selects. With `protect` nothing it says can be forwarded or saved; a step's own `protect` is for it alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FlowKind
    slug: Slug
    name: Localized
    quiet_hours: HoursField | None = None
    profile: Code | None = None
    protect: bool = False
    product: Product | None = None
    summary: Message | None = None
    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def _unique_keys(self) -> Self:
        keys = [step.key for step in self.steps]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise Refused("refused-keys-twice", keys=", ".join(twice))
        return self

    @model_validator(mode="after")
    def _only_scenarios_sell(self) -> Self:
        if self.kind is not FlowKind.SCENARIO and (self.product or self.summary):
            raise Refused("refused-only-scenarios")
        return self

    @cached_property
    def _places(self) -> dict[str, int]:
        return {step.key: place for place, step in enumerate(self.steps)}

    @cached_property
    def _steps(self) -> dict[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def _followers(self) -> dict[str, Step | None]:
        return {step.key: after for step, after in zip_longest(self.steps, self.steps[1:])}

    @property
    def first(self) -> Step | None:
        """The step a run begins at; None when there are no steps."""
        return self.steps[0] if self.steps else None

    def step(self, key: str | None) -> Step | None:
        """The step with this key; None when there is none."""
        return self._steps.get(key) if key else None

    def protects(self, key: str) -> bool:
        """Whether all that a step says is kept from being forwarded and saved."""
        step = self.step(key)
        return self.protect or bool(step and getattr(step, "protect", False))

    def module_of(self, key: str) -> str:
        """The module a step belongs to: what stands before the first `_` of its key; empty without one."""
        return key.partition("_")[0] if "_" in key else ""

    def modules(self) -> tuple[str, ...]:
        """The modules in the order of their first steps."""
        return tuple(dict.fromkeys(name for step in self.steps if (name := self.module_of(step.key))))

    def next_module(self, name: str) -> str | None:
        """The module after this one; None after the last, and for none."""
        return dict(pairwise(self.modules())).get(name)

    def previous_module(self, name: str) -> str | None:
        """The module before this one; None before the first, and for none."""
        return dict(pairwise(reversed(self.modules()))).get(name)

    def place(self, key: str) -> int:
        """Where a step stands, from 0."""
        return self._places[key]

    def after(self, key: str) -> Step | None:
        """The step that follows in order; None after the last one."""
        return self._followers[key]


HEAD_FIELDS = tuple(name for name in Flow.model_fields if name != "steps")
"""What a flow may have beside its steps: importers, exporters and the reference go by it."""


def parse_flow(document: Mapping[str, Any]) -> Flow:
    """Read a flow's document; raises FlowInvalid with every problem found."""
    try:
        return Flow.model_validate(document)
    except ValidationError as error:
        raise FlowInvalid(tuple(map(_problem, _list_causes(error)))) from error


def dump_flow(flow: Flow) -> dict[str, Any]:
    """The document `parse_flow` reads: the head's fields, then `steps`, each step's key and type first."""
    return dump_head(flow) | {"steps": [dump_step(step) for step in flow.steps]}


def dump_head(flow: Flow) -> dict[str, Any]:
    """What a flow has beside its steps."""
    return flow.model_dump(mode="json", exclude={"steps"}, exclude_defaults=True)


def dump_step(step: Step) -> dict[str, Any]:
    """A step's document."""
    return {"key": step.key, "type": step.type} | step.model_dump(mode="json", exclude_defaults=True)


def ways_of(step: Step) -> tuple[str, ...]:
    """The steps a step may go to out of order, by an answer or for want of one."""
    late = step.timeout_goto if isinstance(step, SpokenStep) else None
    return (*step.targets(), late) if late else step.targets()


def _list_causes(error: ValidationError) -> Iterator[Mapping[str, Any]]:
    """What is wrong, without lists that are too short only because an entry of them is wrong."""
    errors = error.errors()
    for each in errors:
        place = each["loc"]
        is_told = any(other["loc"][: len(place)] == place != other["loc"] for other in errors)
        if not (each["type"] == "too_short" and is_told):
            yield each


def _problem(error: Mapping[str, Any]) -> Problem:
    where = list(error["loc"])
    match where:
        case ["steps", int(place), str(), *rest]:  # pydantic puts the step's type in between
            where = ["steps", place, *rest]
    return Problem(".".join(map(str, where)), explain(error))
