"""Hand-offs: who is rung, what reaches whom, what is held meanwhile, and what an outreach reports of it."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from app.boot.database import CONTENT
from core.db.models.delivery import carried, jobs, messages
from core.db.models.learning import runs
from core.db.models.messaging import handoffs, notes, outreach_people
from core.db.models.tenancy import audit_log
from core.db.session import Database
from core.environment import Environment
from core.flow.definition import Flow
from core.lifecycle import BotKind, HandoffStatus
from core.text.catalog import say
from services.content.deployments import change_settings, deploy_flow, get_deployment
from services.content.files.profiles import read_profiles
from services.content.files.sample import read_content
from services.content.flows import publish_flow
from services.delivery.speech import Address
from services.learning.runs.runs import NewRun, start_run
from services.people.consents import VERSION
from services.people.contacts import get_contact
from services.workflows.outreach import OutreachRequest, lead_outreach
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.flows import make_course, make_scenario
from tests.factories.persons import ANNA, add_chat, add_consent, add_contact
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock
from tests.services.learning.room import PIECES, Room, lesson, texts

OLGA, OSCAR, BORIS = 2001, 2002, 1777
ASK, YES = "A new group of “Clear words” begins soon", "Yes"
ONHOLD, NOBODY = "I am connecting you with an operator", "All operators are busy"
NOTED, THANKS = "your interest is noted", "Thank you for the talk!"
TAKE, LATER, END, PASS = "Take it", "Not now", "End the talk", "Pass on"


@pytest.fixture
def profile() -> str:
    """What SCENARIO says."""
    return "agrad"


@pytest.fixture
def env(env: Environment, profile: str) -> Environment:
    profiles = read_profiles(CONTENT)
    return replace(env, profiles=profiles, profile=profiles[profile], operator_ids=(OLGA, OSCAR))


@cache
def _sample_outreach() -> Flow:
    """Read once: it is the slowest part of opening a house."""
    return next(one for one in read_content(CONTENT).flows if one.slug == "outreach")


class House:
    """The sample outreach on the sales bot, a course and a funnel beside it; operators have started both bots."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.people: dict[int, int] = {}

    async def open(self, operators: tuple[int, ...] = (OLGA, OSCAR)) -> None:
        async with self.room.db.unit(1) as uow:
            await add_bot(uow, SALES_BOT, BotKind.SALES)
            await add_bot(uow, COURSE_BOT, BotKind.COURSE)
            for who in (ANNA, BORIS, *operators):
                person = await add_contact(
                    uow, who, language="en", first_name=f"P{who}", last_name="", username=None
                )
                self.people[who] = person.id
                await add_consent(uow, person.id, version=VERSION, payload="", given_at=uow.now)
                for bot in (SALES_BOT, COURSE_BOT):
                    await add_chat(uow, bot, person)
            flow = _sample_outreach()
            version = await publish_flow(uow, flow)
            await deploy_flow(uow, version.flow_id, SALES_BOT)
            self.outreach = version.flow_id

    async def lead(self, *people: int) -> list[Call]:
        """Turn to these people; gives what was sent."""
        request = OutreachRequest("outreach", "list", [str(one) for one in people])
        await lead_outreach(self.room.db, 1, request)
        return await self.room.desk.deliver()

    async def begin(self, flow: Any, bot: int, who: int = ANNA) -> None:
        """Somebody is led through another flow."""
        async with self.room.db.unit(1) as uow:
            version = await publish_flow(uow, flow)
            await deploy_flow(uow, version.flow_id, bot)
            person = await get_contact(uow, self.people[who])
            await start_run(uow, NewRun(person, Address(bot, who), version))
        await self.room.desk.deliver()

    async def write(self, who: int, text: str = "", bot: int = SALES_BOT, **more: Any) -> list[Call]:
        return await self.room.desk.write(text, who, bot, **more)

    async def press(self, who: int, button: str) -> list[Call]:
        return await self.room.desk.press(button, who)

    async def pass_time(self, **span: float) -> list[Call]:
        self.room.clock.advance(**span)
        return await self.room.desk.tick()

    async def result(self, who: int = ANNA) -> str | None:
        [row] = await read_rows(self.room.db, outreach_people, given=str(who))
        return row.result  # type: ignore[no-any-return]

    async def talk(self) -> Any:
        return (await read_rows(self.room.db, handoffs))[-1]

    async def connect(self) -> None:
        """Anna has said yes and talks with the first operator."""
        await self.lead(ANNA)
        await self.press(ANNA, YES)
        await self.press(OLGA, TAKE)


