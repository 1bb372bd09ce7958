"""`/removals` and `tandem removals`: who leaves, seen beforehand; stopped, switched off and let go on at a press."""

import json

from sqlalchemy import update

from app.cli.people.removals import list_removals
from core.db.models.commerce import accesses, removal_guards
from core.lifecycle import MembershipStatus
from services.commerce.access.removal import sweep
from tests.bots.admin.desk import Desk
from tests.factories.persons import ANNA
from tests.factories.sales import add_access, add_membership
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock


async def test_who_leaves_is_shown_and_may_be_kept(desk: Desk, shop: Shop, clock: StillClock) -> None:
    (nobody,) = await desk.write("/removals")
    assert "Nobody leaves" in nobody.text
    async with desk.db.unit(1) as uow:
        access_id = await add_access(uow, shop.buyer.id, shop.club, ends_at=uow.now)
        await add_membership(uow, access_id, 1, ANNA, status=MembershipStatus.JOINED)
    await sweep(desk.db)
    (shown,) = [one for one in await desk.write("/removals") if "button" not in one.text and one.chat != ANNA]
    assert "1 person leaves a group" in shown.text
    assert "Anna Lind" in shown.text
    (off,) = await desk.press("Put nobody out", holder=shown)
    assert "Switched off" in off.text
    async with desk.db.unit(1) as uow:
        await uow.conn.execute(update(removal_guards).values(is_off=False, alarm="many"))
        told = json.loads((await list_removals(uow, as_json=True))[0])
        lines = await list_removals(uow, as_json=False)
    assert (told["alarm"], [one["telegram_id"] for one in told["people"]]) == ("many", [ANNA])
    assert lines[0].startswith("stopped (many)")
    (stopped,) = await desk.write("/removals")
    assert "Stopped" in stopped.text
    (again,) = await desk.press("It is right, go on", holder=stopped)
    assert "Stopped" not in again.text
    async with desk.db.unit(1) as uow:
        await uow.conn.execute(update(accesses).values(ends_at=None))
    (nobody,) = await desk.press("Put nobody out", holder=again)
    assert "Nobody leaves" in nobody.text
