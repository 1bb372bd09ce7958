"""What a button of a visit that is over still leads to: words that are read again without anything happening."""

from collections.abc import Iterator

from core.flow.definition import Flow
from core.flow.steps import Step
from core.flow.steps.choosing import ChoosingStep, Option
from core.flow.steps.set import SetStep
from core.flow.steps.tag import TagStep
from core.value import value

_SILENT = (SetStep, TagStep)


@value()
class OldWay:
    """Where an option led: the steps that only say something, then the one at which the run had to stop."""

    option: Option
    words: tuple[ChoosingStep, ...]
    stop: Step | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them in their order, each once."""
        last = (self.stop,) if self.stop and self.stop not in self.words else ()
        return (*self.words, *last)


def find_way(flow: Flow, key: str, pressed: str) -> OldWay | None:
    """Where a button of the step `key` led; None for a button that is no option of a choice."""
    step = flow.step(key)
    option = step.choices.get(pressed) if isinstance(step, ChoosingStep) else None
    if option is None:
        return None
    passed = list(_go(flow, flow.step(option.goto) or flow.after(key)))
    words = tuple(step for step in passed if isinstance(step, ChoosingStep))
    return OldWay(option, words, passed[-1] if passed else None)


def _go(flow: Flow, step: Step | None) -> Iterator[Step]:
    """The steps from this one to the first that waits or acts; what they would keep in silence is left out."""
    seen: set[str] = set()
    while step is not None and step.key not in seen:
        seen.add(step.key)
        if not isinstance(step, _SILENT):
            yield step
            if not isinstance(step, ChoosingStep) or step.list_options():
                return
        step = flow.after(step.key)
