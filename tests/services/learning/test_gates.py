"""A step that asks to join a group: Telegram is asked, its answer and its updates open it, a bot that cannot look is told of."""

from typing import Any

import pytest

from core.db.models.tenancy import group_people
from core.db.session import Database
from services.people.conditions import holds
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.factories.rows import read_rows
from tests.services.learning.room import Room

CHANNEL = -100_777
GATE = {
    "type": "subscribe",
    "key": "gate",
    "text": "Join our channel",
    "chat": CHANNEL,
    "url": "https://t.me/+abc",
    "button": "Open it",
}
AFTER = {"type": "message", "key": "after", "text": "Inside at last"}


class Door:
    """What Telegram says of members of the channel: the bot is an administrator unless `bot` says otherwise."""

    def __init__(self, desk: Desk, student: str = "left", bot: str = "administrator") -> None:
        self.student, self.bot = student, bot
        told = desk._about

        def about(method: str, chat: int) -> dict[str, Any]:
            if method != "getChatMember" or chat != CHANNEL:
                return told(method, chat)
            (asked,) = [call for call in desk.calls[-1:] if call.method == "getChatMember"]
            return {"status": self.bot if asked.fields["user_id"] == COURSE_BOT else self.student}

        desk._about = about  # type: ignore[method-assign]


def _texts(room: Room) -> list[str]:
    return [call.text for call in room.desk.calls if call.chat == ANNA and call.method == "sendMessage"]


async def test_from_the_gate_into_the_course_by_a_press(room: Room) -> None:
    door = Door(room.desk)
    await room.open(GATE, AFTER)
    assert "Join our channel" in _texts(room)
    await room.desk.press("✅ I am in", who=ANNA)
    assert "I do not see you there yet" in _texts(room)[-1]
    door.student = "member"
    await room.desk.press("✅ I am in", who=ANNA)
    assert "Inside at last" in _texts(room)
    async with room.db.unit(1) as uow:
        assert await holds(uow, room.contact_id, "joined_group", {"chat": CHANNEL})


async def test_who_is_in_already_is_not_asked(room: Room) -> None:
    Door(room.desk, student="creator")
    await room.open(GATE, AFTER)
    assert "Join our channel" not in _texts(room)
    assert "Inside at last" in _texts(room)


async def test_whoever_joins_is_let_on_without_a_press(room: Room) -> None:
    Door(room.desk)
    await room.open(GATE, AFTER)
    await room.desk.send(COURSE_BOT, _joined("member"))
    assert "Inside at last" in _texts(room)
    await room.desk.send(COURSE_BOT, _joined("left"))
    (seen,) = await read_rows(room.db, group_people, telegram_id=ANNA)
    assert not seen.is_inside
    async with room.db.unit(1) as uow:
        assert not await holds(uow, room.contact_id, "joined_group", {"chat": CHANNEL})


def _joined(status: str) -> dict[str, Any]:
    user = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
    more = {"until_date": 0} if status == "kicked" else {}
    chat = {"id": CHANNEL, "type": "channel", "title": "News"}
    old = {"status": "left" if status == "member" else "member", "user": user}
    new = {"status": status, "user": user, **more}
    return {
        "chat_member": {"chat": chat, "from": user, "date": 1, "old_chat_member": old, "new_chat_member": new}
    }


@pytest.mark.parametrize("status", ["member", "left"])
async def test_an_owner_is_told_at_once_where_the_bot_cannot_look(room: Room, status: str) -> None:
    Door(room.desk, bot=status)
    await room.open(GATE, AFTER)
    told = [call.text for call in room.desk.calls if call.chat == ADMIN]
    assert [text for text in told if "administrator" in text and "until then" in text.lower()]


async def test_a_refusal_of_telegram_keeps_nobody_in_the_dark(room: Room, db: Database) -> None:
    room.desk.refusing[CHANNEL] = "Bad Request: member list is inaccessible"
    await room.open(GATE, AFTER)
    assert "Join our channel" in _texts(room)
    await room.desk.press("✅ I am in", who=ANNA)
    assert "cannot look into the channel" in _texts(room)[-1]
