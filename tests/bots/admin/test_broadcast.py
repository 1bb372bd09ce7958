"""A broadcast from the admin's chat: drafted, tried out, started, steered, told how it ended."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from core.db.models.commerce import tariffs
from core.db.models.messaging import broadcasts
from core.db.models.people import chats, contacts
from core.db.session import Database
from core.lifecycle import BroadcastStatus, ChatState, Mailing
from core.text.catalog import say
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts.broadcasts import finish_broadcasts, get_tally
from services.messaging.broadcasts.drafting.drafts import keep_draft, start_draft
from services.people import tags
from services.people.consents import VERSION, has_consented
from services.people.contacts import get_by_telegram_id
from services.people.segments import save_segment
from tests.bots.admin.conftest import SECOND
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.flows import make_scenario
from tests.factories.persons import ANNA, add_chat, add_consent, add_contact, add_tag
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock

PEOPLE = 12
HELLO = "<b>Hello</b> all"
BOLD = [{"type": "bold", "offset": 0, "length": 5}]


@pytest.fixture
async def people(db: Database, desk: Desk) -> list[int]:
    """Everybody who has the sales bot open: the shop's buyer, twelve more and the admin."""
    async with db.unit(1) as uow:
        for number in range(PEOPLE):
            contact = await add_contact(uow, 600 + number)
            await add_chat(uow, SALES_BOT, contact)
        stranger = await add_contact(uow, 900)
        await add_chat(uow, SALES_BOT, stranger, state=ChatState.BLOCKED)
    return [ADMIN, ANNA, *range(600, 600 + PEOPLE)]


async def draft(desk: Desk, **more: Any) -> Call:
    """The card of a text that waits to be started."""
    await desk.write("/broadcast")
    return (await desk.write("Hello all", entities=BOLD, **more))[0]


async def start(desk: Desk, holder: Call | None = None) -> list[Call]:
    """Press Send and confirm the number."""
    shown = await desk.press("📨 Send", holder=holder)
    sure = [one for one in shown if any(label.startswith("Yes") for label in one.buttons)]
    if not sure:
        return shown
    return await desk.press(next(iter(sure[0].buttons)), holder=sure[0])


def heard(calls: list[Call]) -> list[int]:
    return sorted(one.chat for one in calls if one.text in {HELLO, "Hello all"})


async def test_a_text_goes_to_everybody_who_has_this_bot_open(desk: Desk, people: list[int]) -> None:
    card = await draft(desk)
    assert f"{len(people)}" in card.text
    assert heard(await start(desk)) == sorted(people)
    sent = next(one for one in desk.calls if one.text == HELLO)
    assert sent.fields["parse_mode"] == "HTML"
    assert list(sent.buttons) == [say("mailing-stop", "ru")]


async def test_a_text_goes_out_as_it_was_confirmed_whatever_becomes_of_its_source(
    desk: Desk, people: list[int]
) -> None:
    await desk.write("/broadcast")
    source = desk.message(ADMIN, text="Hello all", entities=BOLD)
    card = (await desk.send(SALES_BOT, {"message": source}))[0]
    changed = {**source, "text": "Goodbye", "edit_date": 2}
    assert await desk.send(SALES_BOT, {"edited_message": changed}) == []
    assert heard(await start(desk, card)) == sorted(people)


async def test_the_test_goes_to_the_admin_alone(desk: Desk, people: list[int]) -> None:
    await draft(desk)
    assert heard(await desk.press("Test to myself")) == [ADMIN]


