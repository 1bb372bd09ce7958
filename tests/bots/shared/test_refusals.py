"""What somebody hears whose update was refused."""

from core.db.models.delivery import messages
from core.db.models.people import chats, contacts
from core.db.session import Database
from core.lifecycle import ChatState
from tests.bots.admin.conftest import desk, env
from tests.bots.admin.desk import Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.rows import read_rows

__all__ = ["desk", "env"]

NEWCOMER = 9009


async def test_a_newcomer_whose_first_words_are_refused_is_told_why_and_stays_known(
    desk: Desk, db: Database
) -> None:
    (answer,) = await desk.write("/ask", NEWCOMER, COURSE_BOT)
    assert (answer.chat, answer.text) == (NEWCOMER, "This needs a payment first.")
    (contact,) = await read_rows(db, contacts, telegram_id=NEWCOMER)
    (chat,) = await read_rows(db, chats, contact_id=contact.id)
    assert (chat.bot_id, chat.state) == (COURSE_BOT, ChatState.OPEN)
    said = [row.text for row in await read_rows(db, messages, chat_id=NEWCOMER)]
    assert said == ["/ask", "This needs a payment first."]


async def test_two_newcomers_in_one_batch_are_each_told(desk: Desk, db: Database) -> None:
    await desk.receive(COURSE_BOT, {"message": desk.message(NEWCOMER, text="/ask")})
    await desk.receive(COURSE_BOT, {"message": desk.message(NEWCOMER + 1, text="/ask")})
    answers = await desk.work_off()
    assert [one.chat for one in answers] == [NEWCOMER, NEWCOMER + 1]
    assert len(await read_rows(db, contacts, first_name=f"P{NEWCOMER}")) == 1