@pytest.fixture
def room(db: Database, clock: StillClock) -> Room:
    return Room(db, clock, Desk(db))


@pytest.fixture
async def house(room: Room) -> House:
    made = House(room)
    await made.open()
    return made


@pytest.mark.parametrize("profile", ["salehi"])
async def test_under_salehi_a_yes_is_noted_and_the_talk_is_over(house: House, profile: str) -> None:
    assert house.room.db.env.profile_of(None) == read_profiles(CONTENT)[profile]
    [asked] = await house.lead(ANNA)
    assert ASK in asked.text
    [noted] = await house.press(ANNA, YES)
    assert NOTED in noted.text
    assert await house.result() == "disconnected"
    assert await read_rows(house.room.db, handoffs) == []
    assert [row.status for row in await read_rows(house.room.db, runs)] == ["completed"]


async def test_under_agrad_a_yes_leads_to_an_operator(house: House) -> None:
    await house.lead(ANNA)
    calls = await house.press(ANNA, YES)
    [noted, onhold] = texts(calls, ANNA)
    assert NOTED in noted
    assert ONHOLD in onhold
    [ring] = [one for one in calls if one.chat == OLGA]
    assert (ring.chat, list(ring.buttons)) == (OLGA, [TAKE, LATER])
    assert await house.result() is None
    hers, told = await house.press(OLGA, TAKE)
    assert f"P{ANNA}" in hers.text
    assert f"P{OLGA}" in told.text
    assert await house.result() == "connected_to_operator"
    closed, over, thanks = await house.write(OLGA, "/close")
    assert (closed.chat, over.chat) == (OLGA, ANNA)
    assert thanks.text == THANKS
    assert await house.result() == "connected_to_operator"


async def test_a_no_and_a_silence_have_results_of_their_own(house: House) -> None:
    await house.lead(ANNA, BORIS)
    await house.press(ANNA, "No")
    assert await house.result() == "not_interested"
    for asked_again in (1, 2, 3):  # agrad's max_retries
        calls = await house.pass_time(days=1)
        assert [ASK in one.text for one in calls if one.chat == BORIS] == [True], asked_again
    assert await house.pass_time(days=1) == []
    assert await house.result(BORIS) == "no_answer"


async def test_where_everybody_is_busy_the_answer_is_disconnected(house: House) -> None:
    for operator, person in ((OLGA, BORIS), (OSCAR, OLGA)):
        await house.write(operator, f"/talk {person}")
    await house.lead(ANNA)
    *_, sorry = await house.press(ANNA, YES)
    assert NOBODY in sorry.text
    assert await house.result() == "disconnected"
    assert (await house.talk()).status == HandoffStatus.UNAVAILABLE


async def test_where_there_is_no_operator_the_answer_is_disconnected(room: Room) -> None:
    house = House(room)
    await house.open(operators=())
    await house.lead(ANNA)
    *_, sorry = await house.press(ANNA, YES)
    assert NOBODY in sorry.text
    assert await house.result() == "disconnected"


async def test_who_does_not_answer_loses_the_call_to_the_next(house: House) -> None:
    await house.lead(ANNA)
    await house.press(ANNA, YES)
    gone, ring = await house.pass_time(seconds=60)
    assert (gone.method, gone.chat, gone.buttons) == ("editMessageText", OLGA, {})
    assert ring.chat == OSCAR
    old = next(one for one in house.room.desk.calls if TAKE in one.buttons)
    assert await house.room.desk.press(TAKE, OLGA, old) == []
    assert house.room.desk.alerts[-1] == say("ring-is-over", "en")
    _, sorry = await house.pass_time(seconds=60)
    assert NOBODY in sorry.text
    assert await house.result() == "disconnected"


async def test_who_declines_is_passed_by(house: House) -> None:
    await house.lead(ANNA)
    await house.press(ANNA, YES)
    declined, ring = await house.press(OLGA, LATER)
    assert (declined.chat, ring.chat) == (OLGA, OSCAR)
    assert (await house.press(OSCAR, TAKE))[1].chat == ANNA


async def test_each_result_is_told_to_another_system_as_it_changes(house: House) -> None:
    async with house.room.db.unit(1) as uow:
        place = await get_deployment(uow, flow_id=house.outreach)
        await change_settings(uow, place.id, {"webhook_url": "http://127.0.0.1:9/in"})
    await house.connect()
    await house.write(OLGA, "/close")
    told = [json.loads(row.payload["body"]) for row in await read_rows(house.room.db, jobs)]
    assert [(one["event"], one["telegram_id"], one["result"]) for one in told] == [
        ("outreach.result", ANNA, "connected_to_operator")
    ]
    assert told[0]["outreach"] == (await read_rows(house.room.db, outreach_people))[0].outreach_id


