"""A/B: some get variants, the others wait; after a while the better variant goes to them by itself, or somebody is asked."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import BroadcastStatus
from core.presses import PressKind
from core.rules.trial import LEAST_PEOPLE, Arm, Finding, Verdict, judge
from services.delivery import recipients, speech
from services.delivery.speech import Keyboard, Screen, Words
from services.delivery.timers import set_timer
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts import moves, waves
from services.messaging.broadcasts.broadcasts import tell_about
from services.messaging.responses.results import Acts, VariantResult, list_variants, read_acts
from services.messaging.schemas import Broadcast
from services.messaging.store import broadcasts as store

END = "broadcast_trial"  # timer: the variants are compared
AGAIN = timedelta(minutes=1)  # until who is to get a variant has got it
NAMES = "ABCDE"
CHOOSE = "choose"  # action of a card's button, with the variant's number
SUCCESSES = {"clicks": "clicked", "payment": "bought", "completion": "completed"}


async def set_end(uow: UnitOfWork, broadcast: Broadcast) -> None:
    """Have the variants compared a while after the last of them may have left."""
    if broadcast.plan is None or broadcast.plan.winner is None:
        return
    begun = max([uow.now, *(wave.moment for wave in broadcast.waves)])
    due = begun + broadcast.plan.winner.after.length(uow.env.course_day)
    await set_timer(uow, END, f"bc:{broadcast.id}", due, {"broadcast_id": broadcast.id})


async def on_end(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Compare the variants: a clear winner goes to all the rest, else it is said why not, and asked."""
    broadcast = await store.find_broadcast(uow.conn, uow.account_id, payload["broadcast_id"])
    if (
        broadcast is None
        or broadcast.plan is None
        or broadcast.plan.winner is None
        or broadcast.winner is not None
    ):
        return
    if broadcast.status in {BroadcastStatus.CANCELLED, BroadcastStatus.FINISHED}:
        return
    if await recipients.is_trial_under_way(uow, broadcast.id):
        await set_timer(uow, END, f"bc:{broadcast.id}", uow.now + AGAIN, payload)
        return
    acts = await read_acts(uow.conn, uow.account_id, broadcast)
    variants = [
        variant
        for variant in await list_variants(uow.conn, uow.account_id, broadcast, acts)
        if variant.variant
    ]
    verdict = judge(
        [Arm(variant.sent, _successes(variant, broadcast.plan.winner.by)) for variant in variants]
    )
    if verdict.finding is Finding.BETTER:
        await choose_variant(uow, broadcast.id, verdict.best + 1)
    words = describe(variants, verdict, broadcast.plan.winner.by)
    await tell_about(uow, broadcast, words, "trial", _buttons(broadcast, verdict))


async def choose_by_press(uow: UnitOfWork, broadcast_id: int, variant: int, screen: Screen) -> bool:
    """The same by the question's button, whose place the answer takes; False as `choose_variant`."""
    chosen = await choose_variant(uow, broadcast_id, variant)
    if chosen:
        speech.show(uow, screen, speech.words("broadcast-chosen", variant=NAMES[variant - 1]))
    return chosen


async def choose_variant(uow: UnitOfWork, broadcast_id: int, variant: int) -> bool:
    """Send a variant to all who wait; False if that was decided before, or there is no such variant."""
    broadcast = await store.find_broadcast(uow.conn, uow.account_id, broadcast_id)
    plan = broadcast.plan if broadcast else None
    if broadcast is None or plan is None or plan.winner is None or not 1 <= variant <= len(plan.variants):
        return False
    if not await moves.decide(uow, broadcast_id, variant):
        return False
    await waves.let_rest_go(uow, broadcast)
    return True


def describe(variants: Sequence[VariantResult], verdict: Verdict, by: str) -> Words:
    """What the trial has shown, in plain words."""
    rates = {Arm(variant.sent, _successes(variant, by)).rate for variant in variants}
    is_equal = verdict.finding is Finding.TIE and len(rates) == 1
    judged = speech.words(
        "broadcast-trial-equal" if is_equal else f"broadcast-trial-{verdict.finding}",
        variant=NAMES[verdict.best],
        percent=min(99, int(verdict.sure * 100)),
        least=LEAST_PEOPLE,
    )
    return speech.lines(judged, _rows(variants, by))


async def read_rows(uow: UnitOfWork, broadcast: Broadcast, plan: Plan, acts: Acts) -> Words:
    """What came of each variant so far."""
    variants = await list_variants(uow.conn, uow.account_id, broadcast, acts)
    return _rows(
        [variant for variant in variants if variant.variant], plan.winner.by if plan.winner else "clicks"
    )


def _rows(variants: Sequence[VariantResult], by: str) -> Words:
    rows = [
        speech.words(
            f"broadcast-variant-{by}",
            variant=NAMES[variant.variant - 1],
            people=variant.sent,
            number=_successes(variant, by),
            percent=round(100 * Arm(variant.sent, _successes(variant, by)).rate),
        )
        for variant in variants
    ]
    return speech.lines(*rows, gap="\n")


def _successes(variant: VariantResult, by: str) -> int:
    return int(getattr(variant, SUCCESSES[by]))


def _buttons(broadcast: Broadcast, verdict: Verdict) -> Keyboard:
    if verdict.finding is Finding.BETTER or broadcast.plan is None:
        return ()
    return [
        [
            speech.button(
                speech.words("broadcast-do-choose", variant=NAMES[number - 1]),
                PressKind.BROADCAST,
                f"{broadcast.id}-{CHOOSE}{number}",
            )
        ]
        for number in range(1, len(broadcast.plan.variants) + 1)
    ]
