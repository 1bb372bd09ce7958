"""How far sending to many is, for who watches: said at most once a second for each, in each process."""

from collections.abc import Collection
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from core.db.session import Database, Transaction
from core.public_ids import BROADCAST
from services.delivery.feed.changes import Topic, note_change

PAUSE = timedelta(seconds=1)
_said: WeakKeyDictionary[Database, dict[tuple[int, int], datetime]] = WeakKeyDictionary()


async def note_progress(transaction: Transaction, sent: Collection[tuple[int, int]]) -> None:
    """Something has become of calls of these broadcasts, as (account, broadcast)."""
    now = transaction.database.clock.real_now()
    former = _said.get(transaction.database, {})
    recent = {which: at for which, at in former.items() if timedelta() <= now - at < PAUSE}
    for account_id, broadcast_id in sorted(set(sent) - recent.keys()):
        async with transaction.unit(account_id) as uow:
            note_change(uow, Topic.BROADCASTS, BROADCAST, broadcast_id)
        recent[account_id, broadcast_id] = now
    if recent or former:
        _said[transaction.database] = recent
