"""An account whose course bot is its only one: whatever would lead to the shop is said without that button."""

from core.db.models.delivery import outbox
from core.db.session import Database
from core.lifecycle import BotKind
from services.delivery.speech import Address
from services.learning.runs.holds.access_changes import explain_hold
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.persons import ANNA
from tests.factories.rows import read_rows


async def test_a_held_course_is_explained_without_a_shop(db: Database) -> None:
    async with db.unit(1) as uow:
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        await explain_hold(uow, Address(COURSE_BOT, ANNA), "alone")
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await explain_hold(uow, Address(COURSE_BOT, ANNA), "with a shop")
    assert ["button-shop" in row.payload for row in await read_rows(db, outbox)] == [False, True]