async def test_a_draft_gets_buttons_and_a_text_in_another_language(desk: Desk, people: list[int]) -> None:
    await draft(desk)
    await desk.press("🔘 Buttons")
    (refused,) = await desk.write("More - start nothing")
    assert "no scenario “nothing” is on this bot" in refused.text
    (card,) = await desk.write("Site - https://a.example")
    assert "📨 Send" in card.buttons
    (choice,) = await desk.press("🌐 Another language")
    (asked,) = await desk.press("Text in Russian", holder=choice)
    assert asked.text == say("broadcast-ask-ru", "en")
    await desk.write("Всем привет")
    tried = [one for one in await desk.press("Test to myself") if "Site" in one.buttons]
    assert sorted(one.text for one in tried) == [HELLO, "Всем привет"]
    await desk.write("Another")  # not taken for a part of it any more
    got = {one.chat: one.text for one in await start(desk) if "Site" in one.buttons}
    assert set(got.values()) == {HELLO, "Всем привет"}
    assert got[ADMIN] == HELLO


async def test_the_price_is_shown_before_stars_are_paid(desk: Desk, people: list[int]) -> None:
    desk.db.env = replace(desk.db.env, paid_per_second=300)
    await draft(desk)
    (asked,) = await desk.press("📨 Send")
    faster = "🚀 Yes, faster: up to 2 ⭐"
    assert faster in asked.buttons
    async with desk.db.unit(1) as uow:
        for number in range(10):
            await add_chat(uow, SALES_BOT, await add_contact(uow, 700 + number))
    (again,) = await desk.press(faster, holder=asked)
    assert again.text.startswith(say("broadcast-dearer", "en"))
    faster = "🚀 Yes, faster: up to 3 ⭐"
    sent = [one for one in await desk.press(faster, holder=again) if one.text == HELLO]
    assert {one.fields["allow_paid_broadcast"] for one in sent} == {True}
    assert heard(sent) == sorted([*people, *range(700, 710)])


async def test_media_is_copied(desk: Desk, people: list[int]) -> None:
    await desk.write("/broadcast")
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    await desk.write(photo=photo, caption="Look")
    copies = [one for one in await start(desk) if one.method == "copyMessage"]
    assert sorted(one.chat for one in copies) == sorted(people)
    assert {one.fields["from_chat_id"] for one in copies} == {ADMIN}


async def test_what_was_deleted_stops_after_the_first_few_and_the_admin_hears_why(
    desk: Desk, db: Database, people: list[int]
) -> None:
    await desk.write("/broadcast")
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    source = desk.message(ADMIN, photo=photo, caption="Look")
    await desk.send(SALES_BOT, {"message": source})
    desk.deleted.add(source["message_id"])
    (row,) = await read_rows(db, broadcasts)
    async with db.unit(1) as uow:
        await start_draft(uow, row.id)
    (told,) = await desk.deliver(at_most=1)
    assert told.chat == ADMIN
    assert told.text.endswith(f"\n{say('broadcast-source-lost', 'en')}")
    assert told.text.startswith("1. "), "of several broadcasts it says which one"
    tally = await get_tally(db, 1, row.id)
    assert (tally.status, tally.failed, tally.sent) == (BroadcastStatus.PAUSED, 3, 0)
    assert tally.waiting == len(people) - 3
    (card,) = await desk.write("/send_broadcast 1")
    assert list(card.buttons) == ["⏹ Stop"], "nobody can get it any more, and nobody has it"
    await desk.press("⏹ Stop")
    await finish_broadcasts(db)
    (card, *_) = [one for one in await desk.write("/send_broadcast 1") if one.text.startswith("1. ")]
    assert not card.buttons


async def test_the_command_as_a_reply_takes_that_message(desk: Desk, people: list[int]) -> None:
    source = desk.message(ADMIN, text="Hello all")
    (card,) = await desk.write("/broadcast", reply_to_message=source)
    assert "📨 Send" in card.buttons


async def test_an_album_is_gathered_and_sent_together(desk: Desk, people: list[int]) -> None:
    await desk.write("/create_broadcast")
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    first = await desk.write(photo=photo, media_group_id="g")
    second = await desk.write(photo=photo, media_group_id="g")
    assert (len(first), len(second)) == (1, 0)
    assert "📨 Send" not in (await desk.write("Something else"))[0].buttons
    copies = [one for one in await start(desk) if one.method == "copyMessages"]
    assert sorted(one.chat for one in copies) == sorted(people)
    assert {len(one.fields["message_ids"]) for one in copies} == {2}


