"""What was sent to many, changed and taken back from the admin's chat; what was planned; which variant goes on."""

from datetime import timedelta
from typing import Any

import pytest

from core.db.models.messaging_clicks import broadcast_clicks
from core.db.models.people import tags
from core.db.session import Database
from core.lifecycle import BroadcastStatus
from core.text.catalog import say
from services.delivery.speech import Address
from services.messaging.broadcast_plan import read_plan
from services.messaging.broadcasts import cards, changes
from services.messaging.broadcasts.broadcasts import finish_broadcasts, get_tally
from services.messaging.broadcasts.starting import start_broadcast
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.bots.admin.test_broadcast import draft, people, start
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import ANNA
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock

__all__ = ["people"]


@pytest.fixture
async def sent(desk: Desk, people: list[int]) -> list[Call]:
    """The messages that everybody has got."""
    await draft(desk)
    await start(desk)
    return [one for one in desk.calls if one.text == "<b>Hello</b> all"]


async def settle(desk: Desk, clock: StillClock) -> list[Call]:
    """Time goes on until nobody waits."""
    heard = []
    for _ in range(3):
        clock.advance(seconds=3)
        await changes.gather_followers(desk.db)
        heard += await desk.tick()
        await finish_broadcasts(desk.db)
        clock.advance(seconds=1)
        heard += await desk.tick()
    return heard


def places(calls: list[Call], method: str) -> set[tuple[int, int]]:
    return {(one.chat, one.fields["message_id"]) for one in calls if one.method == method}


async def test_the_text_is_changed_for_all_who_got_it(
    desk: Desk, clock: StillClock, sent: list[Call]
) -> None:
    (asked,) = await desk.press("✏️ Change the text")
    assert asked.text == say("broadcast-ask-edit", "en")
    (card,) = await desk.write("Good evening")
    assert f"will change: {len(sent)}" in card.text
    assert not places(await desk.press("Test to myself"), "editMessageText")
    changed = [one for one in await desk.press("Change it for all") if one.text == "Good evening"]
    assert places(changed, "editMessageText") == {(one.chat, one.message_id) for one in sent}
    keyboards = {one.chat: list(one.buttons) for one in sent}
    assert {one.chat: list(one.buttons) for one in changed} == keyboards
    ended = [one for one in await settle(desk, clock) if f"Changed: {len(sent)}" in one.text]
    assert "The text is changed" in ended[-1].text


async def test_a_button_of_before_does_nothing_that_it_does_not_say(
    desk: Desk, db: Database, clock: StillClock, sent: list[Call]
) -> None:
    seen, other = [], next(one.chat for one in sent if one.chat not in {ANNA, ADMIN})
    for buttons, first in (("Yes - tag yes | No - tag no", "Yes"), ("No - tag no | Yes - tag yes", "No")):
        whole = [one for one in desk.calls if "🗑 Take it back" in one.buttons][-1]
        await desk.press("🔘 Buttons", holder=whole)
        await desk.write(buttons)
        changed = {one.chat: one for one in await desk.press("Change it for all")}
        seen.append(changed[ANNA])
        await settle(desk, clock)
        await desk.press(first, other, changed[other])
    before, now = seen
    pressed = await read_rows(db, broadcast_clicks)
    assert len({one.button for one in pressed}) == len(pressed) == 2, (
        "another button in its place, another count"
    )
    await desk.press("Yes", ANNA, before)
    assert desk.alerts[-1] == say("error-button-expired", "en")
    assert [row.name for row in await read_rows(db, tags)] == ["yes", "no"]
    await desk.press("Yes", ANNA, now)
    assert [row.name for row in await read_rows(db, tags)] == ["yes", "no", "yes"]


async def test_the_buttons_are_changed_for_all_who_got_it(
    desk: Desk, clock: StillClock, sent: list[Call]
) -> None:
    (asked,) = await desk.press("🔘 Buttons")
    assert asked.text == say("broadcast-ask-buttons", "en")
    (answer,) = await desk.write("Only words")
    assert "“Only words” is no button" in answer.text
    (card,) = await desk.write("Site - https://a.example | Later - tag later\nShare - share Look")
    assert f"will change: {len(sent)}" in card.text
    changed = [one for one in await desk.press("Change it for all") if one.method == "editMessageText"]
    rows = [one for one in changed if one.chat != ADMIN]
    assert {tuple(one.buttons)[:3] for one in rows} == {("Site", "Later", "Share")}
    assert {one.text for one in rows} == {"<b>Hello</b> all"}
    whole = [one for one in desk.calls if "🗑 Take it back" in one.buttons][-1]
    await desk.press("🔘 Buttons", holder=whole)
    (second,) = await desk.write("-")
    pressed = await desk.press("Change it for all", holder=second)
    bare = [one for one in pressed if one.chat != ADMIN]
    assert {len(one.buttons) for one in bare if one.method == "editMessageText"} == {
        1
    }  # by which people get no more
    await settle(desk, clock)


async def test_a_recall_is_asked_about_and_deletes_everywhere(
    desk: Desk, clock: StillClock, sent: list[Call]
) -> None:
    (asked,) = await desk.press("🗑 Take it back")
    assert f"will be deleted: {len(sent)}" in asked.text
    assert not places(await desk.press("No, keep it"), "deleteMessage")
    await desk.press("🗑 Take it back")
    deleted = await desk.press("Yes, delete it")
    assert places(deleted, "deleteMessage") == {(one.chat, one.message_id) for one in sent}
    ended = [one for one in await settle(desk, clock) if f"Deleted: {len(sent)}" in one.text]
    assert "is taken back" in ended[-1].text
    for button in ("✏️ Change the text", "🔘 Buttons", "🗑 Take it back"):  # below an older card
        assert await desk.press(button) == [], "nothing is asked for that can change nothing"
        assert desk.alerts[-1] == say("error-broadcast-recalled", "en")
    (card,) = await desk.write("/send_broadcast 1")
    assert not card.buttons


