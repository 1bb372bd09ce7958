"""Gathers what an admin forwards: each post a row, its file fetched at once; the order is changed by presses, then it is a draft."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import JobFinished
from core.flow.definition import FlowKind
from core.lifecycle import AwaitedKind
from core.text.message import MediaKind
from core.text.refusal import words
from services.content.gathering.plan import Piece, change, list_posts, move
from services.content.importing.formats.courses import Head, Reading, build_flow
from services.content.importing.media import Shelf
from services.content.importing.posts import Post, PostButton, PostMedium, build_elements
from services.content.importing.questions import Choice, Question
from services.content.importing.reader import Batch, Course
from services.content.importing.report import Notes, Why
from services.content.messages.bot_values import know_values
from services.content.store import imports as store
from services.delivery.jobs import add_job
from services.delivery.speech import Address
from services.delivery.timers import set_timer
from services.people import awaited

WITHIN = timedelta(hours=1)  # from one post to the next
QUIET = timedelta(seconds=3)  # after the last post of many the list is offered, once
MOST_POSTS = 1_000
FETCH = "gathered_file"
"""The kind of the job that fetches the file of a post."""
OFFER = "gathered"
"""The kind of the timer that offers the list."""
FILE = "forwarded"
WAITS, KEPT, LOST = "waits", "kept", "lost"
DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A message that was forwarded: the post it makes, or why it makes none; `file_id` and `suffix` of its file."""

    message_id: int
    post: Mapping[str, Any]
    left_out: str | None = None
    file_id: str | None = None
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What has been gathered: `pieces` in their order, what was left out by why, files that are still on their way."""

    id: int
    slug: str
    to: Address
    version: int
    name: str
    pieces: tuple[Piece, ...]
    left_out: Mapping[str, int]
    waiting: int
    is_closed: bool


async def start(uow: UnitOfWork, slug: str, to: Address) -> None:
    """From now on what is forwarded here is gathered for a course."""
    row = {"bot_id": to.bot_id, "chat_id": to.chat_id, "slug": slug, "version": 1, "made_at": uow.now}
    gathering_id = await store.add_gathering(uow.conn, uow.account_id, row)
    await awaited.expect(uow, to, AwaitedKind.POSTS, WITHIN, str(gathering_id))


async def take(uow: UnitOfWork, gathering_id: int, sent: Forwarded, to: Address) -> bool:
    """Keep a forwarded post; False where the gathering is over."""
    gathering = await store.find_gathering(uow.conn, uow.account_id, gathering_id)
    if gathering is None or gathering.closed_at is not None:
        return False
    if await store.count_posts(uow.conn, uow.account_id, gathering_id) >= MOST_POSTS:
        return False
    row = {
        "gathering_id": gathering_id,
        "message_id": sent.message_id,
        "place": sent.message_id,
        "joined": False,
        "same_day": False,
        "left_out": sent.left_out,
        "post": dict(sent.post),
        "file_state": WAITS if sent.file_id else None,
    }
    post_id = await store.add_post(uow.conn, uow.account_id, row)
    if post_id is not None and sent.file_id:
        payload = {"bot_id": to.bot_id, "file_id": sent.file_id, "suffix": sent.suffix, "post_id": post_id}
        await add_job(uow, FETCH, f"gathered:{post_id}", payload)
    await awaited.expect(uow, to, AwaitedKind.POSTS, WITHIN, str(gathering_id))
    await set_timer(uow, OFFER, f"gathered:{gathering_id}", uow.now + QUIET, {"gathering_id": gathering_id})
    return True


async def on_file(uow: UnitOfWork, finished: JobFinished) -> None:
    """A file has been kept, or Telegram does not give it any more."""
    row = await store.find_post(uow.conn, uow.account_id, finished.payload["post_id"])
    if row is None or row.file_state != WAITS:
        return
    if not finished.ok:
        await store.set_file(uow.conn, uow.account_id, row.id, {**row.post, "media": []}, LOST)
        return
    media = [{**medium, "ref": finished.result["ref"]} for medium in row.post["media"]]
    await store.set_file(uow.conn, uow.account_id, row.id, {**row.post, "media": media}, KEPT)


async def get_gathered(uow: UnitOfWork, gathering_id: int) -> Gathered:
    """What has been gathered so far; raises GATHERING_NOT_FOUND."""
    row = await store.find_gathering(uow.conn, uow.account_id, gathering_id)
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "GATHERING_NOT_FOUND", str(gathering_id))
    posts = await store.list_posts(uow.conn, uow.account_id, gathering_id)
    left_out = Counter(post.left_out for post in posts if post.left_out not in {None, DROPPED})
    lost = sum(post.file_state == LOST for post in posts)
    name = next((str(post.post["channel"]) for post in posts if post.post.get("channel")), "")
    pieces = tuple(_piece(post) for post in posts if post.left_out is None)
    return Gathered(
        row.id,
        row.slug,
        Address(row.bot_id, row.chat_id),
        row.version,
        name or row.slug,
        tuple(piece for piece in pieces if piece.post.says_anything),
        {**left_out, **({"import-left-lost": lost} if lost else {})},
        sum(post.file_state == WAITS for post in posts),
        row.closed_at is not None,
    )


async def reorder(uow: UnitOfWork, gathered: Gathered, place: int, act: str) -> bool:
    """Change the order by a press on the list it was shown with; False where it has changed since."""
    if not await store.move_version(uow.conn, uow.account_id, gathered.id, gathered.version):
        return False
    before = list(gathered.pieces)
    by = {"up": -1, "down": 1}.get(act)
    after = move(before, place, by) if by else change(before, place, act)
    places = {piece.id: number for number, piece in enumerate(after)}
    rows = [
        {"id": piece.id, "place": places[piece.id], "joined": piece.joined, "same_day": piece.same_day}
        for piece in after
    ]
    gone = [{"id": piece.id, "left_out": DROPPED} for piece in before if piece.id not in places]
    await store.set_places(uow.conn, uow.account_id, [*rows, *gone])
    return True


async def read_gathered(uow: UnitOfWork, gathered: Gathered) -> Batch:
    """The course of what was gathered, with a report."""
    batch = Batch()
    notes = Notes(batch.report, FILE)
    for why, count in gathered.left_out.items():
        notes.warn(0, Why.LEFT_OUT_OF_FORWARDED, what=words(why, count=count))
    env = await know_values(uow)
    head = Head({"kind": FlowKind.COURSE, "slug": gathered.slug, "name": gathered.name})
    elements = list(build_elements(list_posts(gathered.pieces)))
    flow = build_flow(head, elements, Reading(notes, Shelf(env)))
    if flow is not None:
        batch.courses.append(Course(flow, FILE))
    return batch


async def close(uow: UnitOfWork, gathered: Gathered) -> bool:
    """End a gathering; False if it was ended before."""
    await awaited.settle(uow, gathered.to, AwaitedKind.POSTS)
    return await store.close_gathering(uow.conn, uow.account_id, gathered.id, uow.now)


def _piece(row: Any) -> Piece:
    post = row.post
    media = tuple(PostMedium(MediaKind(medium["kind"]), medium["ref"]) for medium in post["media"] if medium["ref"])  # fmt: skip
    buttons = tuple(tuple(PostButton(*button) for button in line) for line in post.get("buttons", ()))
    poll = _poll(post["poll"]) if post.get("poll") else None
    read = Post(post["number"], 0, post["text"], media, poll, buttons)
    return Piece(row.id, read, post.get("album") or "", row.joined, row.same_day)


def _poll(poll: Mapping[str, Any]) -> Question:
    right: Sequence[int] = poll["right"]
    choices = tuple(Choice(text, place in right) for place, text in enumerate(poll["answers"]))
    return Question(poll["question"], choices, feedback=poll["explanation"], several=poll["several"])