async def test_operators_take_turns(house: House) -> None:
    await house.connect()
    await house.write(OLGA, "/close")
    await house.lead(BORIS)
    assert len(texts(await house.press(BORIS, YES), OSCAR)) == 1


async def test_all_that_is_said_reaches_the_other_one(house: House) -> None:
    await house.connect()
    entities = [{"type": "bold", "offset": 0, "length": 2}]
    [text] = await house.write(ANNA, "Hi there", entities=entities)
    assert (text.chat, text.text, text.fields["entities"]) == (OLGA, "Hi there", entities)
    [answer] = await house.write(OLGA, "Hello!")
    assert (answer.chat, answer.text) == (ANNA, "Hello!")
    for kind, piece in PIECES.items():
        [copied] = await house.write(ANNA, caption="see", **piece)
        assert (copied.method, copied.chat) == ("copyMessage", OLGA), kind
        [back] = await house.write(OLGA, **piece)
        assert (back.method, back.chat) == ("copyMessage", ANNA), kind


async def test_both_sides_stand_in_the_history(house: House) -> None:
    await house.connect()
    await house.write(ANNA, "How much is it?")
    await house.write(OLGA, "Nothing at all")
    await house.write(ANNA, caption="my receipt", **PIECES["photo"])
    said = [
        (row.direction, row.text) for row in await read_rows(house.room.db, messages) if row.chat_id == ANNA
    ]
    assert said[-3:] == [("in", "How much is it?"), ("out", "Nothing at all"), ("in", "my receipt")]


async def test_what_is_changed_is_changed_on_the_other_side(house: House) -> None:
    await house.connect()
    message = house.room.desk.message(ANNA, text="Helo")
    [shown] = await house.room.desk.send(SALES_BOT, {"message": message})
    [edit] = await house.room.desk.send(SALES_BOT, {"edited_message": {**message, "text": "Hello"}})
    assert (edit.method, edit.chat, edit.text) == ("editMessageText", OLGA, "Hello")
    assert edit.fields["message_id"] == shown.message_id
    photo = house.room.desk.message(OLGA, caption="before", **PIECES["photo"])
    [copied] = await house.room.desk.send(SALES_BOT, {"message": photo})
    [edit] = await house.room.desk.send(SALES_BOT, {"edited_message": {**photo, "caption": "after"}})
    assert (edit.method, edit.chat) == ("editMessageMedia", ANNA)
    assert edit.fields["media"] == {"type": "photo", "media": "f", "caption": "after", "caption_entities": []}
    assert edit.fields["message_id"] == copied.message_id


async def test_an_album_reaches_the_other_one_as_an_album(house: House) -> None:
    await house.connect()
    for number in range(3):
        said = await house.write(ANNA, caption=f"{number}", media_group_id="a", **PIECES["photo"])
        assert said == [], "it waits a moment for the other pieces"
    house.room.clock.advance(seconds=1)
    [album] = await house.room.desk.deliver()
    assert (album.chat, album.method) == (OLGA, "sendMediaGroup")
    assert [(one["media"], one["caption"]) for one in album.fields["media"]] == [
        ("f", f"{n}") for n in range(3)
    ]
    assert [row.to_message_id for row in await read_rows(house.room.db, carried)] == list(
        range(album.message_id, album.message_id + 3)
    )


async def test_a_change_that_overtakes_its_message_is_made_when_that_is_shown(house: House) -> None:
    await house.connect()
    desk, message = house.room.desk, house.room.desk.message(ANNA, text="Helo")
    await desk.receive(SALES_BOT, {"message": message})
    await desk.receive(SALES_BOT, {"edited_message": {**message, "text": "Hello"}})
    shown, edit = await desk.work_off()
    assert (shown.text, edit.method, edit.text) == ("Helo", "editMessageText", "Hello")


async def test_what_telegram_does_not_take_is_told_to_who_said_it(house: House) -> None:
    await house.connect()
    house.room.desk.blocked.add(OLGA)
    calls = await house.write(ANNA, "Are you there?")
    assert say("talk-undelivered", "en") in texts(calls, ANNA)