async def test_a_long_text_comes_in_parts_with_the_button_below_the_last(
    desk: Desk, people: list[int]
) -> None:
    text = "\n\n".join(f"Paragraph {number} " + "word " * 60 for number in range(30))
    async with desk.db.unit(1) as uow:
        await keep_draft(uow, SALES_BOT, Plan(name="Long", text={"*": text}))
    await desk.write("/send_broadcast 1")
    got = [one for one in await start(desk) if one.chat == 600]
    assert len(got) > 2
    assert " ".join(" ".join(one.text for one in got).split()) == " ".join(text.split())
    assert [bool(one.buttons) for one in got] == [False] * (len(got) - 1) + [True]
    tally = await get_tally(desk.db, 1, 1)
    assert (tally.sent, tally.total) == (len(people), len(people))


async def test_an_unknown_variable_is_refused_at_once(desk: Desk, people: list[int]) -> None:
    await desk.write("/create_broadcast")
    (refused,) = await desk.write("Hello {{user.shoe}}")
    assert "{{user.shoe}}" in refused.text
    await desk.write("Hello {{user.first_name}}")
    assert "Hello P1001" in {one.text for one in await start(desk) if one.chat == ADMIN}


async def test_the_audience_is_ticked_counted_and_confirmed(
    desk: Desk, people: list[int], db: Database
) -> None:
    async with db.unit(1) as uow:
        await add_tag(uow, (await get_by_telegram_id(uow, 600)).id, name="warm")
        await save_segment(uow, "Warm ones", {"tag": "warm"}, live=True)
        await uow.conn.execute(update(tariffs).values(name={"*": "Basic"}))
    card = await draft(desk)
    (shown,) = await desk.press("Whom it is for", holder=card)
    segment = next(label for label in shown.buttons if "Warm ones" in label)
    (ticked,) = await desk.press(segment, holder=shown)
    assert "☐ Tagged: warm" in shown.buttons
    bought = [label for label in shown.buttons if "Bought" in label]
    assert bought == ["☐ Bought: Basic (basic)", "☐ Bought: Basic (club)"], "as people call them"
    assert "Will get it: 1" in ticked.text
    assert segment.replace("☐", "☑") in ticked.buttons
    (sure,) = await desk.press("📨 Send", holder=(await desk.press("← Back", holder=ticked))[0])
    assert list(sure.buttons) == ["Yes, send to 1", "← Back"]
    assert heard(await desk.press("Yes, send to 1", holder=sure)) == [600]


async def test_drafts_are_found_again_and_sent(desk: Desk, people: list[int], db: Database) -> None:
    async with db.unit(1) as uow:
        plan = Plan(name="Kept", text={"en": "Hello all", "ru": "Всем привет"}, audience=[{"language": "en"}])
        await keep_draft(uow, SALES_BOT, plan)
    (listed,) = await desk.write("/broadcasts")
    (card,) = await desk.press("✏️ 1. Kept", holder=listed)
    assert (await desk.write("/send_broadcast 1"))[0].text == card.text
    tried = [one.text for one in await desk.press("Test to myself", holder=card)]
    assert tried == ["Hello all", "Всем привет"]
    assert heard(await start(desk, card)) == [ADMIN]
    assert (await desk.write("/send_broadcast nothing"))[0].buttons


