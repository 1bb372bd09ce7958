"""A broadcast as drills look at it: started beside Tandem, its rows counted, what people got compared with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core.db.models.delivery import leases, outbox
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from services.delivery.sending import rate_holds
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts.broadcasts import get_tally
from services.messaging.broadcasts.starting import send_broadcast
from tests.faults.town import SALES_ID, Town
from tests.faults.waiting import until

TEXT = "Good morning, lesson three waits"
# Conditions, variants, and hours on each person's own clock: everybody is let go by a timer of their wave.
ZONES = ("Asia/Tokyo", "Asia/Kolkata", "Europe/Moscow", "UTC", "America/St_Johns", "America/Los_Angeles")
RICH: Mapping[str, Any] = {
    "audience": {
        "all": ["has_not_paid", {"any": [{"language": "ru"}, {"tag": "warm"}]}, {"not": {"tag": "cold"}}]
    },
    "variants": [
        {"share": 30, "text": f"{TEXT}, and a teacher"},
        {"share": 30, "text": f"{TEXT}, and a friend"},
    ],
    "window": {"from": "00:00", "to": "23:59"},
}


@dataclass(frozen=True)
class Found:
    """What became of a broadcast: people without it, messages too many, and those nobody was warned of."""

    lost: int
    duplicates: int
    unflagged: int


async def start(db: Database, text: str = TEXT, **more: Any) -> int:
    """Start a broadcast to everybody; gives its id."""
    plan = Plan.model_validate({"name": "News", "text": text, **more})
    return await send_broadcast(db, FIRST_ACCOUNT, SALES_ID, plan)


async def count_sending(db: Database) -> int:
    """Calls in state `sending`: of a dead process, those whose outcome nobody knows."""
    async with db.reading() as conn:
        found = await conn.scalar(select(func.count()).where(outbox.c.state == "sending"))
    return int(found or 0)


async def is_a_429_unheard(db: Database, town: Town) -> bool:
    """Whether the dead process took a deadline with it: Telegram answered 429, and neither row nor hold says so."""
    held = await rate_holds.load(db, SALES_ID)
    answered = await town.tg.calls(method="sendMessage")
    refused = [one["params"]["chat_id"] for one in answered if one["code"] == 429]
    async with db.reading() as conn:
        sending = await conn.execute(select(outbox.c.chat_id).where(outbox.c.state == "sending"))
        unheard = {int(one) for one in refused} & set(sending.scalars())
    return 0 not in held and bool(unheard - held.keys())


async def count_waiting(db: Database, broadcast_id: int) -> int:
    """Recipients who have not got it yet."""
    return (await get_tally(db, FIRST_ACCOUNT, broadcast_id)).waiting


async def wait_until_over(db: Database, broadcast_id: int, seconds: float = 60) -> None:
    """Until nobody waits."""
    await wait_until_left(db, broadcast_id, 0, seconds)


async def wait_until_left(db: Database, broadcast_id: int, left: int, seconds: float = 60) -> None:
    """Until at most `left` recipients wait."""

    async def is_so() -> bool:
        return await count_waiting(db, broadcast_id) <= left

    try:
        await until(is_so, seconds, f"at most {left} recipients wait")
    except AssertionError as late:
        raise AssertionError(f"{late}; {await _stands(db, broadcast_id)}") from None


async def _stands(db: Database, broadcast_id: int) -> str:
    """What keeps a broadcast: its own state, its calls, who owns the bot until when, what Telegram has forbidden."""
    states = select(outbox.c.state, func.count(), func.min(outbox.c.not_before), func.max(outbox.c.error))
    owned = select(leases.c.name, leases.c.owner, leases.c.epoch, leases.c.expires_at)
    async with db.reading() as conn:
        calls = (await conn.execute(states.group_by(outbox.c.state))).all()
        owners = (await conn.execute(owned)).all()
    return (
        f"{await get_tally(db, FIRST_ACCOUNT, broadcast_id)}, calls {calls}, leases {owners}, "
        f"held {await rate_holds.load(db, SALES_ID)}, now {db.clock.real_now()}"
    )


async def compare(db: Database, town: Town, broadcast_id: int, text: str = TEXT) -> Found:
    """What Telegram shows beside what our rows say."""
    tally = await town.tg.tally("sales_bot", text)
    got_twice = await _people_with_more(town, text)
    async with db.reading() as conn:
        rows = await conn.execute(
            select(outbox.c.chat_id).where(outbox.c.broadcast_id == broadcast_id, outbox.c.possibly_twice)
        )
        flagged = set(rows.scalars())
    return Found(
        lost=tally.get(0, 0),
        duplicates=sum((times - 1) * people for times, people in tally.items() if times > 1),
        unflagged=len(got_twice - flagged),
    )


async def _people_with_more(town: Town, text: str) -> set[int]:
    raw = await town.tg._link.get("/sandbox/tally", bot="sales_bot", text_prefix=text)
    return {one["person"] for one in raw["odd"] if one["times"] > 1}
