"""A rehearsal beside the script: begun from a draft, pressed through, a day ahead; and its look on a phone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from app.serve.rehearsals import Rehearsals
from core.db.session import Database
from core.flow.definition import Flow, FlowKind, parse_flow
from services.content import drafts
from tests.browser.panel_page import PanelLook, opened, serving
from web.api.outside import Outside
from web.api.panel import BUILT
from web.api.stage import Owner, Wish, not_found

OWNER = 1001
STEPS = [
    {"key": "hello", "type": "message", "text": {"en": "Good morning!", "ru": "Доброе утро!"}},
    {"key": "night", "type": "delay", "wait": "12h"},
    {"key": "bye", "type": "message", "text": {"en": "See you tomorrow.", "ru": "До завтра."}},
    {"key": "week", "type": "delay", "wait": "7d"},
    {"key": "end", "type": "end"},
]
SAID = {"id": 2, "at": "2030-01-07T09:00:00Z", "own": False, "text": "Доброе утро!", "buttons": ["Дальше"]}
SCENE = {"messages": [SAID], "step": "night", "now": "2030-01-07T09:00:00Z", "over": False}
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


class OneScene:
    """A stage on which the same is said whatever is done, once it has begun."""

    has_begun = False

    async def start(self, owner: Owner, flow: Flow, language: str, step: str) -> Mapping[str, Any]:
        """Say it."""
        self.has_begun = True
        return SCENE

    async def look(self, owner: Owner) -> Mapping[str, Any]:
        """Say it again."""
        if not self.has_begun:
            raise not_found()
        return SCENE

    async def do(self, owner: Owner, wish: Wish) -> Mapping[str, Any]:
        """Say it again."""
        return await self.look(owner)

    async def end(self, owner: Owner) -> None:
        """Say nothing more."""
        self.has_begun = False


@pytest_asyncio.fixture(loop_scope="session")
async def school(school: Database) -> Database:
    """An account with a scenario that is a draft."""
    async with school.unit(1) as uow:
        name = {"en": "Welcome", "ru": "Знакомство"}
        await drafts.create_draft(
            uow, parse_flow({"slug": "welcome", "kind": FlowKind.SCENARIO, "name": name, "steps": STEPS})
        )
    return school


async def test_a_draft_is_begun_pressed_through_and_a_step_further(
    school: Database, browser: Browser, tmp_path: Path, pictures: Path | None
) -> None:
    stage = Rehearsals(tmp_path)
    try:
        async with (
            serving(school, Outside(stage=stage)) as address,
            opened(browser, address, PanelLook("en", 1280, "light"), pictures) as panel,
        ):
            await panel.sign_in(school, OWNER)
            await panel.enter("Flows")
            page = panel.page
            await page.get_by_role("link", name="Welcome").click()
            await page.get_by_role("tab", name="Rehearsal").click()
            await page.get_by_role("button", name="Rehearse", exact=True).click()
            chat = page.get_by_role("log", name="Chat of the rehearsal")
            await chat.get_by_role("button", name="I agree").click()
            await expect(chat.get_by_text("Good morning!")).to_be_visible()
            await expect(page.locator("[aria-current=step]")).to_have_id("step-night")
            await panel.must_be_fit("rehearsal")
            await page.get_by_role("button", name="What comes next").click()
            await expect(chat.get_by_text("See you tomorrow.")).to_be_visible()
            await expect(page.locator("[aria-current=step]")).to_have_id("step-week")
    finally:
        await stage.close()


async def test_it_is_fit_for_a_phone(school: Database, browser: Browser, pictures: Path | None) -> None:
    async with (
        serving(school, Outside(stage=OneScene())) as address,
        opened(browser, address, PanelLook("ru", 375, "dark"), pictures) as panel,
    ):
        await panel.sign_in(school, OWNER)
        await panel.enter("Курсы и сценарии")
        page = panel.page
        await page.get_by_role("link", name="Знакомство").click()
        await page.get_by_role("tab", name="Репетиция").click()
        await page.get_by_role("button", name="Начать репетицию").click()
        await expect(page.get_by_role("log").get_by_role("button", name="Дальше")).to_be_enabled()
        await panel.must_be_fit("rehearsal")
