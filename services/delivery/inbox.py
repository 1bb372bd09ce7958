"""Updates are stored before they are confirmed, handled once, in order per chat."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from loguru import logger

from core.db.models.delivery import inbox, messages
from core.db.session import Database, Transaction, UnitOfWork
from core.errors import DomainError, RaceLost, TooEarly
from core.lifecycle import InboxState
from services.delivery.batches import BatchWork, run_batch
from services.delivery.schemas import AT_ONCE, StoredUpdate
from services.delivery.store import inbox as store
from utils.backoff import delay

MOST_TRIES = 5
KEPT = timedelta(days=7)  # handled updates, for who looks for what went wrong
FORGOTTEN_AT_ONCE = 1_000
MOMENT = timedelta(milliseconds=50)
BATCH = 64
TOPIC = "inbox"
ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
URGENT = "pre_checkout_query"  # Telegram waits ten seconds for its answer
STRANGER = 2  # priority of a start by somebody nobody knows: after all that known people do
STRANGERS_SHARE = 8  # of them that go with each batch of the others
MOST_DIGITS = 18  # of a number that the database can look for


async def receive(db: Database, account_id: int, bot_id: int, updates: Sequence[Mapping[str, Any]]) -> None:
    """Store a batch of updates in one commit; those that are there already are dropped."""
    starts = {update["update_id"]: _id_of_starter(update) for update in updates if _is_start(update)}
    async with db.unit(account_id) as uow:
        known = await store.list_answered(uow.conn, account_id, set(starts.values())) if starts else ()
        for update in updates:
            uow.append(
                inbox,
                {
                    "account_id": account_id,
                    "bot_id": bot_id,
                    "update_id": update["update_id"],
                    "chat_key": _storable(chat_key(update)),
                    "priority": _priority(update, starts.get(update["update_id"]), known),
                    "payload": _storable(json.dumps(update, ensure_ascii=False, separators=(",", ":"))),
                    "state": InboxState.PENDING,
                    "attempts": 0,
                    "next_at": AT_ONCE,
                    "error": None,
                    "received_at": uow.now,
                },
            )
        uow.wake(TOPIC)


def _is_start(update: Mapping[str, Any]) -> bool:
    """Whether somebody merely opens the bot."""
    message = update.get("message")
    text = message.get("text") if isinstance(message, Mapping) else None
    return "my_chat_member" in update or (isinstance(text, str) and text.startswith("/start"))


def _id_of_starter(update: Mapping[str, Any]) -> int:
    key = chat_key(update)
    return int(key) if key.removeprefix("-").isdecimal() and len(key) <= MOST_DIGITS else 0


def _priority(update: Mapping[str, Any], starter: int | None, known: Collection[int]) -> int:
    if URGENT in update:
        return 0
    return 1 if starter is None or starter in known else STRANGER


def _storable(text: str) -> str:
    """A text both databases take, also as JSON that is read again: no NUL, no half of a surrogate pair.

    One update that cannot be stored would keep all behind it from being confirmed, for ever.
    """
    if "\\u0000" in text:
        text = ESCAPED_NUL.sub(r"\1", text)
    return text.encode(errors="replace").decode().replace("\0", "")


def chat_key(update: Mapping[str, Any]) -> str:
    """What the order is kept by: the group of a group's message, otherwise the person; `-` for broken updates."""
    if isinstance(query := update.get(URGENT), Mapping):
        return f"checkout:{query.get('id')}"[:40]
    bodies = [value for name, value in update.items() if name != "update_id" and isinstance(value, Mapping)]
    if not bodies:
        return "-"
    body = bodies[0]
    if "chat_join_request" in update:
        return _id_of(body, "from")
    where = body.get("message") if isinstance(body.get("message"), Mapping) else body
    chat = where.get("chat") if isinstance(where, Mapping) else None
    if isinstance(chat, Mapping) and chat.get("type") != "private":
        return str(chat.get("id"))[:40]
    return _id_of(body, "from" if "from" in body else "user")


def _id_of(body: Mapping[str, Any], name: str) -> str:
    person = body.get(name)
    return str(person.get("id"))[:40] if isinstance(person, Mapping) else "-"


