"""What an address is told: written in the unit in which it happens, called by a job until it is taken, and told again on request."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.db.keyset import Order, Slice, by_number
from core.db.models.tenancy_webhooks import webhook_deliveries
from core.db.session import Database, Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import JobFinished
from core.public_ids import DELIVERY, IdCipher
from services.delivery.jobs import Perform, PermanentFailure, add_job
from services.delivery.signed_calls.calling import GOOD, post, sign
from services.tenancy.store import accounts
from services.tenancy.store import webhooks as store
from services.tenancy.webhooks.addresses import place_of

SEND = "webhook_out"  # kind of the jobs
TEST = "webhook.tested"
ORDERS: Mapping[str, Order] = by_number(webhook_deliveries.c.id)
KEPT = timedelta(days=30)


class DeliveryState(StrEnum):
    """What has become of it."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"  # given up after all tries


@dataclass(frozen=True)
class Delivery:
    """One thing an address is told; `status` is that of the last answer."""

    id: int
    event: str
    state: DeliveryState
    attempts: int
    status: int | None
    error: str | None
    at: datetime
    tried_at: datetime | None


async def tell(uow: UnitOfWork, event: str, data: Mapping[str, Any], ids: IdCipher | None = None) -> None:
    """Tell every address that wants to hear of the event; `data` holds ids as the API shows them."""
    wanting = [
        row
        for row in await store.list_webhooks(uow.conn, uow.account_id)
        if not row["events"] or event in row["events"]
    ]
    for row in wanting:
        await _add(uow, row["id"], event, data, ids)


async def test_webhook(uow: UnitOfWork, webhook_id: int) -> Delivery:
    """Tell an address that it is tried out."""
    return await get_delivery(uow, webhook_id, await _add(uow, webhook_id, TEST, {}, None))


async def _add(
    uow: UnitOfWork, webhook_id: int, event: str, data: Mapping[str, Any], ids: IdCipher | None
) -> int:
    [account] = await accounts.list_by_ids(uow.conn, [uow.account_id])
    row = {
        "webhook_id": webhook_id,
        "event": event,
        "body": "",
        "state": DeliveryState.PENDING,
        "rounds": 1,
        "attempts": 0,
        "at": uow.real_now,
    }
    number = await store.add_delivery(uow.conn, uow.account_id, row)
    named = (ids or IdCipher(bytes.fromhex(account["id_key"]))).write(DELIVERY, number)
    told = {"id": named, "event": event, "at": uow.now.isoformat(), "account": account["public_id"]}
    body = json.dumps({**told, "data": data}, ensure_ascii=False, sort_keys=True)
    await store.change_delivery(uow.conn, uow.account_id, number, {"body": body})
    await add_job(uow, SEND, f"{number}:1", {"delivery": number, "name": named})
    return number


async def _load_ids(uow: UnitOfWork) -> IdCipher:
    [account] = await accounts.list_by_ids(uow.conn, [uow.account_id])
    return IdCipher(bytes.fromhex(account["id_key"]))


async def list_deliveries(uow: UnitOfWork, webhook_id: int, part: Slice) -> list[Delivery]:
    """A part of what an address was told within a month."""
    rows = await store.list_deliveries(uow.conn, uow.account_id, webhook_id, part)
    return [_read(row) for row in rows]


async def get_delivery(uow: UnitOfWork, webhook_id: int, delivery_id: int) -> Delivery:
    """One of them; raises NOT_FOUND, also for another address's."""
    row = await store.find_delivery(uow.conn, uow.account_id, delivery_id)
    if row is None or row["webhook_id"] != webhook_id:
        raise DomainError(ErrorKind.NOT_FOUND, "NOT_FOUND")
    return _read(row)


async def replay_delivery(uow: UnitOfWork, webhook_id: int, delivery_id: int) -> Delivery:
    """Tell it again, under the same id; one that is still being told stays as it is."""
    delivery = await get_delivery(uow, webhook_id, delivery_id)
    if delivery.state is not DeliveryState.PENDING:
        rounds = await store.begin_round(uow.conn, uow.account_id, delivery_id)
        name = (await _load_ids(uow)).write(DELIVERY, delivery_id)
        await add_job(uow, SEND, f"{delivery_id}:{rounds}", {"delivery": delivery_id, "name": name})
    return await get_delivery(uow, webhook_id, delivery_id)


async def on_sent(uow: UnitOfWork, finished: JobFinished) -> None:
    """Note what has become of it."""
    state = DeliveryState.SENT if finished.ok else DeliveryState.FAILED
    number = finished.payload["delivery"]
    await store.change_delivery(uow.conn, uow.account_id, number, {"state": state})


def build_performer(db: Database) -> Mapping[str, Perform]:
    """The job that makes the calls."""

    async def send(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        account_id, number = payload["account_id"], payload["delivery"]
        async with db.reading() as conn:
            call = await store.find_call(conn, account_id, number)
        if call is None:
            raise PermanentFailure("the address is told nothing any more")
        now = db.clock.real_now()
        signature = sign(_open_secrets(db, account_id, call, now), int(now.timestamp()), call["body"])
        try:
            status = await post(
                call["url"], payload["name"], call["body"], signature, production=db.env.production
            )
        except Exception as error:
            await _note_try(db, account_id, number, {"status": None, "error": str(error) or repr(error)})
            raise
        await _note_try(db, account_id, number, {"status": status, "error": None})
        if status not in GOOD:
            raise OSError(f"the other system answered {status}")
        return {"status": status}

    return {SEND: send}


def _open_secrets(db: Database, account_id: int, call: Row, now: datetime) -> Sequence[str]:
    sealed = [call["secret_sealed"]]
    if call["former_until"] is not None and call["former_until"] > now:
        sealed.append(call["former_sealed"])
    return [db.env.keys.open(each, place_of(account_id)) for each in sealed]


async def _note_try(db: Database, account_id: int, number: int, values: Row) -> None:
    async with db.unit(account_id) as uow:
        await store.note_try(uow.conn, account_id, number, {**values, "tried_at": uow.real_now})


async def forget_old(db: Database) -> None:
    """Forget what was told a month ago."""
    async with db.transaction() as transaction:
        await store.drop_before(transaction.conn, db.clock.real_now() - KEPT)


def _read(row: Row) -> Delivery:
    names = ("id", "event", "attempts", "status", "error", "at", "tried_at")
    return Delivery(**{name: row[name] for name in names}, state=DeliveryState(row["state"]))
