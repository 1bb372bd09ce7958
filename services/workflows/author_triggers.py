"""What the author's triggers say about something that came about is done: an answer, a scenario begun."""

from itertools import count

from core.db.session import UnitOfWork
from core.triggers import TriggerKind, TriggerSpec
from services.content.scenarios import find_scenario
from services.delivery.speech import Address
from services.learning.enrollment import scenarios
from services.messaging import triggers
from services.people.schemas import Contact


async def follow_event(
    uow: UnitOfWork, to: Address, person: Contact, kind: TriggerKind, key: str, *names: str
) -> None:
    """Do what the author's trigger for something that came about says; it may name it by any of its names."""
    spec = await triggers.meet_event(uow, to.bot_id, person, kind, *names)
    if spec is not None:
        await follow_trigger(uow, to, person, spec, key)


async def follow_trigger(uow: UnitOfWork, to: Address, person: Contact, spec: TriggerSpec, key: str) -> None:
    """Say the answer of a trigger and begin its scenario; the same `key` says it once."""
    numbers = count(1)
    triggers.say_answer(uow, to, spec, lambda: f"trigger:{spec.id}:{key}:{next(numbers)}")
    chosen = spec.start and await find_scenario(uow, to.bot_id, spec.start)
    if chosen:
        await scenarios.start_scenario(uow, person, to, chosen)
