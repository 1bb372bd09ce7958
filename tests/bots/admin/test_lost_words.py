"""A message of which nothing is left: who waits for it is told so, and the admins why."""

import pytest

from core.db.models.delivery import outbox
from core.lifecycle import OutboxState
from core.text.catalog import say
from services.delivery import speech
from services.delivery.speech import Address
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.rows import read_rows

STUDENT = 5001
NOTHING = {"*": "{{bot.nothing}}"}


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_who_waits_is_told_and_the_admins_hear_why_once(desk: Desk, language: str) -> None:
    for who in (ADMIN, STUDENT):
        message = desk.message(who, text="/help")
        message["from"]["language_code"] = language
        await desk.send(COURSE_BOT, {"message": message})
    known = len(desk.calls)
    async with desk.db.unit(1) as uow:
        for number in range(2):
            speech.say(uow, Address(COURSE_BOT, STUDENT), speech.content(NOTHING), f"lesson:{number}")
            speech.say(
                uow, Address(COURSE_BOT, STUDENT), speech.content({"*": f"next {number}"}), f"n:{number}"
            )
    for _ in range(3):
        await desk.deliver()
    told = [one.text for one in desk.calls[known:] if one.chat == STUDENT]
    assert sorted(told) == sorted(["next 0", "next 1", *[say("message-lost", language, {})] * 2])
    held = [row.id for row in await read_rows(desk.db, outbox) if row.state == OutboxState.HOLD]
    assert len(held) == 2
    [why] = [one.text for one in desk.calls[known:] if one.chat == ADMIN]
    assert "TEMPLATE_RENDER_FAILED" in why
    assert f"tandem replay call {held[0]}" in why
