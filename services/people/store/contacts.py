"""The SQL of people."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import BindParameter, ColumnElement

from core.db.keyset import Slice
from core.db.models.people import (
    awaited_inputs,
    chats,
    consents,
    contacts,
    segment_members,
    segments,
    tags,
)
from core.db.session import Row, dialect_insert
from core.db.upserts import upsert
from core.lifecycle import AwaitedKind, ChatState
from services.people.schemas import AwaitedInput, Contact

COLUMNS = (
    contacts.c.id,
    contacts.c.account_id,
    contacts.c.telegram_id,
    contacts.c.first_name,
    contacts.c.last_name,
    contacts.c.username,
    contacts.c.language,
    contacts.c.zone,
    contacts.c.zone_is_chosen,
    contacts.c.lesson_hour,
    contacts.c.reminder_days,
    contacts.c.reminder_hours,
    contacts.c.reminder_tone,
    contacts.c.answered,
    contacts.c.created_at,
    contacts.c.language_is_chosen,
    contacts.c.weekly_digest,
    contacts.c.sale_news,
    contacts.c.blocked_at,
)


def _contact(row: Any) -> Contact:
    return Contact(*row[: len(COLUMNS)])


# Built once: asked for every batch of updates and of messages, and for every step of a run.
KNOWN = (
    select(*COLUMNS, chats.c.bot_id, chats.c.state, chats.c.seen_at)
    .outerjoin(
        chats,
        and_(chats.c.contact_id == contacts.c.id, chats.c.bot_id.in_(bindparam("bots", expanding=True))),
    )
    .where(contacts.c.account_id == bindparam("account"))
    .where(contacts.c.telegram_id.in_(bindparam("people", expanding=True)))
)
# all accounts: a sender renders for every account of its bots, each row says whose it is
SPEAKING_TO = select(*COLUMNS).where(contacts.c.telegram_id.in_(bindparam("people", expanding=True)))

_THESE: BindParameter[int] = bindparam("people", expanding=True)
BY_IDS = select(*COLUMNS).where(contacts.c.account_id == bindparam("account"), contacts.c.id.in_(_THESE))
TAGS = select(tags.c.contact_id, tags.c.name).where(
    tags.c.account_id == bindparam("account"), tags.c.contact_id.in_(_THESE)
)


async def load_known(
    conn: AsyncConnection, account_id: int, bot_ids: Collection[int], telegram_ids: Collection[int]
) -> tuple[dict[int, Contact], dict[tuple[int, int], datetime | None], set[tuple[int, int]]]:
    """Contacts by Telegram id, and of their chats by (bot, Telegram id): when they were seen in an open one, which are blocked."""
    parameters = {"account": account_id, "bots": list(bot_ids), "people": list(telegram_ids)}
    known, opened = dict[int, Contact](), dict[tuple[int, int], datetime | None]()
    blocked = set[tuple[int, int]]()
    for row in await conn.execute(KNOWN, parameters):
        known[row.telegram_id] = _contact(row)
        if row.state == ChatState.OPEN:
            opened[row.bot_id, row.telegram_id] = row.seen_at
        elif row.state == ChatState.BLOCKED:
            blocked.add((row.bot_id, row.telegram_id))
    return known, opened, blocked


async def add_contact(conn: AsyncConnection, account_id: int, values: Row) -> Contact:
    """Add a person; one whom another process has just added is given as they are."""
    insert = dialect_insert(conn, contacts).values(account_id=account_id, **values)
    rows = await conn.execute(
        insert.on_conflict_do_update(
            index_elements=["account_id", "telegram_id"], set_={"first_name": insert.excluded.first_name}
        ).returning(*COLUMNS)
    )
    return _contact(rows.one())


async def update_contact(conn: AsyncConnection, account_id: int, contact_id: int, values: Row) -> None:
    """Follow a changed name, or keep what the person chose."""
    await conn.execute(
        update(contacts)
        .where(contacts.c.id == contact_id, contacts.c.account_id == account_id)
        .values(**values)
    )


async def open_chat(
    conn: AsyncConnection, account_id: int, bot_id: int, contact: Contact, now: datetime
) -> None:
    """The person may be written to by this bot (again)."""
    row = {
        "account_id": account_id,
        "bot_id": bot_id,
        "contact_id": contact.id,
        "telegram_id": contact.telegram_id,
        "state": ChatState.OPEN,
        "opened_at": now,
        "seen_at": now,
    }
    await conn.execute(upsert(conn, chats, ("bot_id", "contact_id"), ("state", "seen_at")), row)


async def note_seen(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_ids: Sequence[int], now: datetime
) -> None:
    """These people have just done something in a bot."""
    await conn.execute(
        update(chats)
        .where(
            chats.c.account_id == account_id, chats.c.bot_id == bot_id, chats.c.contact_id.in_(contact_ids)
        )
        .values(seen_at=now)
    )


async def block_chat(conn: AsyncConnection, account_id: int, bot_id: int, telegram_id: int) -> None:
    """The person cannot be written to by this bot."""
    await conn.execute(
        update(chats)
        .where(chats.c.account_id == account_id, chats.c.bot_id == bot_id, chats.c.telegram_id == telegram_id)
        .values(state=ChatState.BLOCKED)
    )


async def find_chat_state(
    conn: AsyncConnection, account_id: int, bot_id: int, telegram_id: int
) -> ChatState | None:
    """How a person's chat with a bot stands, if it was ever opened."""
    theirs = (chats.c.account_id == account_id, chats.c.bot_id == bot_id, chats.c.telegram_id == telegram_id)
    chat_state = await conn.scalar(select(chats.c.state).where(*theirs))
    return ChatState(chat_state) if chat_state else None


