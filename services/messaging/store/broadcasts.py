"""The SQL of broadcasts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.keyset import Slice, by_number, count_up_to
from core.db.models.delivery import outbox
from core.db.models.messaging import broadcasts
from core.db.models.people import chats
from core.db.session import Row
from core.lifecycle import BroadcastStatus, ChatState, OutboxState
from core.to_many import BroadcastKind
from services.messaging.broadcast_plan import Plan
from services.messaging.schemas import Broadcast, BroadcastCard, Change, Wave

# Literals, not parameters: both databases prove only so that a partial index covers the question.
PENDING: ColumnElement[str] = literal_column("'pending'")
SENDING: ColumnElement[str] = literal_column("'sending'")
# The first one will do; without the limit PostgreSQL would collect all who wait.
# all accounts: asked of a broadcast of any account
FIRST = select(outbox.c.id).where(outbox.c.broadcast_id == broadcasts.c.id).limit(1)
WAITING = FIRST.where(outbox.c.state == PENDING).scalar_subquery()
PLANNED = FIRST.where(outbox.c.state == literal_column("'planned'")).scalar_subquery()
LIVE = (BroadcastStatus.FILLING, BroadcastStatus.RUNNING, BroadcastStatus.PAUSED)


async def add_broadcast(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Add a broadcast; gives its id."""
    rows = await conn.execute(
        insert(broadcasts).values(account_id=account_id, **row).returning(broadcasts.c.id)
    )
    return int(rows.scalar_one())


async def change_broadcast(conn: AsyncConnection, account_id: int, broadcast_id: int, values: Row) -> None:
    """Keep something about a broadcast: its total, its content, its card."""
    await conn.execute(
        update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, broadcasts.c.account_id == account_id)
        .values(**values)
    )


async def claim_chunk(
    conn: AsyncConnection, account_id: int, broadcast_id: int, after: int, until: int
) -> bool:
    """Say that the recipients between two chats are put in line now; False if somebody else did that."""
    done = await conn.execute(
        update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, broadcasts.c.account_id == account_id)
        .where(broadcasts.c.status == BroadcastStatus.FILLING, broadcasts.c.filled_to == after)
        .values(filled_to=until)
    )
    return done.rowcount == 1


async def count_in(conn: AsyncConnection, account_id: int, broadcast_id: int, number: int) -> None:
    """So many recipients more are in line."""
    await conn.execute(
        update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, broadcasts.c.account_id == account_id)
        .values(total=broadcasts.c.total + number)
    )


async def move_broadcast(
    conn: AsyncConnection,
    account_id: int,
    broadcast_id: int,
    to: BroadcastStatus,
    allowed: Sequence[BroadcastStatus],
    more: Row,
) -> bool:
    """Move a broadcast's state if that is allowed from where it is."""
    done = await conn.execute(
        update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, broadcasts.c.account_id == account_id)
        .where(broadcasts.c.status.in_(allowed))
        .values(status=to, **more)
    )
    return done.rowcount == 1


async def count_recipients(
    conn: AsyncConnection, account_id: int, broadcast_id: int
) -> tuple[dict[str, int], int | None]:
    """Recipients by state, and the total that the broadcast says at the same moment; None while it has no recipients."""
    # One statement: on PostgreSQL each sees a moment of its own, and parts of two moments do not add up.
    total = select(broadcasts.c.total).where(broadcasts.c.id == broadcast_id).scalar_subquery()
    rows = await conn.execute(
        select(outbox.c.state, func.count(), total)
        .where(outbox.c.broadcast_id == broadcast_id, _is_of(account_id, broadcast_id))
        .group_by(outbox.c.state)
    )
    counted = rows.all()
    return {row[0]: row[1] for row in counted}, counted[0][2] if counted else None


def _is_of(account_id: int, broadcast_id: int) -> ColumnElement[bool]:
    """Asked of the broadcast's own row, so that a hundred thousand recipients need not be looked at."""
    return exists().where(broadcasts.c.id == broadcast_id, broadcasts.c.account_id == account_id)


