"""Segments: people under a name, either whoever fits at the moment of asking, or who fitted when it was saved."""

import json
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Database, UnitOfWork
from core.text.refusal import InputRefused, Refused, placed, words
from services.people.conditions.audience import fitting
from services.people.conditions.base import Scope
from services.people.conditions.known_names import load_checked
from services.people.conditions.tree import load_tree, read_tree
from services.people.schemas import Segment
from services.people.store import contacts as store

INVALID = "SEGMENT_INVALID"
MOST_NAME = 64


async def save_segment(uow: UnitOfWork, name: str, document: object, *, live: bool) -> Segment:
    """Have a segment of this name, in place of the one there was; raises SEGMENT_INVALID naming what is wrong."""
    if not name.strip() or len(name) > MOST_NAME:
        raise InputRefused(INVALID, words("refused-segment-name", limit=MOST_NAME))
    try:
        tree = await load_checked(uow.conn, uow.account_id, read_tree(document))
        plain = json.loads(json.dumps(document, default=str))  # YAML has dates
        row = {"name": name, "audience": plain, "is_live": live, "created_at": uow.now}
        segment_id = await store.put_segment(uow.conn, uow.account_id, row)
        await load_tree(uow.conn, uow.account_id, read_tree({"in_segment": name}))  # no circle
    except Refused as refused:
        raise InputRefused(INVALID, placed(name[:MOST_NAME], refused.words)) from None
    clause = fitting(tree, Scope(uow.account_id, uow.now))
    await store.fill_segment(uow.conn, uow.account_id, segment_id, None if live else clause)
    return Segment(name, plain, live, await _count(uow.conn, uow.account_id, name, uow.now))


async def list_segments(db: Database, account_id: int) -> list[Segment]:
    """All of them by name, each with how many are in it now; counted without holding up anybody who writes."""
    async with db.reading() as conn:
        return [
            Segment(name, document, is_live, await _count(conn, account_id, name, db.clock.now()))
            for name, document, is_live in await store.list_segments(conn, account_id)
        ]


async def _count(conn: AsyncConnection, account_id: int, name: str, now: datetime) -> int:
    tree = await load_tree(conn, account_id, read_tree({"in_segment": name}))
    return await store.count_people(conn, account_id, fitting(tree, Scope(account_id, now)))


async def list_names(uow: UnitOfWork) -> dict[int, str]:
    """The names of all segments, by their numbers."""
    return await store.load_segment_names(uow.conn, uow.account_id)


async def drop_segment(uow: UnitOfWork, name: str) -> bool:
    """Forget a segment; False if there is none of this name. Who asks for it afterwards is told.

    Raises SEGMENT_INVALID for one that another segment asks for.
    """
    was_there = await store.drop_segment(uow.conn, uow.account_id, name)
    for other, _, _ in await store.list_segments(uow.conn, uow.account_id):
        try:
            await load_tree(uow.conn, uow.account_id, read_tree({"in_segment": other}))
        except Refused as refused:
            raise InputRefused(INVALID, placed(other, refused.words)) from None
    return was_there
