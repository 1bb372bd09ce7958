"""The outbox table: calls claimed by the one owner of their bot, what became of them, what is kept of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, case, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.many_rows import by_column, rows_of
from core.db.models.delivery import outbox
from core.db.models.messaging import broadcasts
from core.db.models.tenancy import bots
from core.db.session import Row
from core.db.types import Id
from core.lifecycle import BroadcastStatus, OutboxState
from services.delivery.schemas import DeadLetter, Lease, ShownCall
from services.delivery.store.due import by, is_due
from services.delivery.store.leases import IS_HELD, holding
from services.delivery.store.sending.away import IS_GONE
from services.delivery.store.sending.heads import NO_BROADCAST, PENDING, SENDING

QUESTIONS = ("getChat", "getChatMember")  # calls that only ask
# all accounts: the rows were picked for one bot; the lease says who may
CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == PENDING, IS_HELD, ~IS_GONE)
    .values(
        state=OutboxState.SENDING,
        epoch=bindparam("lease_epoch"),
        sending_since=bindparam("now"),
        attempt=outbox.c.attempt + literal_column("1"),
    )
    .returning(outbox.c.id)
)
# all accounts: follows claim, in the same transaction
FREEZE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(method=bindparam("how"), payload=bindparam("final"), frozen=literal_column("true"))
)
# all accounts: results of one bot's sender
RECORD_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.state == SENDING)
    .where(outbox.c.epoch == bindparam("lease_epoch"))
    .values(
        state=literal_column(f"'{OutboxState.SENT}'"),
        telegram_message_id=bindparam("message_id"),
        result=bindparam("answer"),
    )
)
SENT_ROWS = rows_of(row_id=Id, message_id=Id, answer=outbox.c.result.type)
# all accounts: results of one bot's sender
RECORD_SENT_TOGETHER = (
    update(outbox)
    .where(outbox.c.id == SENT_ROWS.c.row_id, outbox.c.state == SENDING)
    .where(outbox.c.epoch == bindparam("lease_epoch"))
    .values(
        state=literal_column(f"'{OutboxState.SENT}'"),
        telegram_message_id=SENT_ROWS.c.message_id,
        result=SENT_ROWS.c.answer,
    )
)


# all accounts: a tick wakes the senders of its process
WITH_CALLS = select(bots.c.id).where(
    bots.c.id.in_(bindparam("bots", expanding=True)),
    or_(
        # One row is enough, and a limit says so to PostgreSQL.
        select(outbox.c.id)
        .where(outbox.c.bot_id == bots.c.id, outbox.c.state == PENDING, NO_BROADCAST)
        .where(is_due(outbox.c.not_before))
        .limit(literal_column("1"))
        .scalar_subquery()
        .is_not(None),
        select(outbox.c.id)
        .join(broadcasts, outbox.c.broadcast_id == broadcasts.c.id)
        .where(broadcasts.c.bot_id == bots.c.id, broadcasts.c.status == BroadcastStatus.RUNNING)
        .where(outbox.c.state == PENDING, is_due(outbox.c.not_before))
        .limit(literal_column("1"))
        .scalar_subquery()
        .is_not(None),
    ),
)


# all accounts: the rows were picked for one bot; the lease says who may
async def claim(conn: AsyncConnection, lease: Lease, ids: Sequence[int], now: datetime) -> set[int]:
    """Mark calls as being sent under the lease's epoch; gives those we really got."""
    done = await conn.execute(CLAIM, {"ids": ids, "now": now, **holding(lease)})
    return set(done.scalars())


# all accounts: follows claim, in the same transaction
async def freeze(conn: AsyncConnection, rendered: Sequence[Row]) -> None:
    """Keep the rendered payloads ({row_id, how, final}), so that a retry says the very same."""
    await conn.execute(FREEZE, rendered)


async def hold(conn: AsyncConnection, account_id: int, row_id: int, error: str) -> None:
    """Set a waiting call aside for a person."""
    await conn.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.account_id == account_id, outbox.c.state == PENDING)
        .values(state=OutboxState.HOLD, error=error)
    )


# all accounts: results of one bot's sender
async def record_sent(conn: AsyncConnection, epoch: int, rows: Sequence[Row]) -> None:
    """Mark calls as sent: each row {row_id, message_id, answer}."""
    if conn.dialect.name == "sqlite":
        await conn.execute(RECORD_SENT, [{**row, "lease_epoch": epoch} for row in rows])
    else:
        await conn.execute(RECORD_SENT_TOGETHER, {**by_column(rows), "lease_epoch": epoch})


# all accounts: results of one bot's sender
async def record_other(conn: AsyncConnection, epoch: int, rows: Sequence[Row]) -> None:
    """Record what was not sent: each row {row_id, new_state, tries, later, twice, why, to}."""
    statement = (
        update(outbox)
        .where(outbox.c.id == bindparam("row_id"), outbox.c.state == SENDING, outbox.c.epoch == epoch)
        .values(
            state=bindparam("new_state"),
            attempt=bindparam("tries"),
            not_before=bindparam("later"),
            possibly_twice=or_(outbox.c.possibly_twice, bindparam("twice")),
            error=bindparam("why"),
            chat_id=bindparam("to"),
        )
    )
    await conn.execute(statement, rows)


