"""What providers tell us by themselves: stored once, then taken to its payment by a job."""

from core.db.session import Database, UnitOfWork
from payment.base import Notice
from services.commerce.payments.calls import NOTICE, write_facts
from services.commerce.store import provider_events as store
from services.delivery.jobs import add_job, kind_for


async def receive_notice(db: Database, account_id: int, provider: str, notice: Notice) -> bool:
    """Keep a notification that came over HTTP; False if the same was kept before."""
    async with db.unit(account_id) as uow:
        return await keep_notice(uow, provider, notice)


async def keep_notice(uow: UnitOfWork, provider: str, notice: Notice) -> bool:
    """Keep what a provider tells; False if the same was kept before. Nothing is granted here."""
    facts = None if notice.facts is None else write_facts(notice.facts)
    row = {
        "provider": provider,
        "key": notice.key,
        "external_id": notice.external_id,
        "event": notice.event,
        "facts": facts,
    }
    event_id = await store.add_event(uow.conn, uow.account_id, {**row, "received_at": uow.real_now})
    if event_id is None:
        return False
    payload = {
        "provider": provider,
        "external_id": notice.external_id,
        "payment_id": notice.payment_id,
        "event": notice.event,
        "facts": facts,
    }
    await add_job(uow, kind_for(NOTICE, provider), f"event:{event_id}", payload)
    return True
