"""`/help`, and a command that nobody knows: all that people can do in a bot, in their language; who works there reads theirs."""

import pytest

from bots.runtime.menus import COMMANDS
from core.lifecycle import BotKind
from core.text.catalog import say
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.persons import ANNA

BOTS = {BotKind.SALES: SALES_BOT, BotKind.COURSE: COURSE_BOT}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("typed", ["/help", "/nonsense"])
@pytest.mark.parametrize("kind", list(BotKind))
async def test_it_names_every_command_of_the_menu(
    desk: Desk, kind: BotKind, typed: str, language: str
) -> None:
    if kind is BotKind.SALES:
        await desk.write("/start", ANNA, SALES_BOT)
        await desk.press("I agree", ANNA)
    message = desk.message(ANNA, text=typed)
    message["from"]["language_code"] = language
    (answer,) = await desk.send(BOTS[kind], {"message": message})
    said = answer.text.splitlines()
    assert said == [
        say("people-help", language),
        *(f"/{name} – {say(f'menu-{name}', language)}" for name in COMMANDS[kind]),
    ]


@pytest.mark.parametrize("kind", list(BotKind))
async def test_an_owner_is_shown_what_owners_can_do(desk: Desk, kind: BotKind) -> None:
    (shown,) = await desk.write("/help", ADMIN, BOTS[kind])
    assert shown.text.startswith(say("admin-help", "en"))
    assert "/edit_course" in shown.text
    assert shown.text.splitlines()[-1].endswith(" ".join(f"/{name}" for name in COMMANDS[kind]))
    (answer,) = await desk.write("/nonsense", ADMIN, BOTS[kind])
    assert answer.text.startswith(say("people-help-member", "en").strip())
