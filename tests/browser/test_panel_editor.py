"""The editor of flows: words typed are saved, kept where they cannot be, taken back, seen by two; then published."""

from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, expect

from core.db.session import Database
from core.flow.definition import FlowKind, parse_flow
from core.flow.steps.lesson import LessonStep
from core.flow.steps.message import MessageStep
from core.flow.versions import MoveChoice
from core.rules.drip import OnDay
from core.rules.local_hour import LocalHour
from core.text.message import MediaKind
from services.content import drafts
from services.workflows.publishing import publish_draft
from tests.browser.panel_page import LOOKS, Panel, PanelLook, opened, serving
from web.api.panel import BUILT

OWNER = 1001
PICTURE = Path(__file__).resolve().parents[2] / "content/media/one-thought.png"
EN = PanelLook("en", 1280, "light")
STEPS = [
    {"key": "hello", "type": "message", "text": {"en": "Good morning!", "ru": "Доброе утро!"}},
    {"key": "bye", "type": "message", "text": {"en": "See you tomorrow.", "ru": "До завтра."}},
]
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def school(school: Database) -> Database:
    """An account with a scenario that is a draft."""
    async with school.unit(1) as uow:
        name = {"en": "Welcome", "ru": "Знакомство"}
        await drafts.create_draft(
            uow, parse_flow({"slug": "welcome", "kind": FlowKind.SCENARIO, "name": name, "steps": STEPS})
        )
    return school


async def _open_flow(panel: Panel, school: Database) -> Page:
    await panel.sign_in(school, OWNER)
    await panel.enter({"en": "Flows", "ru": "Курсы и сценарии"}[panel.look.language])
    await panel.page.get_by_role(
        "link", name={"en": "Welcome", "ru": "Знакомство"}[panel.look.language]
    ).click()
    await panel.page.get_by_role(
        "button", name={"en": "Good morning!", "ru": "Доброе утро!"}[panel.look.language]
    ).first.wait_for()
    return panel.page


async def _text(school: Database, key: str) -> str:
    async with school.looking(1) as uow:
        flow = await drafts.find_editable(uow, "welcome")
    assert flow is not None
    step = next(step for step in flow.steps if step.key == key)
    assert isinstance(step, MessageStep)
    return dict(step.text or {})["en"]


async def test_what_is_typed_is_saved_undone_and_published(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        page = await _open_flow(panel, school)
        await page.get_by_role("button", name="Good morning!").first.click()
        await page.get_by_role("textbox", name="Text (English)").fill("Good evening!")
        await expect(page.get_by_role("status")).to_have_text("Saving…")
        await expect(page.get_by_role("status")).to_contain_text("Saved ")
        assert await _text(school, "hello") == "Good evening!"
        await panel.must_be_fit("editor")
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("textbox", name="Text (English)")).to_have_value("Good morning!")
        await page.get_by_role("button", name="Redo").click()
        await page.get_by_role("button", name="Publish").click()
        await page.get_by_role("dialog").get_by_role("button", name="Publish now").click()
        await expect(page.get_by_text("Published as version 1")).to_be_visible()
        assert await _text(school, "hello") == "Good evening!"


async def test_without_a_connection_it_is_kept_and_a_reload_brings_it_back(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        page = await _open_flow(panel, school)
        await page.get_by_role("button", name="Good morning!").first.click()
        await page.route(
            "**/draft", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
        )
        await page.get_by_role("textbox", name="Text (English)").fill("Written in a tunnel")
        await expect(page.get_by_role("status")).to_contain_text("kept on this device")
        assert await _text(school, "hello") == "Good morning!"
        await page.unroute("**/draft")
        await page.reload()
        await expect(page.get_by_role("textbox", name="Text (English)")).to_have_value("Written in a tunnel")
        await expect(page.get_by_role("status")).to_contain_text("Saved ")
        assert await _text(school, "hello") == "Written in a tunnel"
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("textbox", name="Text (English)")).to_have_value("Good morning!")