async def count_twice(conn: AsyncConnection, account_id: int, broadcast_id: int) -> int:
    """Recipients who were tried again after an unknown outcome."""
    twice = await conn.scalar(
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.possibly_twice)
    )
    return int(twice or 0)


async def has_arrived(conn: AsyncConnection, account_id: int, broadcast_id: int) -> bool:
    """Whether anybody has its message."""
    arrived = await conn.scalar(
        select(outbox.c.id)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == OutboxState.SENT)
        .limit(1)
    )
    return arrived is not None


async def count_refused(
    conn: AsyncConnection, account_id: int, broadcast_id: int, errors: Sequence[str]
) -> int:
    """Recipients who were refused with one of these errors, or a part of one."""
    refused = await conn.scalar(
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == OutboxState.FAILED)
        .where(or_(*(outbox.c.error.icontains(error, autoescape=True) for error in errors)))
    )
    return int(refused or 0)


async def is_refused_to_all(conn: AsyncConnection, account_id: int, broadcast_id: int, most: int) -> bool:
    """Whether nobody has got what `most` people who had not blocked the bot were refused, and others still wait."""

    def of_state(*states: str) -> Any:
        return (
            select(outbox.c.id)
            .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
            .where(outbox.c.state.in_(states))
            .limit(1)
        )

    if await has_arrived(conn, account_id, broadcast_id):
        return False
    if await conn.scalar(of_state(OutboxState.PENDING, OutboxState.PLANNED)) is None:
        return False
    refused = of_state(OutboxState.FAILED).where(~outbox.c.error.like("Forbidden%")).limit(most).subquery()
    return int(await conn.scalar(select(func.count()).select_from(refused)) or 0) >= most


async def count_blocked(conn: AsyncConnection, account_id: int, broadcast_id: int) -> int:
    """Recipients who could not be reached and whose chat is closed."""
    closed = exists().where(
        chats.c.bot_id == outbox.c.bot_id,
        chats.c.telegram_id == outbox.c.chat_id,
        chats.c.state == ChatState.BLOCKED,
    )
    blocked = await conn.scalar(
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == OutboxState.FAILED, closed)
    )
    return int(blocked or 0)


async def find_recipient(conn: AsyncConnection, account_id: int, outbox_id: int) -> tuple[int, int]:
    """Whom a recipient's row is for, and which variant they get."""
    rows = await conn.execute(
        select(outbox.c.chat_id, outbox.c.variant).where(
            outbox.c.id == outbox_id, outbox.c.account_id == account_id
        )
    )
    row = rows.one()
    return row.chat_id, row.variant


def _broadcast(row: Any) -> Broadcast:
    return Broadcast(
        id=row.id,
        bot_id=row.bot_id,
        status=BroadcastStatus(row.status),
        plan=Plan.model_validate(row.definition) if row.definition else None,
        method=row.method,
        total=row.total,
        author_id=row.author_id,
        card=BroadcastCard(row.card_chat_id, row.card_message_id) if row.card_message_id else None,
        counting=row.counting,
        started_at=row.started_at,
        filled_to=row.filled_to,
        fill_until=row.fill_until,
        kind=BroadcastKind(row.kind),
        waves=tuple(Wave(**wave) for wave in row.waves or ()),
        winner=row.winner,
        created_at=row.created_at,
        finished_at=row.finished_at,
        change=Change(row.of_id, row.since, row.gathered_to, row.too_old) if row.of_id else None,
    )


async def find_broadcast(
    conn: AsyncConnection, account_id: int, broadcast_id: int, *, locked: bool = False
) -> Broadcast | None:
    """A broadcast by its id; `locked` until the end of the unit."""
    wanted = select(broadcasts).where(broadcasts.c.id == broadcast_id, broadcasts.c.account_id == account_id)
    row = (await conn.execute(wanted.with_for_update() if locked else wanted)).one_or_none()
    return _broadcast(row) if row else None


