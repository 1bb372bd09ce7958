"""Pictures of chats, on a phone and on a desk, for who wants to look at them: `SCREENSHOTS=<folder>`."""

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page, async_playwright

from sandbox.client.client import Bot, Person
from scripts.install_browser import browser_environment, find_chromium

WIDTHS = {390: 1700, 1280: 1100}  # taller than screens are, so that a chat is read from few pictures
MOST = 6  # of one chat, from its end


async def take_pictures(
    telegram: str, language: str, chats: Sequence[tuple[Person, Bot]], moment: str = ""
) -> None:
    """Look at each person's chat with a bot, a screen at a time, or at its end at a `moment`; nothing is done where nobody asked for it."""
    named, chromium = os.environ.get("SCREENSHOTS"), find_chromium()
    if not named or chromium is None:
        return
    folder = Path(named)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=args, env={**browser_environment()}
        )
        for width, height in WIDTHS.items():
            page = await browser.new_page(viewport={"width": width, "height": height}, locale=language)
            for person, bot in chats:
                await page.goto(f"{telegram}/?lang={language}&person={person.id}&chat={bot.username}")
                name = "-".join(filter(None, (person.first_name.lower(), language, str(width), moment)))
                await _leaf_through(page, folder, name, 1 if moment else MOST)
        await browser.close()


async def _leaf_through(page: Page, folder: Path, name: str, most: int) -> None:
    """From the end of a chat upwards, a picture of each screen."""
    await page.get_by_role("region", name=re.compile("^(Screen of|Экран:)")).first.wait_for()
    log = page.get_by_role("log").first
    await log.get_by_role("article").last.wait_for()
    await log.evaluate("log => { log.scrollTop = log.scrollHeight }")
    for number in range(most):
        await page.screenshot(path=folder / f"{name}-{number:02d}.png")
        was = await log.evaluate("log => log.scrollTop")
        await log.evaluate("log => { log.scrollTop -= log.clientHeight - 60 }")
        if await log.evaluate("log => log.scrollTop") == was:
            return