# all accounts: the new owner of a bot takes over
async def settle_unknown(
    conn: AsyncConnection, bot_id: int, now: datetime, *, safe: Sequence[str], most_tries: int
) -> int:
    """Calls a dead owner was sending: repeat them flagged, or hold what must not be said twice; says how many."""
    harmful = (outbox.c.priority == literal_column("1")) & outbox.c.method.not_in(safe)
    state = case(
        (harmful | (outbox.c.attempt >= most_tries), literal_column("'hold'")),
        else_=literal_column("'pending'"),
    )
    done = await conn.execute(
        update(outbox)
        .where(outbox.c.bot_id == bot_id, outbox.c.state == SENDING)
        .values(
            state=state,
            possibly_twice=outbox.c.method.not_in(safe),
            not_before=now,
            error="the process ended while this was being sent",
        )
    )
    return done.rowcount


# all accounts: a tick wakes the senders of its process
async def list_waiting_bots(conn: AsyncConnection, bot_ids: Sequence[int], now: datetime) -> list[int]:
    """Which of these bots have a call that may leave now; what a paused broadcast holds may not."""
    return list((await conn.execute(WITH_CALLS, {"bots": bot_ids, **by(now)})).scalars())


async def find_by_message(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, message_id: int
) -> str | None:
    """What one of our messages was about (`ref`), if it was about anything."""
    ref: str | None = await conn.scalar(
        select(outbox.c.ref).where(
            outbox.c.account_id == account_id,
            outbox.c.bot_id == bot_id,
            outbox.c.chat_id == chat_id,
            outbox.c.telegram_message_id == message_id,
            outbox.c.ref.is_not(None),
        )
    )
    return ref


async def is_speaking_to(conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int) -> bool:
    """Whether a call to this chat is under way, so that the number of its message is not known yet."""
    under_way = select(outbox.c.id).where(
        outbox.c.account_id == account_id,
        outbox.c.bot_id == bot_id,
        outbox.c.chat_id == chat_id,
        outbox.c.state == SENDING,
    )
    return await conn.scalar(under_way.limit(1)) is not None


async def list_dead(conn: AsyncConnection, account_id: int) -> list[DeadLetter]:
    """Calls that failed or whose outcome is unknown; somebody who blocked a bot is nobody's trouble.

    A question changes nothing, so a refusal is its answer.
    """
    rows = await conn.execute(
        select(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.state.in_((OutboxState.FAILED, OutboxState.HOLD)))
        .where(outbox.c.broadcast_id.is_(None), func.coalesce(outbox.c.error, "").not_like("Forbidden:%"))
        .where(outbox.c.method.not_in(QUESTIONS))
        .order_by(outbox.c.id)
    )
    return [
        DeadLetter(
            "call",
            r.id,
            f"{r.method} to {r.chat_id} ({r.dedupe_key}, {r.state})",
            r.error or "",
            r.created_at,
        )
        for r in rows
    ]


async def list_refused(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int
) -> list[tuple[int, str, str]]:
    """What Telegram refused in a chat, the oldest first: (id, method, error)."""
    rows = await conn.execute(
        select(outbox.c.id, outbox.c.method, func.coalesce(outbox.c.error, ""))
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == bot_id, outbox.c.chat_id == chat_id)
        .where(outbox.c.state == OutboxState.FAILED, outbox.c.broadcast_id.is_(None))
        .order_by(outbox.c.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def drop_refused(conn: AsyncConnection, account_id: int, row_id: int) -> None:
    """Let nobody look at a refused call any more: what it was to do has been decided anew."""
    await conn.execute(
        update(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.id == row_id)
        .where(outbox.c.state == OutboxState.FAILED)
        .values(state=OutboxState.CANCELLED)
    )


async def revive(conn: AsyncConnection, account_id: int, row_id: int | None, now: datetime) -> int:
    """Let one failed or held call (or all that list_dead shows) be sent again; says how many."""
    statement = (
        update(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id.is_(None))
        .where(outbox.c.state.in_((OutboxState.FAILED, OutboxState.HOLD)))
    )
    if row_id is not None:
        statement = statement.where(outbox.c.id == row_id)
    else:
        statement = statement.where(outbox.c.method.not_in(QUESTIONS))
    done = await conn.execute(
        statement.values(state=OutboxState.PENDING, attempt=0, not_before=now, error=None)
    )
    return done.rowcount


async def list_shown(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, ref: str
) -> list[ShownCall]:
    """The calls about something that Telegram took or is taking, in order."""
    rows = await conn.execute(
        select(outbox.c.dedupe_key, outbox.c.payload, outbox.c.telegram_message_id)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == bot_id, outbox.c.chat_id == chat_id)
        .where(outbox.c.ref == ref)
        .where(or_(outbox.c.state == OutboxState.SENDING, outbox.c.telegram_message_id.is_not(None)))
        .order_by(outbox.c.id)
    )
    return [ShownCall(row.dedupe_key, row.payload, row.telegram_message_id) for row in rows]


async def find_shown(conn: AsyncConnection, account_id: int, dedupe_key: str) -> int | None:
    """The message a call has become, if Telegram has shown it."""
    shown: int | None = await conn.scalar(
        select(outbox.c.telegram_message_id).where(
            outbox.c.account_id == account_id,
            outbox.c.dedupe_key == dedupe_key,
            outbox.c.broadcast_id.is_(None),
        )
    )
    return shown
