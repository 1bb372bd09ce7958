"""Votes in native polls: each poll knows the visit that asked it, and only its own person's vote counts."""

from core.db.models.learning import polls
from core.db.session import UnitOfWork
from core.errors import TooEarly
from core.events import CallAnswered
from core.flow.events import PollAnswered
from core.refs import read_ref
from services.learning import run_lookup
from services.learning.runs import runs
from services.learning.schemas import PollPlace
from services.learning.store import polls as store
from services.people.schemas import Contact


async def remember_poll(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Telegram took a poll and gave it a number; one that it refused has none, and nobody can vote in it."""
    ref = await store.find_ref(uow.conn, uow.account_id, answer.outbox_id)
    if not answer.ok or ref is None:
        return
    place = read_place(ref)
    row = {
        "account_id": uow.account_id,
        "bot_id": answer.bot_id,
        "poll_id": answer.result["poll"]["id"],
        "run_id": place.run_id,
        "visit": place.visit,
    }
    uow.append(polls, row)


async def take_vote(
    uow: UnitOfWork, contact: Contact, bot_id: int, poll_id: str, options: tuple[int, ...]
) -> None:
    """Give a vote to the visit that asked. A vote taken back, and a stranger's in a forwarded poll, mean nothing.

    Raises TooEarly while Telegram's answer to a poll for this person is under way: the vote may be in it.
    """
    if not options:
        return
    place = await _find_place(uow, contact, bot_id, poll_id)
    if place is None:
        return
    run = await run_lookup.load_run(uow, place.run_id)
    if run.stored.contact_id == contact.id:
        await runs.deliver(uow, place.run_id, PollAnswered(place.visit, options))


async def _find_place(uow: UnitOfWork, contact: Contact, bot_id: int, poll_id: str) -> PollPlace | None:
    """Where a poll belongs; one whose number we never heard is the one whose sending had no known end."""
    known = await store.find_poll(uow.conn, uow.account_id, bot_id, poll_id)
    if known is not None:
        return known
    unheard = await store.find_unheard(uow.conn, uow.account_id, bot_id, contact.telegram_id)
    if unheard is None:  # its answer may have been stored between the two looks
        return await store.find_poll(uow.conn, uow.account_id, bot_id, poll_id)
    if not unheard.possibly_twice:
        raise TooEarly(f"a poll for chat {contact.telegram_id} is under way")
    return read_place(unheard.ref)


def read_place(ref: str) -> PollPlace:
    """The visit that `effects.ref_of` names."""
    run = read_ref(ref)
    assert run is not None, "polls are asked by runs"  # noqa: S101
    return PollPlace(run.id, run.visit)
