"""Whatever people, courses and tariffs are called, every screen of the desk can be sent, and shows the name as it is."""

import pytest

from bots.admin.all_commands import list_commands
from core.db.session import Database
from sandbox.text.formatted import read_formatted
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.content.messages import bot_values, button_sets
from services.people.contacts import find_by_telegram_id
from services.tenancy import groups
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.flows import make_course, make_scenario
from tests.factories.persons import ANNA
from tests.factories.sales import add_access, add_community, add_order, add_tariff
from tests.fakes.clock import StillClock
from tests.services.learning.room import Room, assignment, lesson

NAME = "Tom & <Jerry> &lt;3"
HTML = "Tom &amp; &lt;Jerry&gt; &amp;lt;3"
GROUP = -1001
TWICE = ("&amp;", "&gt;", "&lt;J")  # what is seen of a name that was escaped once too often
ENDLESS = frozenset({"panel"})  # its buttons lead out of Telegram
LEAST = 30  # texts with the name


@pytest.fixture
async def school(db: Database, clock: StillClock) -> Room:
    """All that people read the name of is called so; work and a question wait."""
    desk = Desk(db, names={ANNA: NAME, ADMIN: NAME})
    room = Room(db, clock, desk)
    titled = lesson(1, title=NAME) | {
        "messages": [{"text": HTML, "buttons": [[{"text": NAME, "url": "https://a.bc"}]]}]
    }
    await room.open(titled, assignment(text=HTML, stop=True), lesson(2, title=NAME))
    async with db.unit(1) as uow:
        course = await publish_flow(uow, make_course("hostile", name=NAME))
        await deploy_flow(uow, course.flow_id, COURSE_BOT)
        scenario = await publish_flow(uow, make_scenario("seller", name=NAME))
        await deploy_flow(uow, scenario.flow_id, SALES_BOT)
        words = {"name": {"*": NAME}, "description": {"*": NAME}, "rights": [NAME, "questions"]}
        tariff = await add_tariff(uow, course.flow_id, "hostile", position=7, **words)
        await add_community(uow, tariff, GROUP)
        group = groups.Group(chat_id=GROUP, type="supergroup", title=NAME)
        await groups.note_seat(uow, SALES_BOT, group, "administrator", {"can_invite_users": True}, "en")
        await button_sets.put_button_sets(uow, {NAME: [[{"text": NAME, "url": "https://a.bc"}]]})
        await bot_values.set_value(uow, SALES_BOT, "slogan", NAME)
        await bot_values.set_value(uow, COURSE_BOT, "slogan", NAME)
        contact = await find_by_telegram_id(uow, ANNA)
        assert contact
        await add_access(uow, contact.id, tariff)
        await add_order(uow, contact, tariff)
    await room.say(f"/ask {NAME}")
    await room.say(NAME)
    return room


def _check(calls: list[Call]) -> None:
    """Sent as it is read: the fake Telegram has parsed it, and no sign of markup is left to see."""
    for call in calls:
        for field in ("text", "caption"):
            shown = read_formatted(str(call.fields.get(field) or ""), call.fields.get("parse_mode", ""), None)
            assert not any(sign in shown.text for sign in TWICE), (call.method, shown.text)
        assert not any(sign in label for label in call.buttons for sign in TWICE), call.buttons


async def _walk(room: Room, typed: str, bot: int) -> set[str]:
    """Write a command and press each button of what it shows; gives what was read."""
    desk, read = room.desk, set[str]()
    shown = await desk.write(typed, ADMIN, bot)
    _check(shown)
    for call in [one for one in shown if one.chat == ADMIN]:
        read |= {call.text, *call.buttons}
        for label, data in call.buttons.items():
            if data:
                pressed = await desk.press(label, ADMIN, call)
                _check(pressed)
                read |= {text for one in pressed for text in (one.text, *one.buttons)}
    return read


@pytest.mark.parametrize("bot", [SALES_BOT, COURSE_BOT])
async def test_each_command_shows_names_as_they_are(school: Room, bot: int) -> None:
    read = set[str]()
    for command in list_commands():
        if command.name not in ENDLESS:
            is_about = "@" in command.typed or "Anna" in command.typed
            read |= await _walk(school, f"/{command.name} {ANNA}" if is_about else f"/{command.name}", bot)
    assert len([text for text in read if HTML in text or NAME in text]) > LEAST  # else it walks past them
