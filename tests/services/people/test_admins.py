"""Who is told what admins are told, whatever is connected."""

from core.db.session import Database
from core.lifecycle import BotKind
from services.delivery import speech
from services.people.admins import tell_admins
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.persons import add_chat, add_contact

ADMIN = 1001


async def test_with_one_bot_alone_admins_are_told_by_that_one(db: Database) -> None:
    words = speech.words("checkout-none")
    async with db.unit(1) as uow:
        assert await tell_admins(uow, words, "nobody") == 0
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
        assert await tell_admins(uow, words, "shop") == 1
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        assert await tell_admins(uow, words, "both") == 1