async def test_what_she_writes_while_nobody_has_answered_is_kept_for_who_does(house: House) -> None:
    await house.lead(ANNA)
    await house.press(ANNA, YES)
    assert await house.write(ANNA, "It is about the price") == []
    assert await house.write(ANNA, **PIECES["photo"]) == []
    *_, first, second = await house.press(OLGA, TAKE)
    assert (first.chat, first.text) == (OLGA, "It is about the price")
    assert (second.chat, second.method) == (OLGA, "copyMessage")
    assert all(row.to_message_id for row in await read_rows(house.room.db, carried))


async def test_what_is_said_in_the_very_batch_of_the_take_arrives(house: House) -> None:
    """Who is in a talk is loaded for a whole batch; a talk that begins within it counts at once."""
    await house.write(OLGA, f"/talk {BORIS}")
    desk = house.room.desk
    for text in ("/close", f"/talk {ANNA}", "Hello Anna"):
        await desk.receive(SALES_BOT, {"message": desk.message(OLGA, text=text)})
    await desk.receive(SALES_BOT, {"message": desk.message(ANNA, text="Hello Olga")})
    calls = await desk.work_off()
    assert "Hello Anna" in texts(calls, ANNA)
    assert "Hello Anna" not in texts(calls, BORIS)
    deeds = await read_rows(house.room.db, audit_log)  # who turned to whom, and nothing of what was said
    assert [(row.actor_id, row.said) for row in deeds] == [(OLGA, "/talk"), (OLGA, "/close"), (OLGA, "/talk")]
    assert len({row.contact_id for row in deeds}) == 2


async def test_lessons_and_funnel_wait_while_a_human_talks_and_go_on_by_themselves(house: House) -> None:
    steps = [lesson(1), lesson(2), {"key": "end", "type": "end"}]
    await house.begin(make_course(steps=steps), COURSE_BOT)
    waits = [
        {"key": "m1", "type": "message", "text": "First"},
        {"key": "d1", "type": "delay", "wait": "1h"},
        {"key": "m2", "type": "message", "text": "Second"},
    ]
    await house.begin(make_scenario(steps=waits), SALES_BOT)
    await house.connect()
    for _ in range(13):  # a talk of a day in which somebody speaks every two hours
        await house.write(ANNA, "And one more thing")
        await house.write(OLGA, "Yes?")
        assert await house.pass_time(hours=1, minutes=59) == []
    held = {row.status for row in await read_rows(house.room.db, runs)}
    assert held == {"held"}
    calls = await house.write(OLGA, "/close")
    said = texts(calls, ANNA)
    assert {"Lesson 2", "Second", THANKS} <= set(said)
    assert len(said) == len(set(said))
    assert {row.status for row in await read_rows(house.room.db, runs)} == {"completed"}


async def test_a_talk_the_operator_began_holds_them_too(house: House) -> None:
    waits = [{"key": "d1", "type": "delay", "wait": "1h"}, {"key": "m", "type": "message", "text": "Later"}]
    await house.begin(make_scenario(steps=waits), SALES_BOT)
    hers, told = await house.write(OLGA, f"/talk {ANNA}")
    assert (hers.chat, told.chat) == (OLGA, ANNA)
    await house.write(OLGA, "Hello")
    assert await house.pass_time(hours=1) == []
    assert "Later" in texts(await house.press(ANNA, END), ANNA)


async def test_a_pause_that_ends_in_a_talk_does_not_let_the_course_go_on(house: House) -> None:
    steps = [lesson(1), lesson(2), lesson(3)]
    await house.begin(make_course(steps=steps), COURSE_BOT)
    await house.write(ANNA, "/pause", COURSE_BOT)
    await house.press(ANNA, "3 days")
    await house.pass_time(days=2, hours=23)
    await house.write(OLGA, f"/talk {ANNA}")
    await house.write(OLGA, "Hello")
    await house.pass_time(hours=1)
    assert {row.status for row in await read_rows(house.room.db, runs)} == {"held"}
    for _ in range(14):
        await house.write(OLGA, "Still here")
        assert "Lesson 2" not in texts(await house.pass_time(hours=1, minutes=50), ANNA)
    assert "Lesson 2" in texts(await house.write(OLGA, "/close"), ANNA)


async def test_a_button_of_a_flow_says_why_it_waits(house: House) -> None:
    ask = {"key": "m", "type": "message", "text": "Go?", "button": "Go"}
    await house.begin(make_scenario(steps=[ask]), SALES_BOT)
    await house.write(OLGA, f"/talk {ANNA}")
    await house.press(ANNA, "Go")
    assert house.room.desk.alerts[-1] == say("talk-goes-on", "en")