async def test_the_authors_buttons_begin_a_scenario_and_put_on_a_tag(desk: Desk, people: list[int]) -> None:
    hello = {"key": "hello", "type": "message", "text": "Spring is here", "button": "Go on"}
    rows = [
        [{"text": "Begin", "start": "spring"}, {"text": "Later", "tag": "later"}],
        [
            {"text": "Site", "url": "https://a.example/{{bot.bot_name}}"},
            {"text": "Share", "share": "Look & see"},
        ],
    ]
    async with desk.db.unit(1) as uow:
        version = await publish_flow(uow, make_scenario("spring", steps=[hello]))
        await deploy_flow(uow, version.flow_id, SALES_BOT)
        plan = Plan.model_validate({"name": "Spring", "text": "Hello all", "buttons": rows})
        await keep_draft(uow, SALES_BOT, plan)
        anna = await get_by_telegram_id(uow, ANNA)
        await add_consent(uow, anna.id, version=VERSION, given_at=uow.now)
    await desk.write("/send_broadcast 1")
    [got] = [one for one in await start(desk) if one.chat == ANNA]
    shown = [one for row in got.fields["reply_markup"]["inline_keyboard"] for one in row]
    shared = next(one["url"] for one in shown if one["text"] == "Share")
    assert shared.startswith("https://t.me/share/url?url=https://t.me/")
    assert shared.endswith("&text=Look%20%26%20see")
    await desk.press("Later", ANNA, got)
    async with desk.db.reading() as conn:
        assert await tags.load_of_many(conn, 1, [anna.id]) == {anna.id: {"later"}}
    assert [one.text for one in await desk.press("Begin", ANNA, got)] == ["Spring is here"]
    [unasked] = [one for one in desk.calls if one.chat == 600 and "Begin" in one.buttons]
    assert say("consent-give", "en") in (await desk.press("Begin", 600, unasked))[0].buttons


async def test_another_message_takes_the_place_of_the_first_for_the_same_people(
    desk: Desk, people: list[int]
) -> None:
    card = await draft(desk)
    await desk.press("Whom it is for", holder=card)
    await desk.press("☐ read English")
    await desk.press("← Back")
    (asked,) = await desk.press("Another message")
    assert asked.text == say("broadcast-ask", "en")
    (refused,) = await desk.write("{{user.shoe}}")
    assert "text:" not in refused.text
    assert "{{user.shoe}}" in refused.text
    (shown,) = await desk.write("Good evening")
    assert "Will get it: 1" in shown.text  # the admin alone is spoken to in English
    assert await desk.write("More words") != []
    got = await start(desk, shown)
    assert [(one.chat, one.text) for one in got if one.text in {"Good evening", "More words"}] == [
        (ADMIN, "Good evening")
    ]


async def test_what_nobody_would_get_is_not_sent(desk: Desk, people: list[int]) -> None:
    await draft(desk)
    await desk.press("Whom it is for")
    for choice in ("☐ have bought something", "☐ read Russian"):
        await desk.press(choice)
    await desk.press("← Back")
    (asked,) = await desk.press("📨 Send")
    assert "Nobody would get it" in asked.text
    assert list(asked.buttons) == ["Whom it is for", "← Back"]


async def test_a_number_of_no_broadcast_of_this_bot(desk: Desk, people: list[int]) -> None:
    await draft(desk)
    (shown,) = await desk.write("/send_broadcast 1")
    assert "📨 Send" in shown.buttons
    for number, bot in (("1", COURSE_BOT), ("7", SALES_BOT)):
        (told,) = await desk.write(f"/send_broadcast {number}", bot=bot)
        assert f"no broadcast {number}" in told.text


async def test_what_has_no_words_is_listed_by_its_kind(desk: Desk, people: list[int]) -> None:
    voice = {"file_id": "f", "file_unique_id": "u", "duration": 3}
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    for body in ({"voice": voice}, {"photo": photo, "caption": "Spring"}):
        await desk.write("/create_broadcast")
        await desk.write(**body)
        await start(desk)
    (listed,) = await desk.write("/broadcasts")
    assert list(listed.buttons) == ["📣 2. 🖼 Spring", "📣 1. 🎤"]


