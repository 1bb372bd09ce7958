"""What waits for reviewers: shown to one who has just come, reminded of when nobody answers."""

from collections.abc import Mapping
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import CardKind, Priority
from services.content import flows
from services.delivery import speech
from services.delivery.speech import Address, Words
from services.learning.review import assignments, questions, review_cards, topics
from services.learning.review.review_cards import PATIENCE
from services.learning.schemas import StoredRun, Waiting
from services.learning.store import runs as run_store
from services.learning.store.review import cards as store
from utils.telegram_html import shorten

MOST_REMINDERS = 3
MOST_LISTED = 10
MOST_ABOUT = 60
_HOUR = 3600
_DAY_HOURS = 24


async def show_waiting(uow: UnitOfWork, to: Address) -> None:
    """Show a reviewer who has just come all that waits for them and that they have not been shown, oldest first."""
    is_hers: dict[int | None, bool] = {}
    for card, run in await list_waiting(uow, to.bot_id):
        if run.deployment_id not in is_hers:
            is_hers[run.deployment_id] = to.chat_id in await review_cards.list_reviewers(uow, run)
        place = await topics.place_in(uow, run, to.chat_id) if is_hers[run.deployment_id] else None
        if place is not None:
            show = questions.show_to if card.kind is CardKind.QUESTION else assignments.show_to
            await show(uow, place, card.subject_id)


async def remind_reviewers(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """List what waits in a deployment, if the oldest of it has waited long enough; three times at most, a day apart."""
    bot_id, deployment_id, number = payload["bot_id"], payload["deployment_id"], payload["number"]
    all_waiting = await list_waiting(uow, bot_id)
    waiting = [(card, run) for card, run in all_waiting if run.deployment_id == deployment_id]
    if not waiting:
        return
    oldest, run = waiting[0]
    if oldest.since + PATIENCE > uow.now:
        await review_cards.remind_later(uow, run, oldest.since, 1)
        return
    parts = [speech.words("review-reminder", count=len(waiting))]
    parts += [await describe(uow, card, of) for card, of in waiting[:MOST_LISTED]]
    if len(waiting) > MOST_LISTED:
        parts.append(speech.words("review-more", count=len(waiting) - MOST_LISTED))
    for chat_id in await review_cards.list_reviewers(uow, run):
        key = f"remind:{bot_id}:{deployment_id or 0}:{chat_id}:{uow.now.isoformat()}"
        to = Address(bot_id, chat_id)
        speech.say(uow, to, speech.lines(*parts, gap="\n"), key, priority=Priority.INTERACTIVE)
    if number < MOST_REMINDERS:
        await review_cards.remind_later(uow, run, uow.now, number + 1)


async def count_waiting_of(uow: UnitOfWork, contact_id: int) -> int:
    """How much of a person's work and questions nobody has answered."""
    return await store.count_waiting_of(uow.conn, uow.account_id, contact_id)


async def list_waiting(uow: UnitOfWork, bot_id: int) -> list[tuple[Waiting, StoredRun]]:
    """What waits in a bot with the run it belongs to, the oldest first."""
    waiting = await store.list_waiting(uow.conn, uow.account_id, bot_id)
    runs = await run_store.list_runs(uow.conn, uow.account_id, {card.run_id for card in waiting})
    by_id = {run.id: run for run in runs}
    return [(card, by_id[card.run_id]) for card in waiting]


async def describe(uow: UnitOfWork, work: Waiting, run: StoredRun) -> Words:
    """A line: whose it is, what about, how long it has waited."""
    hours = int((uow.now - work.since).total_seconds() // _HOUR)
    count, unit = (hours // _DAY_HOURS, "days") if hours >= _DAY_HOURS else (hours, "hours")
    waits = speech.words(f"waits-{unit}", count=count) if count else speech.words("waits-short")
    about: Words = shorten(work.about, MOST_ABOUT)
    if work.kind is CardKind.WORK:
        flow = (await flows.get_version(uow, run.flow_version_id)).flow
        about = assignments.title_of(flow, work.step, work.about, MOST_ABOUT)
    return speech.words(f"review-waiting-{work.kind}", student=work.student, about=about, waits=waits)
