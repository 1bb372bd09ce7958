"""An admin changes a person's tariff: one act with its difference, told before, done once, and the course goes on."""

from core.db.models.commerce import accesses
from core.db.models.learning import runs
from core.db.models.tenancy import audit_log
from services.content.flows import get_flow_id
from tests.bots.admin.desk import ADMIN
from tests.factories.persons import ANNA
from tests.factories.sales import add_tariff
from tests.services.learning.room import Room, lesson


async def test_a_tariff_is_changed_in_one_act(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    async with room.db.unit(1) as uow:
        flow_id = await get_flow_id(uow, "words")
        dear = await add_tariff(uow, flow_id, code="dear", name={"*": "Dear"}, price=990_000)
    await room.say(f"/find {ANNA}", ADMIN)
    await room.press("🔄 Other tariff", ADMIN)
    [change] = [label for label in room.seen(ADMIN)[-1].buttons if "Dear" in label]
    (asked,) = await room.press(change, ADMIN)
    assert "The difference to what they paid" in asked
    sure = room.seen(ADMIN)[-1]
    (done,) = await room.press("Yes, change it", ADMIN)
    assert done.startswith("✅ The tariff is changed.")
    (again,) = await room.press("Yes, change it", ADMIN, sure)
    assert "✅" not in again.split("\n")[0]
    open_now = [row.tariff_id for row in await room.rows(accesses) if row.status == "active"]
    assert open_now == [dear]
    (deed,) = await room.rows(audit_log)
    assert (deed.before, deed.after) == ("basic", "dear")
    (run,) = await room.rows(runs)
    assert run.status == "active"
    assert "Lesson 2" in "".join(await room.pass_time(days=1))