async def test_who_says_stop_gets_no_more_and_can_come_back(desk: Desk, people: list[int]) -> None:
    await draft(desk)
    got = [one for one in await start(desk) if one.chat == 600]
    (stopped,) = await desk.press(say("mailing-stop", "ru"), who=600, holder=got[0])
    await draft(desk)
    assert 600 not in heard(await start(desk))
    await desk.press(next(iter(stopped.buttons)), who=600, holder=stopped)
    await draft(desk)
    assert 600 in heard(await start(desk))
    await desk.write("/stop", 601, COURSE_BOT)
    await draft(desk)
    assert 601 not in heard(await start(desk))


async def test_mailings_are_asked_for_apart_from_the_offer(desk: Desk, db: Database) -> None:
    (asked,) = await desk.write("/start", 777)
    unticked, ticked = say("mailing-unticked", "en"), say("mailing-ticked", "en")
    assert list(asked.buttons) == [say("consent-give", "en"), unticked]
    (shown,) = await desk.press(unticked, 777, asked)
    assert ticked in shown.buttons
    async with db.unit(1) as uow:
        assert not await has_consented(uow, (await get_by_telegram_id(uow, 777)).id)
    (row,) = await read_rows(db, contacts, telegram_id=777)
    assert row.mailing == Mailing.AGREED
    await desk.press(ticked, 777, shown)
    (row,) = await read_rows(db, contacts, telegram_id=777)
    assert row.mailing == Mailing.REFUSED


async def test_after_half_an_hour_a_message_is_no_draft(
    desk: Desk, clock: StillClock, people: list[int]
) -> None:
    await desk.write("/broadcast")
    clock.advance(minutes=31)
    assert "📨 Send" not in (await desk.write("Hello all"))[0].buttons


async def test_a_second_press_on_start_sends_nothing_more(desk: Desk, people: list[int]) -> None:
    card = await draft(desk)
    await start(desk)
    assert heard(await start(desk, card)) == []
    assert len(desk.alerts) == 1


async def test_an_older_draft_cannot_be_started(desk: Desk, people: list[int]) -> None:
    old = await draft(desk)
    await draft(desk)
    assert heard(await start(desk, old)) == []
    assert heard(await start(desk)) == sorted(people)


async def test_two_admins_have_a_draft_each_and_see_each_other(desk: Desk, people: list[int]) -> None:
    await desk.write("/broadcast", SECOND)
    await draft(desk)
    await desk.write("Second text", SECOND)
    await start_and_stop_half_way(desk)
    shown = await desk.write("/broadcast", SECOND)
    assert any("Pause" in label for one in shown for label in one.buttons)


async def start_and_stop_half_way(desk: Desk) -> None:
    """Five people get it, then the broadcast is paused."""
    card = [one for one in desk.calls if "📨 Send" in one.buttons and one.chat == ADMIN][-1]
    shown = await desk.press("📨 Send", holder=card)
    deliver, desk.deliver = desk.deliver, _nothing  # type: ignore[method-assign]
    await desk.press(next(iter(shown[-1].buttons)), holder=shown[-1])
    desk.deliver = deliver  # type: ignore[method-assign]
    await desk.deliver(at_most=6)


async def _nothing(at_most: int = 0) -> list[Call]:
    return []


async def test_pause_resume_and_the_end(desk: Desk, clock: StillClock, people: list[int]) -> None:
    await draft(desk)
    await start_and_stop_half_way(desk)
    assert heard(await desk.press("⏸ Pause")) == []
    before = heard(desk.calls)
    assert 0 < len(before) < len(people)
    await desk.press("▶️ Resume")
    assert heard(desk.calls) == sorted(people)
    await finish_broadcasts(desk.db)
    clock.advance(seconds=1)
    ended = await desk.tick()
    edited, result = ended
    assert edited.method == "editMessageText"
    assert list(edited.buttons) == ["✏️ Change the text", "🔘 Buttons", "🗑 Take it back"]
    assert f"Sent: {len(people)}" in result.text
    assert "1. Hello all" in result.text
    assert f"Sent: {len(people)}" in edited.text
    assert await desk.tick() == []
    assert re.findall(r"\b0\b", result.text) == [], "what did not happen is not counted"
    clock.advance(hours=1)
    assert await desk.tick() == [], "it is told once"


