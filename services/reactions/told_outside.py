"""Which events other systems are told of, by which names: ids alone, what stands in the rows they read over the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import events, public_ids
from core.db.session import UnitOfWork
from core.public_ids import IdCipher, Kind
from services.tenancy.settings import ALL_EVENTS
from services.tenancy.sign_in.callers import load_ids
from services.tenancy.webhooks.deliveries import TEST, tell


@dataclass(frozen=True)
class Told:
    """How an event is called outside, and which of its facts are told as they are; its ids are told anyway."""

    name: str
    facts: tuple[str, ...] = ()


TOLD: Mapping[type[events.DomainEvent], Told] = {
    events.OrderPaid: Told("order.paid"),
    events.PaymentFailed: Told("order.abandoned"),
    events.PaymentRefunded: Told("payment.refunded", ("amount", "is_whole")),
    events.MoneyHeld: Told("payment.held"),
    events.ChargePaid: Told("subscription.charged"),
    events.ChargeFailed: Told("subscription.charge_failed"),
    events.AccessGranted: Told("access.granted"),
    events.AccessRevoked: Told("access.revoked"),
    events.FirstLessonGiven: Told("course.begun"),
    events.LessonGiven: Told("lesson.given", ("step",)),
    events.PauseBegan: Told("course.paused"),
    events.PauseEnded: Told("course.resumed"),
    events.CourseFinished: Told("course.finished"),
    events.TagSet: Told("tag.set", ("name",)),
    events.ResultReached: Told("result.reached", ("code",)),
    events.SubmissionReviewed: Told("review.given", ("verdict",)),
    events.TalkBegan: Told("talk.begun"),
    events.TalkEnded: Told("talk.ended"),
    events.HandoffFailed: Told("talk.missed"),
    events.VersionPublished: Told("flow.published"),
    events.FlowDeployed: Told("flow.deployed"),
    events.BotBroke: Told("bot.broken", ("trouble",)),
    events.BotMended: Told("bot.mended"),
}
NAMES = frozenset({told.name for told in TOLD.values()} | {TEST})
_KINDS: Mapping[str, Kind] = {
    f"{kind.name}_id": kind
    for kind in (
        *(public_ids.ORDER, public_ids.PAYMENT, public_ids.REFUND, public_ids.SUBSCRIPTION),
        *(public_ids.ACCESS, public_ids.TARIFF, public_ids.CONTACT, public_ids.RUN, public_ids.SUBMISSION),
        *(public_ids.HANDOFF, public_ids.FLOW, public_ids.VERSION, public_ids.BOT),
    )
}


async def tell_outside(uow: UnitOfWork, happened: events.DomainEvent) -> None:
    """Have the account's other systems told of it, if there are some who want to hear that."""
    told = TOLD.get(type(happened))
    if told is None or not uow.env.told & {told.name, ALL_EVENTS}:
        return
    ids = await load_ids(uow.conn, uow.account_id)
    await tell(uow, told.name, _describe(happened, told, ids), ids)


def _describe(happened: events.DomainEvent, told: Told, ids: IdCipher) -> dict[str, Any]:
    facts = vars(happened)
    named = {
        kind.name: None if facts[field] is None else ids.write(kind, facts[field])
        for field, kind in _KINDS.items()
        if field in facts
    }
    return {**named, **{name: facts[name] for name in told.facts}}
