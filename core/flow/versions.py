"""Two versions of a flow beside each other, and a run carried from one to the other."""

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from core.flow.definition import Flow
from core.flow.events import Moved
from core.flow.run import Detour, Run, RunStatus
from core.value import value


class MoveChoice(StrEnum):
    """What becomes of the people in a flow when a new version is published."""

    STAY = "stay"  # they finish the version they began
    MOVE = "move"  # they go on in the new one where they are
    RESEND = "resend"  # as move, and who stands on a changed step gets it again


@value()
class Fates:
    """What becomes of the people in a flow: what was chosen for all, and for those who stand on certain steps."""

    of_all: MoveChoice
    by_step: Mapping[str, MoveChoice] = field(default_factory=dict)

    def of(self, step: str | None) -> MoveChoice:
        """What becomes of who stands there."""
        return self.by_step.get(step, self.of_all) if step else self.of_all

    @property
    def moves_somebody(self) -> bool:
        """Whether anybody is to be moved at all."""
        return self.of_all is not MoveChoice.STAY or bool(self.list_steps(stay=False))

    def list_steps(self, *, stay: bool) -> list[str]:
        """The steps of their own choice where people stay, or where they do not."""
        return [step for step, choice in self.by_step.items() if (choice is MoveChoice.STAY) is stay]


@value()
class Changes:
    """The keys of the steps that a newer version has added, changed or removed, each in the order of its flow."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@value()
class Carried:
    """A run as the new version has it, and the step to be entered there, if any; `is_over`: nothing follows."""

    run: Run
    enter: str | None = None
    is_over: bool = False


def compare(old: Flow, new: Flow) -> Changes:
    """What is different in the steps; their order is not."""
    return Changes(
        added=tuple(step.key for step in new.steps if old.step(step.key) is None),
        changed=tuple(step.key for step in new.steps if old.step(step.key) and old.step(step.key) != step),
        removed=tuple(step.key for step in old.steps if new.step(step.key) is None),
    )


def list_moved(old: Flow, new: Flow) -> tuple[str, ...]:
    """The steps of both that stand behind another one of both than before."""
    olds = [step.key for step in old.steps if new.step(step.key) is not None]
    news = [step.key for step in new.steps if old.step(step.key) is not None]
    before = dict(zip(olds, [None, *olds], strict=False))
    return tuple(key for key, behind in zip(news, [None, *news], strict=False) if before[key] != behind)


def target_of(old: Flow, new: Flow, key: str) -> str | None:
    """Where who stands on a step goes on: there, else at the nearest step behind it that still exists; None: nowhere."""
    step = old.step(key)
    while step is not None:
        if new.step(step.key) is not None:
            return step.key
        step = old.after(step.key)
    return None


def carry(old: Flow, new: Flow, run: Run, choice: MoveChoice) -> Carried:
    """The run in the new version: visits and detours of steps that are gone are over, scores and payments stay.

    A step of another type than before is one to be entered anew, and so is one whose choices stand in other places:
    a button that is on the screen would choose what it does not say.
    """
    kept_carried = tuple(visit for visit in run.open if _stays(old, new, visit.step))
    carried = replace(run, open=kept_carried, detour=_shorten(run.detour, new))
    if run.here is None or run.status in {RunStatus.COMPLETED, RunStatus.STOPPED}:
        return Carried(carried)
    key = run.here.step
    target = target_of(old, new, key)
    if target is None:
        return Carried(replace(carried, here=None), is_over=True)
    again = choice is MoveChoice.RESEND and old.step(key) != new.step(key)
    if target == key and _stays(old, new, key) and not again:
        return Carried(carried)
    if run.status is RunStatus.HELD:  # it waits: the step is entered when it goes on
        return Carried(replace(carried, waiting=(Moved(target), *run.waiting)))
    return Carried(carried, enter=target)


def _stays(old: Flow, new: Flow, key: str) -> bool:
    before, after = old.step(key), new.step(key)
    if before is None or after is None or before.type != after.type:
        return False
    was, now = before.numbered(), after.numbered()
    return not any(text in was and was.index(text) != place for place, text in enumerate(now))


def _shorten(detour: Detour | None, new: Flow) -> Detour | None:
    if detour is None:
        return None
    return Detour(detour.home, tuple(key for key in detour.steps if new.step(key) is not None))
