"""Questions of students in the panel: found, answered once, and found again among those that were answered."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.db.models.learning import questions
from core.db.session import Database
from core.environment import Environment
from services.reactions.tables import react
from services.tenancy.accounts import ensure_account
from tests.bots.admin.desk import ADMIN, Desk
from tests.browser.panel_page import LOOKS, PanelLook, opened, serving
from tests.fakes.clock import StillClock
from tests.fakes.tasks import close_at_rest
from tests.services.learning.room import Room, assignment, lesson
from web.api.panel import BUILT

WORDS = {
    "en": {"screen": "Questions", "reply": "Reply", "none": "Nobody waits", "answered": "Answered"},
    "ru": {"screen": "Вопросы", "reply": "Ответить", "none": "Никто не ждёт", "answered": "С ответом"},
}
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def room(
    migrated_sqlite: Path, tmp_path: Path, clock: StillClock, env: Environment
) -> AsyncIterator[Room]:
    """A student who asks something."""
    shutil.copy(migrated_sqlite, tmp_path / "panel.db")
    env = replace(env, admin_ids=(ADMIN,))
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'panel.db'}", clock, env, react)
    async with database.unit(1) as uow:
        await ensure_account(uow)
    room = Room(database, clock, Desk(database))
    await room.open(lesson(1), assignment(stop=True), lesson(2))
    await room.say("/ask")
    await room.say("What is a tense?")
    yield room
    await close_at_rest(database)


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_question_is_answered(
    browser: Browser, room: Room, look: PanelLook, pictures: Path | None
) -> None:
    words = WORDS[look.language]
    async with serving(room.db) as address, opened(browser, address, look, pictures) as panel:
        page = panel.page
        await panel.sign_in(room.db, ADMIN)
        await panel.enter(words["screen"])
        await expect(page.get_by_text("What is a tense?")).to_be_visible()
        await panel.must_be_fit("questions")
        await page.get_by_role("main").get_by_role("listitem").get_by_role("link").click()
        reply = page.get_by_role("textbox", name=words["reply"])
        await reply.fill("The time a verb speaks of.")
        await panel.must_be_fit("question")
        await page.get_by_role("button", name=words["reply"]).click()
        await expect(page.get_by_text(words["none"])).to_be_visible()
        assert [row.answered_by for row in await room.rows(questions)] == [ADMIN]
        await page.get_by_text(words["answered"], exact=True).click()
        await expect(page.get_by_text("What is a tense?")).to_be_visible()