async def test_media_is_no_new_text(desk: Desk, sent: list[Call]) -> None:
    await desk.press("✏️ Change the text")
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    (answer,) = await desk.write(photo=photo, caption="Look")
    assert answer.text == say("broadcast-edit-unfit", "en")
    assert "Change it for all" in (await desk.write("Good evening"))[0].buttons


async def test_an_edit_can_be_put_away(desk: Desk, sent: list[Call]) -> None:
    await desk.press("✏️ Change the text")
    await desk.write("Good evening")
    (card,) = await desk.press("Cancel")
    assert card.text == say("broadcast-kept", "en")
    assert not card.buttons


async def begin(db: Database, **more: Any) -> int:
    async with db.unit(1) as uow:
        plan = read_plan({"name": "News", "text": "Hello", **more}, frozenset())
        number = await start_broadcast(uow, SALES_BOT, plan)
        await cards.show_card(uow, number, Address(SALES_BOT, ADMIN), f"card:{number}")
    return number


async def test_a_planned_one_is_moved_started_and_cancelled_by_its_card(
    desk: Desk, db: Database, clock: StillClock, people: list[int]
) -> None:
    await desk.write("Hello")  # in the admin's language from now on
    at = (clock.now() + timedelta(hours=2)).isoformat()
    one = await begin(db, at=at)
    (card,) = await desk.deliver()
    assert card.text.startswith(f"{one}. News\n🗓 <b>The broadcast is planned</b>")
    (later,) = await desk.press("A day later")
    assert later.text != card.text
    got = [call for call in await desk.press("Send now") if call.text == "Hello"]
    assert len(got) == len(people)
    other = await begin(db, at=at)
    await desk.deliver()
    await desk.press("⏹ Stop")
    assert (await get_tally(db, 1, other)).status is BroadcastStatus.CANCELLED
    assert (await get_tally(db, 1, one)).sent == len(people)


async def test_the_card_of_one_from_a_file_follows_too(
    desk: Desk, db: Database, clock: StillClock, people: list[int]
) -> None:
    await desk.write("Hello")
    await begin(db, local=f"{clock.now():%H}:59")
    await desk.deliver()
    await desk.tick()
    await desk.press("⏹ Stop")
    await finish_broadcasts(db)
    clock.advance(seconds=4)
    card = [one for one in await desk.tick() if one.method == "editMessageText"][-1]
    assert f"Cancelled: {len(people)}" in card.text
    assert "later" not in card.text


async def test_a_tie_is_asked_about_in_the_chat(
    desk: Desk, db: Database, clock: StillClock, people: list[int]
) -> None:
    await desk.write("Hello")
    variants = [{"share": 20, "text": "A"}, {"share": 20, "text": "B"}]
    await begin(db, variants=variants, winner={"by": "clicks", "after": "4h"})
    await desk.deliver()
    clock.advance(hours=4)
    asked = [one for one in await desk.tick() if "Send variant B" in one.buttons]
    assert "Too few people" in asked[0].text
    (chosen,) = [one for one in await desk.press("Send variant B", holder=asked[0]) if one.chat == ADMIN]
    assert (chosen.method, chosen.fields["message_id"]) == ("editMessageText", asked[0].message_id)
    assert "Variant B goes to all the rest" in chosen.text
    clock.advance(seconds=1)
    got = [one.text for one in await desk.tick() if one.text in {"A", "B", "Hello"}]
    assert set(got) == {"B"}
    assert (await get_tally(db, 1, 1)).waiting == 0


async def test_of_several_messages_all_are_deleted_and_none_can_be_changed(
    desk: Desk,
    people: list[int],
) -> None:
    await desk.write("/broadcast")
    await desk.write(
        "{{user.first_name}}\n\n" + "\n\n".join(f"{number} " + "word " * 150 for number in range(5))
    )
    await start(desk)
    sent = [one for one in desk.calls if "word word" in one.text and one.method == "sendMessage"]
    assert len(sent) == 2 * len(people)
    await desk.press("✏️ Change the text")
    assert (await desk.write("Short"))[-1].text == say("error-broadcast-long", "en")
    await desk.press("🗑 Take it back")
    deleted = await desk.press("Yes, delete it")
    assert places(deleted, "deleteMessage") == {(one.chat, one.message_id) for one in sent}


async def test_an_album_is_deleted_with_all_its_pieces(desk: Desk, db: Database, people: list[int]) -> None:
    photo = {"kind": "photo", "ref": "https://school.example/a.jpg"}
    await desk.write("Hello")
    one = await begin(db, media=[photo, photo])
    sent = [call for call in await desk.deliver() if call.method == "sendMediaGroup"]
    assert len(sent) == len(people)
    async with db.unit(1) as uow:
        await changes.recall_broadcast(uow, one)
    deleted = [call for call in await desk.deliver() if call.method.startswith("deleteMessage")]
    numbers = {
        number
        for call in deleted
        for number in call.fields.get("message_ids", [call.fields.get("message_id")])
    }
    assert len(numbers) == 3 * len(people)  # the text below it as well
