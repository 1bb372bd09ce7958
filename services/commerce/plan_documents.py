"""Plans as the database keeps them."""

from collections.abc import Mapping
from typing import Any

from core.rules.periods import parse_period
from services.commerce.schemas import TariffPlan


def write_plan(plan: TariffPlan | None) -> dict[str, Any] | None:
    """A plan as a document, without what it leaves open; None for what is paid once and at once."""
    if plan is None:
        return None
    written = {
        "period": plan.period and str(plan.period),
        "parts": plan.parts,
        "trial_days": plan.trial_days or None,
        "grace_days": plan.grace_days,
        "provider_plan": plan.provider_plan or None,
    }
    written_fields = {name: value for name, value in written.items() if value is not None}
    return written_fields if plan.period or plan.trial_days else None


def read_plan(written: Mapping[str, Any] | None) -> TariffPlan | None:
    """What `write_plan` made of a plan."""
    if written is None:
        return None
    period = written.get("period")
    return TariffPlan(**{**written, "period": parse_period(period) if period else None})


def is_endless(written: Mapping[str, Any] | None) -> bool:
    """Whether a plan that was written is paid as long as it is wanted."""
    plan = read_plan(written)
    return plan is not None and plan.is_endless