async def test_stop_crosses_out_who_waits(desk: Desk, clock: StillClock, people: list[int]) -> None:
    await draft(desk)
    await start_and_stop_half_way(desk)
    await desk.press("⏹ Stop")
    got = heard(desk.calls)
    await finish_broadcasts(desk.db)
    (result,) = [one for one in await desk.tick() if one.method == "sendMessage"]
    assert f"Sent: {len(got)}" in result.text
    assert f"Cancelled: {len(people) - len(got)}" in result.text
    assert heard(desk.calls) == got


async def test_the_card_follows_every_few_seconds_and_only_if_something_changed(
    desk: Desk, clock: StillClock, people: list[int]
) -> None:
    await draft(desk)
    await start_and_stop_half_way(desk)
    await desk.tick()
    for seconds, edits in ((1, 0), (3, 1), (3, 0), (3, 0)):
        clock.advance(seconds=seconds)
        assert [one.method for one in await desk.tick()] == ["editMessageText"] * edits


async def test_who_blocks_meanwhile_is_marked_and_counted_apart(
    desk: Desk, clock: StillClock, people: list[int]
) -> None:
    desk.blocked = {600, 601}
    await draft(desk)
    await start(desk)
    tally = await get_tally(desk.db, 1, 1)
    assert (tally.sent, tally.blocked, tally.failed) == (len(people) - 2, 2, 0)
    states = {row.telegram_id: row.state for row in await read_rows(desk.db, chats, bot_id=SALES_BOT)}
    assert states[600] == ChatState.BLOCKED
    desk.blocked = set()
    await draft(desk)
    assert 600 not in heard(await start(desk))


async def test_a_draft_without_its_message_is_found_again_and_asks_for_it(
    desk: Desk, clock: StillClock, people: list[int]
) -> None:
    (asked,) = await desk.write("/create_broadcast")
    clock.advance(hours=2)
    (listed,) = await desk.write("/broadcasts")
    (again,) = await desk.press("✏️ 1. No message yet", holder=listed)
    assert (again.text, again.buttons.keys()) == (asked.text, asked.buttons.keys())
    (card,) = await desk.write("Hello all", entities=BOLD)
    assert heard(await start(desk, card)) == sorted(people)
    await desk.write("/create_broadcast")
    clock.advance(hours=2)
    (again,) = await desk.write("/send_broadcast 2")
    await desk.press("Cancel", holder=again)
    assert "no broadcast 2" in (await desk.write("/send_broadcast 2"))[0].text
    assert list((await desk.write("/broadcasts"))[0].buttons) == ["📣 1. Hello all"]


async def test_put_away_before_a_message_came(desk: Desk, people: list[int]) -> None:
    await desk.write("/broadcast")
    (card,) = await desk.press("Cancel")
    assert not card.buttons
    assert "📨 Send" not in (await desk.write("Hello all"))[0].buttons


async def test_a_restart_in_the_middle_goes_on(desk: Desk, clock: StillClock, people: list[int]) -> None:
    await draft(desk)
    await start_and_stop_half_way(desk)
    after = Desk(desk.db)
    got = heard(desk.calls) + heard(await after.deliver())
    assert sorted(got) == sorted(people)
    await finish_broadcasts(after.db)
    assert (await get_tally(after.db, 1, 1)).status is BroadcastStatus.FINISHED
    assert any("Broadcast result" in one.text for one in await after.tick())


async def test_the_other_bots_people_are_left_alone(desk: Desk, people: list[int]) -> None:
    await desk.write("/broadcast", bot=COURSE_BOT)
    await desk.write("Hello all", bot=COURSE_BOT)
    assert heard(await start(desk)) == [ADMIN]