class InboxWork(BatchWork[StoredUpdate], Protocol):
    """How the Telegram edge handles a drained batch; what is the same for all edges is done here."""

    db: Database

    async def apologise(self, uow: UnitOfWork, item: StoredUpdate, error: DomainError) -> None:
        """Answer a refusal, in a unit of its own."""
        ...

    def account_of(self, item: StoredUpdate) -> int:
        """The bot's account."""
        return item.account_id

    async def seal(self, transaction: Transaction, items: Sequence[StoredUpdate]) -> None:
        """Mark them done in the commit that holds their effects."""
        if await store.mark_done(transaction.conn, [item.id for item in items]) != len(items):
            raise RaceLost("an update of this batch was handled elsewhere")

    async def failed(self, item: StoredUpdate, error: Exception) -> None:
        """A refusal is answered and done; anything else is tried again, then given up visibly."""
        if isinstance(error, DomainError):
            async with self.db.unit(item.account_id) as uow:
                await self.apologise(uow, item, error)
                await store.mark_done(uow.conn, [item.id])
            return
        if isinstance(error, TooEarly):
            async with self.db.unit(item.account_id) as uow:
                await store.postpone(uow.conn, item.account_id, item.id, uow.real_now + MOMENT)
            return
        given_up = item.attempts + 1 >= MOST_TRIES
        logger.bind(event="update.failed", bot_id=item.bot_id, inbox_id=item.id, given_up=given_up).opt(
            exception=error
        ).error("update {} failed, try {}", item.update_id, item.attempts + 1)
        async with self.db.unit(item.account_id) as uow:
            await store.mark_failed(
                uow.conn,
                item.account_id,
                item.id,
                state=InboxState.DEAD if given_up else InboxState.PENDING,
                next_at=uow.real_now
                + (timedelta() if isinstance(error, RaceLost) else delay(item.attempts + 1)),
                error=repr(error)[:1000],
            )


async def drain(
    db: Database, bot_ids: Sequence[int], work: InboxWork, strangers: int = STRANGERS_SHARE
) -> int:
    """Handle one batch of waiting updates, at most one per chat; says how many there were.

    What Telegram waits for is committed, and so answered, before the others. Strangers' starts come after all else, so many
    with each batch: who comes meanwhile waits for no more of them than that.
    """
    async with db.reading() as conn:
        now = db.clock.real_now()
        found_heads = await store.list_heads(conn, bot_ids, now, BATCH)
        heads = [head for head in found_heads if head.priority < STRANGER]
        starts = found_heads[len(heads) :]
        if len(found_heads) == BATCH and len(starts) < strangers:
            starts = await store.list_heads(conn, bot_ids, now, strangers, STRANGER)
        heads += starts[:strangers]
    urgent = [head for head in heads if head.is_urgent]
    await run_batch(db, urgent, work)
    await run_batch(db, [head for head in heads if not head.is_urgent], work)
    return len(heads)


async def forget_words(uow: UnitOfWork, bot_id: int, update_id: int, message_id: int) -> None:
    """Keep nowhere what a message said that is being handled in this unit: it is a secret, sealed elsewhere."""
    await store.empty(uow.conn, uow.account_id, bot_id, update_id)
    uow.appended = [
        (table, row)
        for table, row in uow.appended
        if not (table is messages and row["direction"] == "in" and row["telegram_message_id"] == message_id)
    ]


async def forget_handled(db: Database) -> int:
    """Forget a batch of the updates that were handled a week ago; says how many it had.

    Nobody reads them again: what was said stands in the history, and Telegram brings no update twice after a day.
    """
    before, after = db.clock.now() - KEPT, 0
    while True:
        async with db.transaction() as transaction:
            count, last = await store.drop_handled(transaction.conn, after, before, FORGOTTEN_AT_ONCE)
        if count or last is None:
            return count
        after = last


async def count_forgettable(db: Database) -> int:
    """How many `forget_handled` would forget, batch after batch."""
    async with db.reading() as conn:
        return await store.count_handled(conn, db.clock.now() - KEPT)
