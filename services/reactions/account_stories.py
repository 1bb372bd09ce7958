"""What follows when an account's plan fills, ends or is paid again: its admins are told in its own bots."""

from core import events
from core.db.session import UnitOfWork
from services.delivery import speech
from services.people.admins import find_zone, tell_admins
from services.tenancy.plans.standing import PlanState


async def on_plan_filled(uow: UnitOfWork, filled: events.PlanFilled) -> None:
    """They hear before a limit is reached, and when it is."""
    words = speech.words(f"plan-{filled.level}-{filled.resource}", most=filled.most)
    await tell_admins(uow, words, f"plan:{filled.resource}:{filled.level}:{uow.now.timestamp():.0f}")


async def on_plan_stands(uow: UnitOfWork, stands: events.PlanStands) -> None:
    """They hear that the paid time ends soon or is over, that nothing new begins, and that it does again."""
    last = stands.until
    if stands.state == PlanState.OVERDUE and last is not None:
        last += uow.env.subscription_grace
    day = speech.moment(last, await find_zone(uow)) if last else ""
    words = speech.words(f"plan-{stands.state}", until=day)
    await tell_admins(uow, words, f"plan:{stands.state}:{uow.now.timestamp():.0f}")
