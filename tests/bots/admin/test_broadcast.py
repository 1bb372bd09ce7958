"""A broadcast from the admin's chat: drafted, tried out, started, steered, told how it ended."""

import pytest

from core.db.models.messaging import broadcasts
from core.db.models.people import chats
from core.db.session import Database
from core.lifecycle import BroadcastStatus, ChatState
from core.text.catalog import say
from services.messaging.broadcasts.broadcasts import finish_broadcasts, get_tally
from services.messaging.broadcasts.drafts import start_draft
from tests.bots.admin.conftest import SECOND
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.persons import ANNA, add_chat, add_contact
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


async def draft(desk: Desk, **more: object) -> Call:
    """The card of a text that waits to be started."""
    await desk.write("/broadcast")
    return (await desk.write("Hello all", entities=BOLD, **more))[0]


def heard(calls: list[Call]) -> list[int]:
    return sorted(one.chat for one in calls if one.text in {HELLO, "Hello all"})


async def test_a_text_goes_to_everybody_who_has_this_bot_open(desk: Desk, people: list[int]) -> None:
    card = await draft(desk)
    assert f"{len(people)}" in card.text
    assert heard(await desk.press("Send to all")) == sorted(people)
    sent = next(one for one in desk.calls if one.text == HELLO)
    assert sent.fields["parse_mode"] == "HTML"
    assert list(sent.buttons) == [say("mailing-stop", "ru")]


async def test_the_test_goes_to_the_admin_alone(desk: Desk, people: list[int]) -> None:
    await draft(desk)
    assert heard(await desk.press("Test to myself")) == [ADMIN]


async def test_media_is_copied(desk: Desk, people: list[int]) -> None:
    await desk.write("/broadcast")
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    await desk.write(photo=photo, caption="Look")
    copies = [one for one in await desk.press("Send to all") if one.method == "copyMessage"]
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
    assert (told.chat, told.text) == (ADMIN, say("broadcast-source-lost", "en"))
    tally = await get_tally(db, 1, row.id)
    assert (tally.status, tally.failed, tally.sent) == (BroadcastStatus.PAUSED, 3, 0)
    assert tally.waiting == len(people) - 3


async def test_the_command_as_a_reply_takes_that_message(desk: Desk, people: list[int]) -> None:
    source = desk.message(ADMIN, text="Hello all")
    (card,) = await desk.write("/broadcast", reply_to_message=source)
    assert "Send to all" in card.buttons


async def test_an_album_is_refused_once_and_the_draft_waits_on(desk: Desk, people: list[int]) -> None:
    await desk.write("/broadcast")
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    first = await desk.write(photo=photo, media_group_id="g")
    second = await desk.write(photo=photo, media_group_id="g")
    assert (len(first), len(second)) == (1, 0)
    assert "Send to all" in (await desk.write("Hello all"))[0].buttons


async def test_after_half_an_hour_a_message_is_no_draft(
    desk: Desk, clock: StillClock, people: list[int]
) -> None:
    await desk.write("/broadcast")
    clock.advance(minutes=31)
    assert "Send to all" not in (await desk.write("Hello all"))[0].buttons


async def test_a_second_press_on_start_sends_nothing_more(desk: Desk, people: list[int]) -> None:
    card = await draft(desk)
    await desk.press("Send to all")
    assert heard(await desk.press("Send to all", holder=card)) == []
    assert len(desk.alerts) == 1


async def test_an_older_draft_cannot_be_started(desk: Desk, people: list[int]) -> None:
    old = await draft(desk)
    await draft(desk)
    assert heard(await desk.press("Send to all", holder=old)) == []
    assert heard(await desk.press("Send to all")) == sorted(people)


async def test_two_admins_have_a_draft_each_and_see_each_other(desk: Desk, people: list[int]) -> None:
    await desk.write("/broadcast", SECOND)
    await draft(desk)
    await desk.write("Second text", SECOND)
    await start_and_stop_half_way(desk)
    shown = await desk.write("/broadcast", SECOND)
    assert any("Pause" in label for one in shown for label in one.buttons)


async def start_and_stop_half_way(desk: Desk) -> None:
    """Five people get it, then the broadcast is paused."""
    card = [one for one in desk.calls if "Send to all" in one.buttons and one.chat == ADMIN][-1]
    deliver, desk.deliver = desk.deliver, _nothing  # type: ignore[method-assign]
    await desk.press("Send to all", holder=card)
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
    assert not edited.buttons
    assert f"Sent: {len(people)}" in result.text
    assert await desk.tick() == []


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
    await desk.press("Send to all")
    tally = await get_tally(desk.db, 1, 1)
    assert (tally.sent, tally.blocked, tally.failed) == (len(people) - 2, 2, 0)
    states = {row.telegram_id: row.state for row in await read_rows(desk.db, chats, bot_id=SALES_BOT)}
    assert states[600] == ChatState.BLOCKED
    desk.blocked = set()
    await draft(desk)
    assert 600 not in heard(await desk.press("Send to all"))


async def test_put_away_before_a_message_came(desk: Desk, people: list[int]) -> None:
    await desk.write("/broadcast")
    (card,) = await desk.press("Cancel")
    assert not card.buttons
    assert "Send to all" not in (await desk.write("Hello all"))[0].buttons


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
    assert heard(await desk.press("Send to all")) == [ADMIN]
