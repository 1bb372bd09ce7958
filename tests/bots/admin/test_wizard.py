"""A scenario made step by step in the chat, from its name to the published version, and changed afterwards."""

from typing import Any

from core.db.models.content import flow_versions, flows
from core.db.models.content_wizards import wizard_states
from core.db.models.delivery import jobs
from core.events import JobFinished
from core.flow.definition import parse_flow
from services.content.deployments import deploy_flow
from services.content.drafts import save_document
from services.content.flows import publish_flow
from services.content.scenarios import list_scenarios
from services.workflows.desk.files import WIZARD_FILE, on_fetched
from tests.bots.admin.desk import Call, Desk
from tests.factories.accounts import SALES_BOT
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock


async def write(desk: Desk, *texts: str) -> Call:
    """What is shown after these messages."""
    for text in texts:
        calls = await desk.write(text)
    return calls[-1]


async def press(desk: Desk, *buttons: str) -> Call:
    """What is shown after these presses."""
    for button in buttons:
        calls = await desk.press(button)
    return calls[-1]


async def draft_of(desk: Desk, slug: str) -> dict[str, Any]:
    (row,) = await read_rows(desk.db, flows, slug=slug)
    draft: dict[str, Any] = row.draft
    return draft


async def begin(desk: Desk) -> Call:
    """A scenario that sells nothing, at the text of its first message."""
    await write(desk, "/create_scenario", "Spring intake")
    await press(desk, "Skip", "✅ Confirm")  # sells nothing
    return await press(desk, "Skip", "Without it", "✅ Confirm")  # no summary


async def test_from_a_name_to_one_message_that_is_published(desk: Desk) -> None:
    shown = await begin(desk)
    assert "The text of the message" in shown.text
    await write(desk, "Hello")
    await press(desk, "Without it", "at once", "Skip")
    assert "Kept in the draft" in (await press(desk, "✅ Confirm")).text
    shown = await press(desk, "🚀 That is all, publish", "🚀 Publish")
    assert "“Spring intake” is published" in shown.text
    assert "start=spring-intake" in shown.text
    (row,) = [
        row for row in await read_rows(desk.db, flow_versions) if row.document["slug"] == "spring-intake"
    ]
    assert row.document["steps"] == [{"key": "message_1", "type": "message", "text": "Hello"}]
    async with desk.db.unit(1) as uow:
        assert "spring-intake" in [one.slug for one in await list_scenarios(uow, SALES_BOT)]


async def test_an_old_button_shows_the_present_screen_and_does_nothing(desk: Desk) -> None:
    shown = await write(desk, "/create_scenario")
    await write(desk, "Spring intake")
    again = await desk.press("✖️ Leave", holder=shown)
    assert "What does this scenario sell" in again[-1].text
    assert await read_rows(desk.db, flows, slug="spring-intake") == []


async def test_photos_come_by_a_job_and_an_album_is_one_message(desk: Desk) -> None:
    await begin(desk)
    photo = [{"file_id": "f1", "file_unique_id": "u1", "width": 9, "height": 9, "file_size": 9}]
    await desk.write(photo=photo, caption="<Look> & see", media_group_id="1")
    await desk.write(photo=photo, media_group_id="1")
    fetched = await read_rows(desk.db, jobs, kind=WIZARD_FILE)
    assert len(fetched) == 2
    for number, row in enumerate(reversed(fetched)):
        async with desk.db.unit(1) as uow:
            result = {"ref": f"kept/{number}.jpg"}
            await on_fetched(uow, JobFinished(row.kind, row.key, row.payload, ok=True, result=result))
        calls = await desk.deliver()
    assert "2 files" in calls[-1].text
    await press(desk, "Done", "at once", "Skip", "✅ Confirm")
    (step,) = (await draft_of(desk, "spring-intake"))["steps"]
    assert [one["ref"] for one in step["media"]] == ["kept/1.jpg", "kept/0.jpg"]
    assert step["text"] == "&lt;Look&gt; &amp; see"
    async with desk.db.unit(1) as uow:
        await on_fetched(
            uow, JobFinished(row.kind, row.key, row.payload, ok=True, result={"ref": "kept/9.jpg"})
        )
    assert "had been confirmed already" in (await desk.deliver())[-1].text


async def test_after_half_an_hour_it_asks_before_it_goes_on(desk: Desk, clock: Any) -> None:
    await write(desk, "/create_scenario", "Spring intake")
    clock.advance(minutes=31)
    assert "Go on where you were" in (await write(desk, "The club")).text
    assert "What does this scenario sell" in (await press(desk, "Go on")).text
    await write(desk, "The club", "100")
    clock.advance(minutes=31)
    assert "Go on where you were" in (await press(desk, "Skip")).text
    assert "sent right after the payment" in (await press(desk, "Go on")).text
    assert "Something else is unfinished: “Spring intake”" in (await write(desk, "/create_scenario")).text
    assert "sent right after the payment" in (await press(desk, "Go on")).text
    await write(desk, "/create_scenario")
    assert "What is the scenario called" in (await press(desk, "Begin anew")).text
    (row,) = await read_rows(desk.db, wizard_states)
    assert row.kind == "scenario"


async def test_a_list_stands_in_for_a_missing_or_unknown_id(desk: Desk) -> None:
    assert "Which scenario" in (await write(desk, "/edit_scenario")).text
    assert "no scenario “nowhere”" in (await write(desk, "/edit_scenario nowhere")).text
    shown = await press(desk, "Scenario welcome")
    assert "Scenario <code>welcome</code>" in shown.text