ORDERS = by_number(broadcasts.c.id)


def _select_sends(account_id: int, bot_id: int | None, status: BroadcastStatus | None) -> Select[Any]:
    """What was sent or is to be, no edits of it; a draft only once it says something."""
    statement = select(broadcasts).where(
        broadcasts.c.account_id == account_id, broadcasts.c.kind == BroadcastKind.SEND
    )
    statement = statement.where(broadcasts.c.name.is_not(None))
    if bot_id is not None:
        statement = statement.where(broadcasts.c.bot_id == bot_id)
    return statement if status is None else statement.where(broadcasts.c.status == status)


async def list_page(
    conn: AsyncConnection, account_id: int, bot_id: int | None, status: BroadcastStatus | None, part: Slice
) -> list[Broadcast]:
    """A part of the broadcasts of an account, of one bot or in one state if that is named."""
    return [
        _broadcast(row) for row in await conn.execute(part.cut(_select_sends(account_id, bot_id, status)))
    ]


async def count_sends(
    conn: AsyncConnection, account_id: int, bot_id: int | None, status: BroadcastStatus | None, most: int
) -> int:
    """How many there are, counted up to `most`."""
    return await count_up_to(conn, _select_sends(account_id, bot_id, status), most)


async def drop_drafts(conn: AsyncConnection, account_id: int, bot_id: int, author_id: int) -> None:
    """Put an admin's drafts away."""
    await conn.execute(
        update(broadcasts)
        .where(broadcasts.c.account_id == account_id, broadcasts.c.bot_id == bot_id)
        .where(broadcasts.c.author_id == author_id, broadcasts.c.status == BroadcastStatus.DRAFT)
        .values(status=BroadcastStatus.CANCELLED)
    )


async def count_started(conn: AsyncConnection, account_id: int, since: datetime, bot_id: int | None) -> int:
    """How many an account has started since then, or one of its bots."""
    of_bot = () if bot_id is None else (broadcasts.c.bot_id == bot_id,)
    mine = select(func.count()).where(broadcasts.c.account_id == account_id, *of_bot)
    return int(
        await conn.scalar(mine.where(broadcasts.c.started_at > since, broadcasts.c.kind == "send")) or 0
    )


async def list_latest(
    conn: AsyncConnection, account_id: int, bot_id: int, limit: int
) -> list[tuple[int, str | None, BroadcastStatus]]:
    """A bot's broadcasts that have a message or wait for one, the newest first: (id, name, status)."""
    rows = await conn.execute(
        select(broadcasts.c.id, broadcasts.c.name, broadcasts.c.status)
        .where(broadcasts.c.account_id == account_id, broadcasts.c.bot_id == bot_id)
        .where(or_(broadcasts.c.name.is_not(None), broadcasts.c.status == BroadcastStatus.DRAFT))
        .where(broadcasts.c.kind == BroadcastKind.SEND)
        .order_by(broadcasts.c.id.desc())
        .limit(limit)
    )
    return [(row.id, row.name, BroadcastStatus(row.status)) for row in rows]


async def list_planned_after(conn: AsyncConnection, account_id: int, moment: datetime) -> list[int]:
    """Planned broadcasts that were made after a moment."""
    rows = await conn.execute(
        select(broadcasts.c.id)
        .where(broadcasts.c.account_id == account_id, broadcasts.c.created_at > moment)
        .where(broadcasts.c.status == BroadcastStatus.SCHEDULED)
        .order_by(broadcasts.c.id)
    )
    return list(rows.scalars())


async def list_live(conn: AsyncConnection, account_id: int, bot_id: int) -> list[int]:
    """Broadcasts of a bot that run or are paused."""
    rows = await conn.execute(
        select(broadcasts.c.id)
        .where(broadcasts.c.account_id == account_id, broadcasts.c.bot_id == bot_id)
        .where(broadcasts.c.status.in_(LIVE))
        .order_by(broadcasts.c.id)
    )
    return list(rows.scalars())


