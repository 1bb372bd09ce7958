"""Admin commands exist for admins alone."""

from dataclasses import replace

import pytest

from bots.admin.all_commands import list_commands
from core.text.catalog import say
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.persons import ANNA

COMMANDS = ("/admin", *(f"/{command.name}" for command in list_commands() if command.name != "admin"))


@pytest.mark.parametrize("bot", [SALES_BOT, COURSE_BOT])
async def test_for_everybody_else_a_command_is_any_unknown_word(desk: Desk, bot: int) -> None:
    (unknown,) = await desk.write("/nonsense", ANNA, bot)
    for command in COMMANDS:
        assert [one.text for one in await desk.write(command, ANNA, bot)] == [unknown.text]


@pytest.mark.parametrize("bot", [SALES_BOT, COURSE_BOT])
async def test_an_admin_is_answered_in_either_bot(desk: Desk, bot: int) -> None:
    (unknown,) = await desk.write("/nonsense", ADMIN, bot)
    for command in COMMANDS:
        answer, *_ = await desk.write(command, ADMIN, bot)
        assert answer.text != unknown.text


async def test_the_help_lists_every_command(desk: Desk) -> None:
    (answer,) = await desk.write("/admin")
    assert all(command in answer.text for command in COMMANDS[1:])


async def test_in_a_group_an_admin_is_nobody(desk: Desk) -> None:
    group = {"id": -100500, "type": "supergroup", "title": "G"}
    assert await desk.write("/stats", chat=group) == []


async def test_somebody_elses_button_of_an_admin_does_nothing(desk: Desk) -> None:
    (card,) = await desk.write("/stats")
    forged = {"id": "q", "chat_instance": "c", "data": card.buttons["Today"]}
    message = {**desk.message(ANNA, text="-"), "message_id": card.message_id}
    query = {**forged, "from": message["from"], "message": message}
    assert await desk.send(SALES_BOT, {"callback_query": query}) == []
    assert len(desk.alerts) == 1


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_a_button_of_ones_own_says_that_the_right_is_gone_and_a_forged_one_that_it_has_expired(
    desk: Desk, language: str
) -> None:
    (card,) = await desk.write("/stats")
    message = {**desk.message(ADMIN, text="-"), "message_id": card.message_id}
    message["from"]["language_code"] = language
    desk.db.env = replace(desk.db.env, admin_ids=(ANNA,))
    for data in (card.buttons["Today"], f"{card.buttons['Today'][:-1]}~"):
        query = {"id": "q", "chat_instance": "c", "data": data, "from": message["from"], "message": message}
        assert await desk.send(SALES_BOT, {"callback_query": query}) == []
    assert desk.alerts == [say(key, language) for key in ("error-forbidden", "error-button-expired")]