async def test_people_who_stand_on_a_changed_step_are_decided_about(desk: Desk) -> None:
    document = {"kind": "scenario", "slug": "spring", "name": "Spring", "steps": [
        {"key": "hello", "type": "message", "text": "Hello", "options": [{"text": "On"}]},
        {"key": "bye", "type": "message", "text": "Bye {{user.first_name}}"}]}  # fmt: skip
    async with desk.db.unit(1) as uow:
        version = await publish_flow(uow, parse_flow(document))
        await deploy_flow(uow, version.flow_id, SALES_BOT)
    await desk.write("/start spring", who=5005)
    if any("agree" in button.lower() for call in desk.calls for button in call.buttons):
        await desk.press(
            next(b for call in desk.calls for b in call.buttons if "agree" in b.lower()), who=5005
        )
    await write(desk, "/edit_scenario spring")
    await press(desk, "Messages", "1. 💬 Hello", "✏️ Edit", "Text")
    await write(desk, "<b>New</b> hello")
    shown = await press(desk, "✅ Confirm", "👁 As people see it")
    assert desk.calls[-2].text == "&lt;b&gt;New&lt;/b&gt; hello"
    assert "New" in shown.text
    await press(desk, "To the list", "← To the first screen")
    shown = await press(desk, "🚀 Publish")
    assert "Changed: 💬 &lt;b&gt;New&lt;/b&gt; hello" in shown.text
    assert "1 person, the step has changed: 💬" in shown.text
    before = len(desk.calls)
    await press(desk, "Move them and send what changed")
    await desk.tick()
    assert any(call.chat == 5005 and "New" in call.text for call in desk.calls[before:])


async def test_what_is_half_written_in_the_panel_is_said_and_not_lost(desk: Desk) -> None:
    document: dict[str, Any] = {"kind": "scenario", "slug": "spring", "name": {"en": "Spring"}, "steps": [
        {"key": "hello", "type": "message", "text": {"en": ""}}]}  # fmt: skip
    async with desk.db.unit(1) as uow:
        await save_document(uow, document)
    assert "Spring" in (await write(desk, "/edit_scenario")).buttons
    shown = await write(desk, "/edit_scenario spring")
    assert "steps.hello.text: a text must not be blank" in shown.text
    again = await press(desk, *shown.buttons)
    assert again.text == shown.text
    assert await draft_of(desk, "spring") == document
    document["steps"] = [{"key": "hello", "type": "message", "text": "Hello"}]
    async with desk.db.unit(1) as uow:
        await save_document(uow, document)
    assert "Messages" in (await press(desk, *again.buttons)).buttons


async def test_a_course_is_open_to_nobody_until_it_is_sold_or_opened(desk: Desk) -> None:
    await write(desk, "/create_course", "Grammar")
    await press(desk, "✅ Confirm")
    await write(desk, "Day one", "Read this")
    await press(desk, "Without it", "day 1", "as soon as it has come", "Skip", "✅ Confirm")
    shown = await press(desk, "🚀 That is all, publish", "🚀 Publish")
    assert "only people who bought it" in shown.text
    shown = await press(desk, "Open it to all for free", "No, keep it")
    assert "only people who bought it" in shown.text
    shown = await press(desk, "Open it to all for free", "Yes, open it")
    assert "t.me/" in shown.text
    shown = await press(desk, "💰 Sell it: make a tariff")
    assert "Grammar" in "".join(shown.buttons)


async def test_a_version_that_came_meanwhile_is_asked_about_before_anything_goes_into_the_draft(
    desk: Desk, clock: StillClock
) -> None:
    await begin(desk)
    await write(desk, "Hello")
    await press(desk, "Without it", "at once", "Skip", "✅ Confirm")
    await write(desk, "/edit_scenario spring-intake")
    await press(desk, "General", "Name")
    clock.advance(minutes=1)
    async with desk.db.unit(1) as uow:
        theirs = parse_flow({**await draft_of(desk, "spring-intake"), "name": "Theirs"})
        await publish_flow(uow, theirs)
    clock.advance(minutes=1)
    shown = await write(desk, "Typed meanwhile")  # it waits in the form
    assert "Version 1 was published after you last changed" in shown.text
    assert (await draft_of(desk, "spring-intake"))["name"] == "Spring intake"
    assert "Typed meanwhile" in (await press(desk, "My draft all the same")).text
    await press(desk, "✅ Confirm")
    assert (await draft_of(desk, "spring-intake"))["name"] == "Typed meanwhile"


async def test_a_version_that_came_meanwhile_may_take_the_drafts_place(desk: Desk, clock: StillClock) -> None:
    await begin(desk)
    await write(desk, "Hello")
    await press(desk, "Without it", "at once", "Skip", "✅ Confirm")
    clock.advance(minutes=1)
    async with desk.db.unit(1) as uow:
        theirs = parse_flow({**await draft_of(desk, "spring-intake"), "name": "Theirs"})
        await publish_flow(uow, theirs)
    clock.advance(minutes=1)
    await write(desk, "/edit_scenario spring-intake")
    shown = await press(desk, "Version 1, without my draft")
    assert "Theirs" in shown.text
    (row,) = await read_rows(desk.db, flows, slug="spring-intake")
    assert row.draft is None
