"""`GET events`: what has changed, as it changes (server-sent events). It says which row, never what stands in it."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from core.public_ids import CHANGE, FLOW
from services.delivery.feed.changes import Change, Topic
from services.tenancy.permissions import Permission
from services.tenancy.sign_in.callers import find_place
from web.api.calls import ApiCall, Call
from web.api.checks import find_caller
from web.api.policy import Policy
from web.api.problems import Problem
from web.api.routes import Room
from web.api.watching import Stream, Watch, iterate_news

LOOK_SECONDS, COMMENT_ROUNDS = 5.0, 3
MOST_STREAMS, MOST_TOPICS = 5, 50
NEEDED: Mapping[Topic, Permission] = {
    Topic.INBOX: Permission.TALKS_READ,
    Topic.REVIEWS: Permission.REVIEWS_READ,
    Topic.BROADCASTS: Permission.BROADCASTS_READ,
    Topic.ORDERS: Permission.MONEY_READ,
    Topic.JOBS: Permission.WORK,
    Topic.FLOW: Permission.CONTENT_READ,
}
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
Topics = Annotated[str, Query(min_length=1, max_length=2_000, description="Separated by commas.")]
room = Room("events")


@room.get("/events", Policy(Permission.WORK, stream=True), "text/event-stream")
async def watch_events(call: Call, topics: Topics) -> Response:
    """Watch what changes: `inbox`, `reviews`, `broadcasts`, `orders`, `jobs`, `flow:` and a flow's id."""
    wanted = _read_topics(call, topics)
    _take_place(call)
    return StreamingResponse(_tell(call, wanted), media_type="text/event-stream", headers=HEADERS)


def _read_topics(call: ApiCall, topics: str) -> dict[str, Permission]:
    """What is asked for, and what each needs. Raises Problem: 400 for what is no topic, 403 for what is not allowed."""
    names = topics.split(",")
    if len(names) > MOST_TOPICS:
        raise Problem(400, "TOPIC_WRONG")
    wanted = dict(_read_topic(call, name) for name in names)
    if not set(wanted.values()) <= call.account.permissions:
        raise call.forbidden
    return wanted


def _read_topic(call: ApiCall, text: str) -> tuple[str, Permission]:
    name, colon, flow = text.partition(":")
    if name not in set(Topic) or bool(colon) != (name == Topic.FLOW):
        raise Problem(400, "TOPIC_WRONG")
    topic = f"{name}:{call.account.ids.read(FLOW, flow)}" if colon else name
    return topic, NEEDED[Topic(name)]


def _take_place(call: ApiCall) -> None:
    """429 for one stream more than a session, or a key, may have."""
    if call.request.app.state.streams[_whose(call)] >= MOST_STREAMS:
        raise Problem(429, "TOO_MANY_STREAMS", headers={"Retry-After": "5"})


def _whose(call: ApiCall) -> str:
    return f"{call.who.session_id}:{call.who.key_id}"


async def _tell(call: ApiCall, wanted: Mapping[str, Permission]) -> AsyncIterator[str]:
    watch: Watch = call.request.app.state.watch
    streams = call.request.app.state.streams
    streams[_whose(call)] += 1  # before anything is waited for: the next one is counted against it
    try:
        stream = await watch.open(call.account.id, wanted, _read_last(call))
        try:
            yield "retry: 1000\n\n"
            async for block in _say(call, wanted, watch, stream):
                yield block
        finally:
            watch.leave(stream)
    finally:
        streams[_whose(call)] -= 1


async def _say(
    call: ApiCall, wanted: Mapping[str, Permission], watch: Watch, stream: Stream
) -> AsyncIterator[str]:
    """What there is to say; rights are read anew each five seconds, and a stream that has none any more ends."""
    clock, rounds = call.db.clock, 0
    looked_at = clock.monotonic()
    for block in _write_all(call, stream):
        yield block
    async for has_news in iterate_news(stream, LOOK_SECONDS):
        if clock.monotonic() - looked_at >= LOOK_SECONDS or not has_news:
            looked_at, rounds = clock.monotonic(), rounds + 1
            if not await watch.ask(_may_still(call, wanted)):
                yield "event: bye\ndata: {}\n\n"
                return
            if rounds % COMMENT_ROUNDS == 0:
                yield ": here\n\n"
        if watch.is_closed:
            return
        for block in _write_all(call, stream):
            yield block


async def _may_still(call: ApiCall, wanted: Mapping[str, Permission]) -> bool:
    caller = await find_caller(call, renews=False)
    if caller is None:
        return False
    async with call.db.reading() as conn:
        place = await find_place(conn, call.db.env, caller, call.account.public_id)
    return place is not None and set(wanted.values()) <= place.permissions


def _read_last(call: ApiCall) -> int | None:
    """The change behind which a stream goes on."""
    text = call.request.headers.get("last-event-id", "")
    return call.account.ids.read(CHANGE, text) if text else None


def _write_all(call: ApiCall, stream: Stream) -> list[str]:
    blocks = ["event: reset\ndata: {}\n\n"] if stream.is_behind else []
    stream.is_behind = False
    while stream.waiting:
        blocks.append(_write(call, stream.waiting.popleft()))
    return blocks


def _write(call: ApiCall, change: Change) -> str:
    ids = call.account.ids
    row = ids.write(change.kind, change.row_id)
    topic = f"{change.topic}:{row}" if change.topic is Topic.FLOW else change.topic.value
    data = json.dumps({"topic": topic, "id": row})
    return f"id: {ids.write(CHANGE, change.id)}\nevent: changed\ndata: {data}\n\n"