async def test_a_talk_is_passed_on_with_what_was_said_and_noted(house: House) -> None:
    await house.connect()
    await house.write(ANNA, "I want to pay later")
    assert [one.text for one in await house.write(OLGA, "/note")] == [say("note-usage", "en")]
    await house.write(OLGA, "/note has paid <once> before")
    told, mine, ring = await house.write(OLGA, "/pass")
    assert (told.chat, mine.chat, ring.chat) == (ANNA, OLGA, OSCAR)
    assert "has paid &lt;once&gt; before" in ring.text
    assert "I want to pay later" in ring.text
    assert await house.write(ANNA, "Still there?") == []
    *_, waited = await house.press(OSCAR, TAKE)
    assert (waited.chat, waited.text) == (OSCAR, "Still there?")
    assert (await house.write(OSCAR, "I am"))[0].chat == ANNA
    assert [one.chat for one in await house.write(OLGA, "hello?")] == [OLGA]  # they are out of it
    assert len(await read_rows(house.room.db, notes)) == 1
    assert await house.result() == "connected_to_operator"


async def test_where_nobody_else_is_free_the_talk_stays(house: House) -> None:
    await house.connect()
    await house.write(OSCAR, f"/talk {BORIS}")
    assert [one.text for one in await house.write(OLGA, "/pass")] == [say("talk-nobody-else", "en")]
    assert (await house.write(ANNA, "Hi"))[0].chat == OLGA


async def test_an_operator_who_stops_answering_loses_the_talk(house: House) -> None:
    await house.connect()
    await house.write(OLGA, "One moment")
    await house.write(ANNA, "I am waiting")
    calls = await house.pass_time(minutes=15)
    assert [one.chat for one in calls] == [ANNA, OLGA, OSCAR]
    lost = await house.pass_time(seconds=60)
    assert say("talk-lost", "en") in texts(lost, ANNA)
    assert THANKS in texts(lost, ANNA)
    assert await house.result() == "connected_to_operator"


async def test_a_talk_nobody_speaks_in_is_over(house: House) -> None:
    await house.connect()
    await house.write(OLGA, "Anything else?")
    assert await house.pass_time(minutes=119) == []
    assert THANKS in texts(await house.pass_time(minutes=1), ANNA)


async def test_who_blocks_the_bot_ends_her_talk(house: House) -> None:
    await house.connect()
    member = {"user": {"id": 1, "is_bot": True, "first_name": "B"}, "until_date": 0}
    message = house.room.desk.message(ANNA)
    change = {
        "chat": message["chat"],
        "from": message["from"],
        "date": 1,
        "old_chat_member": {**member, "status": "member"},
        "new_chat_member": {**member, "status": "kicked"},
    }
    calls = await house.room.desk.send(SALES_BOT, {"my_chat_member": change})
    assert calls[0].chat == OLGA
    assert (await house.talk()).status == HandoffStatus.CLOSED


async def test_a_reviewer_who_talks_still_answers_work_by_reply(house: House) -> None:
    """A reply to a card is about the card, everything else goes into the talk."""
    await house.write(OLGA, f"/talk {ANNA}")
    [said] = await house.write(OLGA, "Hello")
    assert said.chat == ANNA


async def test_wrong_commands_are_answered(house: House) -> None:
    for who, text, answer in (
        (BORIS, f"/talk {ANNA}", "talk-not-yours"),
        (OLGA, "/talk", "talk-usage"),
        (OLGA, "/close", "talk-none"),
        (OLGA, "/pass", "talk-none"),
        (OLGA, "/note x", "talk-none"),
    ):
        assert [one.text for one in await house.write(who, text)] == [say(answer, "en")], text


async def test_one_talk_per_person_and_operator(house: House) -> None:
    await house.write(OLGA, f"/talk {ANNA}")
    assert [one.text for one in await house.write(OLGA, f"/talk {BORIS}")] == [say("talk-busy", "en")]
    assert [one.text for one in await house.write(OSCAR, f"/talk {ANNA}")] == [say("talk-taken", "en")]
    unknown = await house.write(OSCAR, "/talk 4040")
    assert [one.text for one in unknown] == [say("admin-unknown", "en", {"name": "4040"})]


async def test_an_admin_may_talk_too(house: House) -> None:
    await house.write(ADMIN, "/start")
    assert (await house.write(ADMIN, f"/talk {ANNA}"))[-1].chat == ANNA