# all accounts: the tick of a process looks after every account's broadcasts
async def list_filling(conn: AsyncConnection) -> list[tuple[int, int]]:
    """Broadcasts whose recipients are being put in line, as (account, broadcast)."""
    rows = await conn.execute(
        select(broadcasts.c.account_id, broadcasts.c.id).where(broadcasts.c.status == BroadcastStatus.FILLING)
    )
    return [(row[0], row[1]) for row in rows]


# all accounts: the tick of a process looks after every account's broadcasts
async def list_over(conn: AsyncConnection) -> list[tuple[int, int]]:
    """Running broadcasts in which nobody waits any more, as (account, broadcast)."""
    flying = FIRST.where(outbox.c.state == SENDING, outbox.c.bot_id == broadcasts.c.bot_id).scalar_subquery()
    rows = await conn.execute(
        select(broadcasts.c.account_id, broadcasts.c.id).where(
            broadcasts.c.status == BroadcastStatus.RUNNING,
            broadcasts.c.gathered_to.is_(None),
            WAITING.is_(None),
            PLANNED.is_(None),
            flying.is_(None),
        )
    )
    return [(row[0], row[1]) for row in rows]


# all accounts: the tick of a process looks after every account's broadcasts
async def list_half_cancelled(conn: AsyncConnection) -> list[tuple[int, int]]:
    """Cancelled broadcasts in which somebody still waits, as (account, broadcast)."""
    rows = await conn.execute(
        select(broadcasts.c.account_id, broadcasts.c.id).where(
            broadcasts.c.status == BroadcastStatus.CANCELLED,
            or_(WAITING.is_not(None), PLANNED.is_not(None)),
        )
    )
    return [(row[0], row[1]) for row in rows]


async def is_kept(conn: AsyncConnection, account_id: int, bot_id: int, name: str) -> bool:
    """Whether a bot has a broadcast of that name."""
    broadcast = await conn.scalar(
        select(broadcasts.c.id)
        .where(
            broadcasts.c.account_id == account_id,
            broadcasts.c.bot_id == bot_id,
            broadcasts.c.name == name,
            broadcasts.c.kind == BroadcastKind.SEND,
        )
        .limit(1)
    )
    return broadcast is not None


async def decide(conn: AsyncConnection, account_id: int, broadcast_id: int, variant: int) -> bool:
    """Say which variant all the rest get, once."""
    done = await conn.execute(
        update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, broadcasts.c.account_id == account_id)
        .where(broadcasts.c.winner.is_(None), broadcasts.c.status.in_(LIVE))
        .values(winner=variant)
    )
    return done.rowcount == 1


async def list_sends(conn: AsyncConnection, account_id: int) -> list[int]:
    """The broadcasts of an account, of all its bots, that somebody may still get."""
    rows = await conn.execute(
        select(broadcasts.c.id)
        .where(broadcasts.c.account_id == account_id, broadcasts.c.status.in_(LIVE))
        .where(broadcasts.c.kind == BroadcastKind.SEND)
    )
    return list(rows.scalars())


async def list_changes(conn: AsyncConnection, account_id: int, broadcast_id: int) -> list[Broadcast]:
    """The edits and the recalls of a broadcast, the oldest first."""
    rows = await conn.execute(
        select(broadcasts)
        .where(broadcasts.c.account_id == account_id, broadcasts.c.of_id == broadcast_id)
        .order_by(broadcasts.c.id)
    )
    return [_broadcast(row) for row in rows]


# all accounts: the tick of a process looks after every account's broadcasts
async def list_gathering(conn: AsyncConnection) -> list[tuple[int, int]]:
    """Running edits and recalls whose people are not all in line, as (account, broadcast)."""
    rows = await conn.execute(
        select(broadcasts.c.account_id, broadcasts.c.id)
        .where(broadcasts.c.status == BroadcastStatus.RUNNING, broadcasts.c.gathered_to.is_not(None))
        .order_by(broadcasts.c.id)
    )
    return [(row[0], row[1]) for row in rows]
