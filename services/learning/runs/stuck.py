"""A run that the loop guard has stopped: the person and the people who run the course are told, none of them twice."""

from core.db.session import UnitOfWork
from core.flow.naming import name_step
from core.flow.run import HoldReason, Run
from services.delivery import speech
from services.learning.schemas import LoadedRun
from services.people.admins import tell_admins


async def tell_of_a_stop(uow: UnitOfWork, before: Run, run: LoadedRun) -> None:
    """Tell them, once for this stop, and the admins, once for this version of the flow."""
    stored = run.stored
    if stored.value.held_for != HoldReason.LOOP or before.held_for == HoldReason.LOOP:
        return
    speech.say(uow, stored.address, speech.words("run-stuck"), f"run:{stored.id}:stuck:{stored.version}")
    words = speech.words(
        "run-stuck-admin",
        course=speech.named(run.flow.name),
        slug=run.flow.slug,
        step=speech.named(name_step(run.flow, stored.value.step)) if stored.value.step else "",
    )
    await tell_admins(uow, words, f"stuck:{stored.flow_version_id}")