async def list_open_chats(
    conn: AsyncConnection, account_id: int, bot_id: int, telegram_ids: Sequence[int]
) -> list[int]:
    """Which of these people the bot may write to."""
    rows = await conn.execute(
        select(chats.c.telegram_id).where(
            chats.c.account_id == account_id,
            chats.c.bot_id == bot_id,
            chats.c.telegram_id.in_(telegram_ids),
            chats.c.state == ChatState.OPEN,
        )
    )
    return list(rows.scalars())


async def list_open_to(
    conn: AsyncConnection, account_id: int, bot_id: int, telegram_ids: Collection[int]
) -> list[Contact]:
    """Those of these people whom the bot may write to."""
    rows = await conn.execute(
        select(*COLUMNS)
        .join(chats, chats.c.contact_id == contacts.c.id)
        .where(contacts.c.account_id == account_id, contacts.c.telegram_id.in_(telegram_ids))
        .where(chats.c.bot_id == bot_id, chats.c.state == ChatState.OPEN)
    )
    return [_contact(row) for row in rows]


async def list_contacts(
    conn: AsyncConnection, account_id: int, contact_ids: Collection[int]
) -> list[Contact]:
    """Contacts by their ids."""
    rows = await conn.execute(BY_IDS, {"account": account_id, "people": list(contact_ids)})
    return [_contact(row) for row in rows]


async def find_by_telegram_id(conn: AsyncConnection, account_id: int, telegram_id: int) -> Contact | None:
    """A contact by the person's Telegram id."""
    row = (
        await conn.execute(
            select(*COLUMNS).where(contacts.c.telegram_id == telegram_id, contacts.c.account_id == account_id)
        )
    ).one_or_none()
    return _contact(row) if row else None


async def list_by_names(
    conn: AsyncConnection, account_id: int, telegram_ids: Collection[int], usernames: Collection[str]
) -> list[Contact]:
    """The contacts with these Telegram ids or usernames (in small letters), who came last behind the others."""
    named = func.lower(contacts.c.username).in_(usernames)
    rows = await conn.execute(
        select(*COLUMNS)
        .where(contacts.c.account_id == account_id, or_(contacts.c.telegram_id.in_(telegram_ids), named))
        .order_by(contacts.c.id)
    )
    return [_contact(row) for row in rows]


# all accounts: a sender renders for every account of its bots, each row says whose it is
async def list_speaking_to(conn: AsyncConnection, telegram_ids: Collection[int]) -> list[Contact]:
    """All contacts behind these Telegram ids, in any account."""
    rows = await conn.execute(SPEAKING_TO, {"people": list(telegram_ids)})
    return [_contact(row) for row in rows]


async def add_tag(conn: AsyncConnection, account_id: int, contact_id: int, name: str, now: datetime) -> None:
    """Put a tag on a person, unless they have it."""
    row = {"account_id": account_id, "contact_id": contact_id, "name": name, "at": now}
    await conn.execute(dialect_insert(conn, tags).on_conflict_do_nothing(), row)


async def remove_tag(conn: AsyncConnection, account_id: int, contact_id: int, name: str) -> None:
    """Take a tag off a person."""
    theirs = delete(tags).where(tags.c.account_id == account_id, tags.c.contact_id == contact_id)
    await conn.execute(theirs.where(tags.c.name == name))


async def load_tags(
    conn: AsyncConnection, account_id: int, contact_ids: Collection[int]
) -> dict[int, frozenset[str]]:
    """The tags of several people, by contact."""
    found_tags: dict[int, frozenset[str]] = {}
    for row in await conn.execute(TAGS, {"account": account_id, "people": list(contact_ids)}):
        found_tags[row.contact_id] = found_tags.get(row.contact_id, frozenset()) | {row.name}
    return found_tags


async def is_one_of(
    conn: AsyncConnection, account_id: int, contact_id: int, clause: ColumnElement[bool]
) -> bool:
    """Whether a person is among those a clause over `contacts` selects."""
    contact = select(contacts.c.id).where(contacts.c.account_id == account_id, contacts.c.id == contact_id)
    return await conn.scalar(contact.where(clause)) is not None


async def find_consent(conn: AsyncConnection, account_id: int, contact_id: int, version: str) -> Any:
    """The row of a person's consent to a version, given or only asked for."""
    rows = await conn.execute(
        select(consents).where(
            consents.c.account_id == account_id,
            consents.c.contact_id == contact_id,
            consents.c.version == version,
        )
    )
    return rows.one_or_none()


