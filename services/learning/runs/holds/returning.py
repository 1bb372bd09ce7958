"""Who has blocked a bot or left Telegram is not written to: their runs wait, and go on with one lesson when they come back."""

from datetime import timedelta

from core.db.session import UnitOfWork
from core.events import TimerDue
from core.flow.events import Held, Released
from core.flow.history import Outcome
from core.flow.pausing import length_of
from core.flow.run import HoldReason, RunStatus
from core.refs import prefix_of_run
from services.delivery import outbox
from services.delivery.timers import drop_timers, set_timer
from services.learning.runs import reminders, runs
from services.learning.schemas import StoredRun
from services.learning.store import runs as store
from services.people import contacts
from services.people.schemas import Contact

"""Why such a run is held."""
BACK = "back"  # kind of the timer that runs when somebody has unblocked a bot and not yet done anything
MOMENT = timedelta(seconds=3)  # in which Telegram's Restart sends its /start


async def hold_runs(uow: UnitOfWork, contact_id: int, bot_id: int) -> None:
    """Set their runs in this bot aside."""
    for stored in await store.list_with_status(uow.conn, uow.account_id, contact_id, (RunStatus.ACTIVE,)):
        if stored.bot_id == bot_id:
            await runs.deliver(uow, stored.id, Held(HoldReason.GONE))


async def expect(uow: UnitOfWork, contact: Contact, bot_id: int) -> None:
    """They have unblocked the bot: all goes on in a moment, unless they do something before."""
    payload = {"bot_id": bot_id, "contact_id": contact.id}
    await set_timer(uow, BACK, _key(bot_id, contact), uow.now + MOMENT, payload)


async def on_timer(uow: UnitOfWork, timer: TimerDue) -> None:
    """Nothing more came of them: that they are back is enough."""
    contact = await contacts.get_contact(uow, timer.payload["contact_id"])
    await contacts.open_chat(uow, timer.payload["bot_id"], contact)
    await welcome_back(uow, contact, timer.payload["bot_id"])


async def welcome_back(uow: UnitOfWork, contact: Contact, bot_id: int) -> frozenset[int]:
    """Send what could not be sent, and let the runs go on: the lesson that was refused, else the one that came due.

    Gives the runs that say something now.
    """
    await drop_timers(uow, BACK, _key(bot_id, contact))
    missed = await outbox.put_back(uow, bot_id, contact.telegram_id)
    held = await store.list_with_status(uow.conn, uow.account_id, contact.id, (RunStatus.HELD,))
    speaking = set()
    for stored in held:
        if stored.bot_id == bot_id and stored.value.held_for == HoldReason.GONE:
            has_missed = any(ref.startswith(prefix_of_run(stored.id)) for ref in missed)
            if await _go_on(uow, stored, has_missed=has_missed):
                speaking.add(stored.id)
    return frozenset(speaking)


async def _go_on(uow: UnitOfWork, stored: StoredRun, *, has_missed: bool) -> bool:
    """Whether it says something. After a lesson that is sent only now everything else comes as much later."""
    if not has_missed:
        return await runs.deliver(uow, stored.id, Released()) is Outcome.MOVED
    await runs.go_on(uow, stored.id)
    await reminders.put_off(uow, stored.id, length_of(stored.value, uow.now))
    return True


def _key(bot_id: int, contact: Contact) -> str:
    return f"{bot_id}:{contact.id}:"
