"""Where a run goes by itself: circles in which it would never rest, and ways too long to go in one breath."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from graphlib import CycleError, TopologicalSorter

from core.flow.definition import Flow, ways_of
from core.flow.events import Entered
from core.flow.run import View
from core.flow.steps import Step
from core.flow.steps.base import Here, Leave, SpokenStep
from core.flow.steps.branch import BranchStep
from core.flow.steps.certificate import CertificateStep
from core.flow.steps.choosing import ChoosingStep
from core.flow.steps.delay import DelayStep
from core.flow.steps.end import EndStep
from core.flow.steps.handoff import HandoffStep
from core.flow.steps.invite import InviteStep
from core.flow.steps.lesson import LessonStep
from core.flow.steps.revision import RevisionStep
from core.flow.walk import MAX_STEPS
from core.rules.drip import Immediately
from core.rules.interval import Interval

REST = timedelta(minutes=1)
"""The least that a circle without a person in it has to wait somewhere."""
_DAY = timedelta(days=1)
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
Graph = Mapping[str, set[str]]


def find_circle(flow: Flow) -> tuple[str, ...]:
    """The steps of a circle that waits for nobody and nowhere a minute; () when there is none."""
    try:
        TopologicalSorter({step.key: _hurried(flow, step) for step in flow.steps}).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1][1:]))
    return ()


def find_rush(flow: Flow) -> tuple[str, int] | None:
    """The step from which more steps than a run may take at once follow one another, and how many they are."""
    graph = {step.key: _at_once(flow, step) for step in flow.steps}
    lengths: dict[str, int] = {}
    try:
        for key in TopologicalSorter(graph).static_order():
            lengths[key] = 1 + max((lengths[following] for following in graph[key]), default=0)
    except CycleError:
        return None
    longest = max(lengths.items(), key=lambda following: following[1], default=("", 0))
    return longest if longest[1] > MAX_STEPS else None


def next_steps(flow: Flow, step: Step) -> set[str]:
    """The steps that may follow a step."""
    targets = {target for target in ways_of(step) if flow.step(target)}
    after = flow.after(step.key)
    if after is not None and _goes_on(flow, step):
        targets.add(after.key)
    return targets


def _goes_on(flow: Flow, step: Step) -> bool:
    """Whether a step may be followed by the next in order."""

    def leads(goto: str | None) -> bool:
        return goto is not None and flow.step(goto) is not None

    match step:
        case EndStep():
            return False
        case ChoosingStep():
            options = step.list_options()
            return not options or not all(leads(option.goto) for option in options)
        case DelayStep(goto=goto):
            return not leads(goto)
        case BranchStep(split=split) if split:
            return not all(leads(share.goto) for share in split)
        case BranchStep(cases=cases, otherwise=otherwise):
            return not leads(otherwise) or not all(leads(case.goto) for case in cases)
    return True


def _at_once(flow: Flow, step: Step) -> set[str]:
    """What follows a step in the same breath."""
    return next_steps(flow, step) if _is_passed(step) else set()


def _hurried(flow: Flow, step: Step) -> set[str]:
    """What follows a step without an act of anybody and without a minute's rest."""
    if _is_passed(step):
        return next_steps(flow, step)
    return set(_soon(flow, step))


def _soon(flow: Flow, step: Step) -> Iterator[str]:
    after = flow.after(step.key)
    following = after.key if after else None
    match step:
        case DelayStep(wait=Interval() as wait, ask=None, goto=goto) if wait.length(_DAY) < REST:
            late: str | None = goto
        case SpokenStep(timeout=Interval() as timeout, timeout_goto=goto) if timeout.length(_DAY) < REST:
            late = goto
        case HandoffStep(unavailable=goto):  # nobody may be there at all
            late = goto
        case _:
            return
    to = late if flow.step(late) else following
    if to is not None:
        yield to


def _is_passed(step: Step) -> bool:
    """Whether a run goes through a step without waiting for anybody or any time."""
    match step:
        case BranchStep() | InviteStep():
            return True  # what they ask is answered at once
        case CertificateStep(button=button):
            return button is None
        case LessonStep(drip=drip):
            return isinstance(drip, Immediately)
        case RevisionStep():
            return False
    here = Here(visit=1, data={}, entered_at=_SOME_TIME, started_at=_SOME_TIME)
    return isinstance(step.on(Entered(), View(), _SOME_TIME, here), Leave)