async def ask_consent(
    conn: AsyncConnection, account_id: int, contact_id: int, version: str, payload: str, now: datetime
) -> None:
    """Note that a consent was asked for; a payload that came first is kept, unless it was empty."""
    insert = dialect_insert(conn, consents).values(
        account_id=account_id, contact_id=contact_id, version=version, payload=payload, asked_at=now
    )
    first = case((consents.c.payload == "", insert.excluded.payload), else_=consents.c.payload)
    await conn.execute(
        insert.on_conflict_do_update(index_elements=["contact_id", "version"], set_={"payload": first})
    )


async def give_consent(
    conn: AsyncConnection, account_id: int, contact_id: int, version: str, now: datetime
) -> bool:
    """Note a consent once; False if it was given before or never asked for."""
    done = await conn.execute(
        update(consents)
        .where(consents.c.account_id == account_id, consents.c.contact_id == contact_id)
        .where(consents.c.version == version, consents.c.given_at.is_(None))
        .values(given_at=now)
    )
    return done.rowcount == 1


async def put_awaited(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Await something in a chat, in place of what was awaited there."""
    changed = ("kind", "about", "asked_at", "expires_at")
    newer = upsert(conn, awaited_inputs, ("bot_id", "chat_id"), changed)
    await conn.execute(newer, {"account_id": account_id, **row})


async def find_awaited(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, now: datetime
) -> AwaitedInput | None:
    """What is awaited in a chat and has not expired."""
    rows = await conn.execute(
        select(awaited_inputs.c.kind, awaited_inputs.c.about, awaited_inputs.c.asked_at)
        .where(awaited_inputs.c.account_id == account_id, awaited_inputs.c.bot_id == bot_id)
        .where(awaited_inputs.c.chat_id == chat_id, awaited_inputs.c.expires_at >= now)
    )
    row = rows.one_or_none()
    return AwaitedInput(AwaitedKind(row.kind), row.about, row.asked_at) if row else None


async def drop_awaited(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, kind: str | None = None
) -> None:
    """Await nothing in a chat any more; with a `kind` only if it was that."""
    statement = (
        delete(awaited_inputs)
        .where(awaited_inputs.c.account_id == account_id, awaited_inputs.c.bot_id == bot_id)
        .where(awaited_inputs.c.chat_id == chat_id)
    )
    await conn.execute(statement if kind is None else statement.where(awaited_inputs.c.kind == kind))


async def put_segment(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Keep a segment under its name; gives its id."""
    newer = upsert(conn, segments, ("account_id", "name"), ("audience", "is_live", "created_at"))
    done = await conn.execute(newer.returning(segments.c.id), {"account_id": account_id, **row})
    return int(done.scalar_one())


async def fill_segment(
    conn: AsyncConnection, account_id: int, segment_id: int, clause: ColumnElement[bool] | None
) -> None:
    """Have these people in a segment and no others; none without a clause."""
    mine = (segment_members.c.account_id == account_id, segment_members.c.segment_id == segment_id)
    await conn.execute(delete(segment_members).where(*mine))
    if clause is not None:
        people = select(literal(account_id), literal(segment_id), contacts.c.id)
        people = people.where(contacts.c.account_id == account_id, clause)
        columns = ("account_id", "segment_id", "contact_id")
        await conn.execute(insert(segment_members).from_select(columns, people))


async def list_segments(conn: AsyncConnection, account_id: int) -> list[tuple[str, Any, bool]]:
    """All segments by name: (name, conditions, whether it is live)."""
    rows = await conn.execute(
        select(segments).where(segments.c.account_id == account_id).order_by(segments.c.name)
    )
    return [(row.name, row.audience, row.is_live) for row in rows]


async def load_segment_names(conn: AsyncConnection, account_id: int) -> dict[int, str]:
    """The names of segments by id, in their order."""
    mine = select(segments.c.id, segments.c.name).where(segments.c.account_id == account_id)
    return {row.id: row.name for row in await conn.execute(mine.order_by(segments.c.name))}


async def count_people(
    conn: AsyncConnection, account_id: int, clause: ColumnElement[bool], most: int | None = None
) -> int:
    """How many people a clause over `contacts` selects; looks at no more than `most`."""
    mine = select(contacts.c.id).where(contacts.c.account_id == account_id, clause).limit(most)
    return int(await conn.scalar(select(func.count()).select_from(mine.subquery())) or 0)


async def list_page(
    conn: AsyncConnection, account_id: int, clause: ColumnElement[bool], part: Slice
) -> list[Contact]:
    """A part of the people a clause over `contacts` selects."""
    some = select(*COLUMNS).where(contacts.c.account_id == account_id, clause)
    return [_contact(row) for row in await conn.execute(part.cut(some))]


async def drop_segment(conn: AsyncConnection, account_id: int, name: str) -> bool:
    """Forget a segment and who was in it."""
    mine = (segments.c.account_id == account_id, segments.c.name == name)
    members = segment_members.c.segment_id.in_(select(segments.c.id).where(*mine))
    await conn.execute(delete(segment_members).where(segment_members.c.account_id == account_id, members))
    return (await conn.execute(delete(segments).where(*mine))).rowcount == 1
