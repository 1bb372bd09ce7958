"""What stands against publishing a flow, its branches' conditions included."""

from collections.abc import Collection, Iterator

from sqlalchemy.ext.asyncio import AsyncConnection

from core.flow.checks import check_flow
from core.flow.definition import Flow, Problem
from core.flow.steps.branch import BranchStep
from core.text.refusal import Refused
from services.people.conditions import check_condition
from services.people.conditions.known_names import load_checked
from services.people.conditions.tree import read_tree


def check_all(flow: Flow, variables: Collection[str]) -> list[Problem]:
    """As `check_flow`, and what a branch asks of people; [] when fine."""
    return [*check_flow(flow, variables), *_wrong_conditions(flow)]


async def list_unknown_names(conn: AsyncConnection, account_id: int, flow: Flow) -> list[Problem]:
    """What the branches of a flow ask about that nothing in the account is called: a slip, as a rule."""
    problems = []
    for place, step in enumerate(flow.steps):
        for _, case in step.asked() if isinstance(step, BranchStep) else ():
            if check_condition(case.when, case.params):
                continue
            try:
                await load_checked(conn, account_id, read_tree({case.when: case.params}))
            except Refused as refused:
                problems.append(Problem(f"steps.{place}", refused.words))
    return problems


def _wrong_conditions(flow: Flow) -> Iterator[Problem]:
    for place, step in enumerate(flow.steps):
        for _, case in step.asked() if isinstance(step, BranchStep) else ():
            if wrong := check_condition(case.when, case.params):
                yield Problem(f"steps.{place}", wrong)