async def test_two_tabs_lose_nothing_and_are_asked_where_both_changed_the_same(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        first = await _open_flow(panel, school)
        second = await panel.page.context.new_page()
        await second.goto(first.url)
        await second.get_by_role("button", name="See you tomorrow.").first.click()
        await first.get_by_role("button", name="Good morning!").first.click()
        await first.get_by_role("textbox", name="Text (English)").fill("From the first")
        await expect(first.get_by_role("status")).to_contain_text("Saved ")
        await second.get_by_role("textbox", name="Text (English)").fill("From the second")
        await expect(second.get_by_role("status")).to_contain_text("Saved ")
        assert (await _text(school, "hello"), await _text(school, "bye")) == (
            "From the first",
            "From the second",
        )
        await first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await first.get_by_role("button", name="From the second").first.click()
        await first.get_by_role("textbox", name="Text (English)").fill("Mine")
        await second.get_by_role("textbox", name="Text (English)").fill("Theirs, later")
        for page in (first, second):
            await (
                page.get_by_role("status")
                .filter(has_text="Sav")
                .or_(page.get_by_role("alert"))
                .first.wait_for()
            )
        asked = first if await first.get_by_role("alert").count() else second
        await expect(asked.get_by_role("alert")).to_contain_text("Both of you changed the same")
        await asked.get_by_role("button", name="Take mine").click()
        await expect(asked.get_by_role("status")).to_contain_text("Saved ")
        assert await _text(school, "bye") == ("Mine" if asked is first else "Theirs, later")


async def test_a_picture_is_uploaded_shown_and_chosen_again(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        page = await _open_flow(panel, school)
        await page.get_by_role("button", name="Good morning!").first.click()
        field = page.get_by_role("group", name="Pictures and files")
        async with page.expect_file_chooser() as chooser:
            await field.get_by_role("button", name="Upload a file").click()
        await (await chooser.value).set_files(
            [
                FilePayload(name="sunrise.png", mimeType="image/png", buffer=PICTURE.read_bytes()),
                FilePayload(name="notes.exe", mimeType="application/octet-stream", buffer=b"MZ"),
            ]
        )
        await expect(field.get_by_role("alert")).to_contain_text("Telegram cannot show this file")
        await field.get_by_role("button", name="Dismiss").click()
        shown = field.get_by_role("img", name="sunrise.png")
        await expect(shown).to_have_js_property("complete", value=True)
        assert await shown.evaluate("picture => picture.naturalWidth") > 0
        await expect(page.get_by_role("status")).to_contain_text("Saved ")
        await panel.must_be_fit("media")
        await page.get_by_role("button", name="See you tomorrow.").first.click()
        await field.get_by_role("button", name="Choose an uploaded one").click()
        await page.get_by_role("dialog").get_by_role("button", name="sunrise.png").click()
        await expect(field.get_by_role("img", name="sunrise.png")).to_be_visible()
        await expect(page.get_by_role("status")).to_contain_text("Saved ")
    async with school.looking(1) as uow:
        flow = await drafts.find_editable(uow, "welcome")
    assert flow is not None
    media = [step.media for step in flow.steps if isinstance(step, MessageStep)]
    assert media[0] == media[1]
    assert [(one.kind, one.ref[:5]) for one in media[0]] == [(MediaKind.PHOTO, "kept/")]


async def test_a_lesson_is_written_by_forms_alone(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    """Its day and hour, words with marks and a variable, a way to a step that was not there."""
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        page = await _open_flow(panel, school)
        await page.get_by_role("button", name="Add step", exact=True).click()
        await page.get_by_role("menuitem", name="Lesson").click()
        await expect(page.get_by_role("menu")).to_have_count(0)
        # It says nothing yet, and is saved all the same; only publishing waits for it.
        await expect(page.get_by_role("status")).to_contain_text("Saved ")
        await expect(page.get_by_text("Messages: a message has text or media")).to_be_visible()
        await panel.must_be_fit("unfinished")
        await page.get_by_role("button", name="Publish", exact=True).click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_text("Messages: a message has text or media")).to_be_visible()
        await expect(dialog.get_by_role("button", name="Publish now")).to_have_count(0)
        await panel.must_be_fit("unfinished-publish")
        await dialog.get_by_role("button", name="Lesson").first.click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.get_by_role("combobox", name="When it comes").click()
        await page.get_by_role("option", name="on a day of the course").click()
        await page.get_by_role("textbox", name="Day").fill("3")
        await page.get_by_label("At", exact=True).fill("09:00")
        await expect(page.get_by_role("heading", name="Day 3 · 09:00")).to_be_visible()
        text = page.get_by_role("textbox", name="Text", exact=True)
        await text.fill("Dear {{fir")
        await page.get_by_role("button", name="First name · user.first_name").click()
        await text.press("End")
        await page.get_by_role("button", name="Bold").click()
        await text.press_sequentially("hello")
        looks = page.get_by_role("figure", name="How it looks")
        await expect(looks.first.locator("b")).to_have_text("hello")
        await expect(page.get_by_label("29 of 4096 signs")).to_be_visible()
        await expect(page.get_by_role("status")).to_contain_text("Saved ")
        await panel.must_be_fit("lesson")
        await page.get_by_role("button", name="See you tomorrow.").first.click()
        await page.get_by_role("button", name="Add: Buttons to choose a way").click()
        await page.get_by_role("group", name="Buttons to choose a way 1").get_by_label("Text").fill("Why?")
        await page.get_by_role("combobox", name="Leads to").fill("Because")
        await page.get_by_role("option", name="+ a new step “Because”").click()
        await expect(page.get_by_text("Why? → Because")).to_be_visible()
        await expect(page.get_by_role("status")).to_contain_text("Saved ")
    async with school.looking(1) as uow:
        flow = await drafts.find_editable(uow, "welcome")
    assert flow is not None
    lesson = next(step for step in flow.steps if isinstance(step, LessonStep))
    assert (lesson.drip, lesson.messages[0].text) == (
        OnDay(3, LocalHour(9, 0)),
        {"en": "Dear {{user.first_name}}<b>hello</b>"},
    )


async def test_what_will_be_different_is_shown_and_an_earlier_version_taken(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        page = await _open_flow(panel, school)
        for number, text in enumerate(("First words", "Second words"), 1):
            await (
                page.get_by_role("button", name="Good morning!")
                .or_(page.get_by_role("button", name="First words"))
                .first.click()
            )
            await page.get_by_role("textbox", name="Text (English)").fill(text)
            await page.get_by_role("button", name="Publish").click()
            dialog = page.get_by_role("dialog")
            await expect(dialog.get_by_text("Nobody is inside now")).to_be_visible()
            if number > 1:
                await expect(dialog.get_by_text("First words", exact=True)).to_be_visible()
                await expect(dialog.get_by_text("Changes by")).to_be_visible()
                await panel.must_be_fit("publish")
            await dialog.get_by_role("button", name="Publish now").click()
            await expect(page.get_by_text(f"Published as version {number}")).to_be_visible()
            await expect(dialog).to_have_count(0)
            await page.get_by_role("button", name=text).first.click()
        await page.get_by_role("tab", name="Versions").click()
        await page.get_by_role("button", name="Compare: version 1").click()
        await expect(page.get_by_role("deletion").filter(has_text="First words")).to_be_visible()
        await page.get_by_role("button", name="Make this my draft: version 1").click()
        await expect(page.get_by_text("The draft says what version 1 said")).to_be_visible()
        await expect(page.get_by_text("They are the same.")).to_be_visible()
        await panel.must_be_fit("versions")
        assert await _text(school, "hello") == "First words"


async def test_versions_are_fit_on_a_phone(browser: Browser, school: Database, pictures: Path | None) -> None:
    async with school.unit(1) as uow:
        await publish_draft(uow, "welcome", MoveChoice.STAY)
    async with serving(school) as address, opened(browser, address, LOOKS[1], pictures) as panel:
        page = await _open_flow(panel, school)
        await page.get_by_role("tab", name="Версии").click()
        await expect(page.get_by_text("Различий нет.")).to_be_visible()
        await panel.must_be_fit("versions")


WRONG = "kind: course\nslug: words\nname: Words\nsteps:\n  - {key: hello, type: message, txt: Hello}\n"


async def test_a_flow_comes_from_a_sample_from_a_file_and_as_a_text(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        page = await _open_flow(panel, school)
        await panel.enter("Flows")
        await page.get_by_role("button", name="New flow").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("tab", name="From a file").click()
        for content in (WRONG, WRONG.replace("txt", "text")):
            async with page.expect_file_chooser() as chooser:
                await dialog.get_by_role("button", name="Choose a file").click()
            sent = FilePayload(name="words.yaml", mimeType="text/yaml", buffer=content.encode())
            await (await chooser.value).set_files([sent])
            if content == WRONG:
                await expect(dialog.get_by_text("line 5: ").first).to_be_visible()
                await expect(dialog.get_by_role("button", name="Keep as a draft")).to_be_disabled()
                await panel.must_be_fit("import")
        await expect(dialog.get_by_role("status")).to_contain_text("1 step")
        await dialog.get_by_role("button", name="Keep as a draft").click()
        await expect(page.get_by_role("heading", level=1, name="Words")).to_be_visible()
        await page.get_by_role("tab", name="YAML").click()
        document = page.get_by_role("textbox", name="Document")
        text = await document.input_value()
        await document.fill(text.replace("text: Hello", "txt: Hello"))
        await page.get_by_role("button", name="Check and take over").click()
        await expect(page.get_by_text("This keeps it out")).to_be_visible()
        await page.reload()
        await expect(document).to_have_value(text.replace("text: Hello", "txt: Hello"))
        await document.fill(text.replace("text: Hello", "text: Good evening"))
        await page.get_by_role("button", name="Check and take over").click()
        await expect(page.get_by_text("The draft says now what the document says")).to_be_visible()
        await expect(page.get_by_role("status")).to_contain_text("Saved ")
        await panel.must_be_fit("yaml")
        await page.get_by_role("tab", name="Script").click()
        await expect(page.get_by_role("button", name="Good evening").first).to_be_visible()
        await panel.enter("Flows")
        await page.get_by_role("button", name="Undo: words.yaml").click()
        await expect(page.get_by_text("Somebody has worked on this flow")).to_be_visible()
        await page.get_by_role("button", name="New flow").click()
        await dialog.get_by_role("tab", name="A sample").click()
        await dialog.get_by_role("button", name="Take it: Three days").click()
        await expect(page.get_by_role("heading", name="Day 2 · 09:00")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_every_form_is_fit(
    browser: Browser, school: Database, pictures: Path | None, look: PanelLook
) -> None:
    """Each type of step opens with its form: nothing for axe or the console to complain of."""
    async with serving(school) as address, opened(browser, address, look, pictures) as panel:
        page = await _open_flow(panel, school)
        adding = {"en": "Add step", "ru": "Добавить шаг"}[look.language]
        add = page.get_by_role("button", name=adding, exact=True)
        await add.click()
        await page.get_by_role("menuitem").first.wait_for()
        kinds = await page.get_by_role("menuitem").count()
        for number in range(kinds):
            if number:
                await add.click()
            await page.get_by_role("menuitem").nth(number).click()
            await expect(page.get_by_role("menu")).to_have_count(0)
        await expect(page.locator("[id^=step-]")).to_have_count(len(STEPS) + kinds)
        await panel.must_be_fit("forms")
