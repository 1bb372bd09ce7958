"""The step that chooses the way by what is known about the person, or by lot."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.flow.conditions import KNOWN_TO_RUN
from core.flow.effects import AskCondition
from core.flow.events import ConditionAnswered, Entered, Event
from core.flow.run import View
from core.flow.steps.base import BaseStep, Here, Leave, Stay, StepKey
from core.text.refusal import Refused, explain_with_place, listed

_QUESTION = "question"


class Case(BaseModel):
    """A condition with its parameters, or conditions joined by `all`, `any` and `not`, and the way when it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    params: dict[str, Any] = {}
    goto: StepKey | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_joined(cls, value: object) -> object:
        """`when: {any: [{tag: warm}, has_paid]}` is kept as the condition `all` of what stands there."""
        if isinstance(value, Mapping) and isinstance(value.get("when"), Mapping | list):
            return {**value, "when": "all", "params": {"of": [value["when"]]}}
        return value

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if known := KNOWN_TO_RUN.get(self.when):
            try:
                known.model_validate(self.params)
            except ValidationError as error:
                wrong = listed(explain_with_place(each_error) for each_error in error.errors())
                raise Refused("refused-condition", name=self.when, problem=wrong) from error
        return self

    def holds(self, view: View, here: Here) -> bool | None:
        """Whether it holds; None when that has to be asked."""
        known = KNOWN_TO_RUN.get(self.when)
        return known.model_validate(self.params).holds(view, here.scores) if known else None


class Share(BaseModel):
    """One way of a split, and how much of the people it gets, compared with the others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    goto: StepKey | None = None


class BranchStep(BaseStep):
    """Goes the way of the first case that holds, else `else`; or one of the ways of `split`, by lot.

    The lot is a hash of the run's seed and the visit: the same visit always draws the same way.
    Data: `question` is the case whose answer is awaited.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    type: Literal["branch"] = "branch"
    cases: tuple[Case, ...] = Field(default=(), max_length=50)
    otherwise: StepKey | None = Field(default=None, alias="else")
    split: tuple[Share, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _one_way_to_choose(self) -> Self:
        if bool(self.cases) is bool(self.split):
            raise Refused("refused-branch")
        if self.split and self.otherwise:
            raise Refused("refused-split-else")
        return self

    def targets(self) -> tuple[str, ...]:
        """Where its ways lead."""
        ways = (*(case.goto for case in self.cases), self.otherwise, *(share.goto for share in self.split))
        return tuple(goto for goto in ways if goto)

    def asked(self) -> tuple[tuple[int, Case], ...]:
        """The cases only the database can answer, with their places."""
        return tuple((n, case) for n, case in enumerate(self.cases) if case.when not in KNOWN_TO_RUN)

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Choose at the entry, as far as it is known; ask, and go on with the answer."""
        del now
        match event:
            case Entered() if self.split:
                return self._draw(view.seed, here.visit)
            case Entered():
                return self._choose(0, view, here)
            case ConditionAnswered(holds=holds, question=number) if number == here.data.get(_QUESTION):
                return Leave(to=self.cases[number].goto) if holds else self._choose(number + 1, view, here)
        return None

    def _choose(self, first: int, view: View, here: Here) -> Stay | Leave:
        for number, case in enumerate(self.cases[first:], start=first):
            holds = case.holds(view, here)
            if holds is None:
                ask = AskCondition(name=case.when, params=case.params, question=number)
                return Stay((ask,), data={_QUESTION: number})
            if holds:
                return Leave(to=case.goto)
        return Leave(to=self.otherwise)

    def _draw(self, seed: str, visit: int) -> Leave:
        lot = int.from_bytes(sha256(f"{seed}:{visit}".encode()).digest()[:6])
        left = lot / 2**48 * sum(share.share for share in self.split)
        for share in self.split:
            left -= share.share
            if left < 0:
                return Leave(to=share.goto)
        return Leave(to=self.split[-1].goto)
