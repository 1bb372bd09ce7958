"""What stands against publishing a flow, its branches' conditions included."""

from collections.abc import Collection, Iterator

from core.flow.checks import check_flow
from core.flow.definition import Flow, Problem
from core.flow.steps.branch import BranchStep
from services.people.conditions import check_condition


def check_all(flow: Flow, variables: Collection[str]) -> list[Problem]:
    """As `check_flow`, and what a branch asks of people; [] when fine."""
    return [*check_flow(flow, variables), *_wrong_conditions(flow)]


def _wrong_conditions(flow: Flow) -> Iterator[Problem]:
    for place, step in enumerate(flow.steps):
        for _, case in step.asked() if isinstance(step, BranchStep) else ():
            if wrong := check_condition(case.when, case.params):
                yield Problem(f"steps.{place}", wrong)
