"""The map of a flow: every step and way is there, a press opens the step in the script; on a phone by its own scrolling."""

import re
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.db.session import Database
from core.flow.definition import FlowKind, parse_flow
from services.content import drafts
from tests.browser.panel_page import LOOKS, PanelLook, opened, serving
from web.api.panel import BUILT

OWNER = 1001
NAME = {"en": "Welcome", "ru": "Знакомство"}
WAYS = [
    {"text": {"en": "Yes", "ru": "Да"}, "goto": "day"},
    {"text": {"en": "No", "ru": "Нет"}, "goto": "bye"},
]
STEPS = [
    {
        "key": "hello",
        "type": "message",
        "text": {"en": "Shall we begin?", "ru": "Начнём?"},
        "options": WAYS,
    },
    {"key": "day", "type": "message", "text": {"en": "Here it is.", "ru": "Вот и он."}},
    {"key": "week", "type": "delay", "wait": "7d", "goto": "hello"},
    {"key": "bye", "type": "message", "text": {"en": "Another time.", "ru": "В другой раз."}},
    {"key": "end", "type": "end"},
]
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def flow(school: Database) -> Database:
    """An account with a draft whose ways part and come back."""
    async with school.unit(1) as uow:
        await drafts.create_draft(
            uow, parse_flow({"slug": "welcome", "kind": FlowKind.SCENARIO, "name": NAME, "steps": STEPS})
        )
    return school


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_the_map_opens_steps(
    browser: Browser, flow: Database, look: PanelLook, pictures: Path | None
) -> None:
    at = ("en", "ru").index(look.language)
    flows, name, tab = (("Flows", "Welcome", "Map"), ("Курсы и сценарии", "Знакомство", "Карта"))[at]
    hello, here, bye = (
        ("Shall we begin?", "Here it is.", "Another time."),
        ("Начнём?", "Вот и он.", "В другой раз."),
    )[at]
    async with serving(flow) as address, opened(browser, address, look, pictures) as panel:
        await panel.sign_in(flow, OWNER)
        await panel.enter(flows)
        page = panel.page
        await page.get_by_role("link", name=name).click()
        await page.get_by_role("tab", name=tab).click()
        steps = page.get_by_role("region", name=tab).get_by_role("button")
        await expect(steps).to_have_count(len(STEPS))
        await expect(steps.filter(has_text=hello)).to_have_accessible_description(
            re.compile(f"{re.escape(here)}; {re.escape(bye)}$")
        )
        await panel.must_be_fit("map")
        await page.get_by_role("button", name=("Smaller", "Мельче")[at]).click()
        await steps.nth(1).focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("group", name=here)).to_be_visible()
        await expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "false")
