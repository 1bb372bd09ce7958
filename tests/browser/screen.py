"""A page of the sandbox as a person handles it: by what is written on it and by what it is called."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from playwright.async_api import Browser, Locator, Page, expect

PATIENCE_MS = 60_000  # only what never comes takes them, on a busy machine too
PHONE, DESKTOP = 390, 1280
HEIGHTS = {PHONE: 844, DESKTOP: 800}
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Look:
    """How the page is looked at."""

    language: str = "en"
    width: int = DESKTOP
    theme: str = "light"

    @property
    def is_phone(self) -> bool:
        return self.width == PHONE

    def __str__(self) -> str:
        return f"{self.language}-{self.width}" + ("" if self.theme == "light" else f"-{self.theme}")


class Screen:
    """One page; `pane` is the screen of the person acted for, `complaints` what the console said."""

    def __init__(self, page: Page, look: Look, pictures: Path | None) -> None:
        self.page = page
        self.look = look
        self.complaints: list[str] = []
        self.pane = page.get_by_role("region", name=re.compile("^(Screen of|Экран:)")).first
        self._pictures = pictures
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))

    @classmethod
    async def open(cls, browser: Browser, url: str, look: Look, pictures: Path | None, **query: str) -> Self:
        """Open the page in a browser profile of its own."""
        context = await browser.new_context(
            viewport={"width": look.width, "height": HEIGHTS[look.width]},
            has_touch=look.is_phone,
            locale=look.language,
            timezone_id="Europe/Moscow",
            color_scheme=look.theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        screen = cls(await context.new_page(), look, pictures)
        await screen.page.goto(f"{url}/?{urlencode({'lang': look.language, **query})}")
        await screen.pane.wait_for()
        return screen

    async def close(self) -> None:
        """Close the profile."""
        await self.page.context.close()

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{kind}: {text}")

    def as_person(self, name: str) -> None:
        """Act on this person's screen from now on."""
        self.pane = self.page.get_by_role("region", name=re.compile(f"^(Screen of|Экран:) {re.escape(name)}"))

    @property
    def log(self) -> Locator:
        """The messages of the open chat."""
        return self.pane.get_by_role("log")

    @property
    def field(self) -> Locator:
        """Where a message is written."""
        return self.pane.get_by_role("textbox", name=re.compile("^(Message|Сообщение)$"))

    def button(self, name: str) -> Locator:
        """The newest button of a message that contains the words."""
        return self.log.get_by_role("button", name=name).last

    def message(self, words: str) -> Locator:
        """The newest message that contains the words."""
        return self.log.get_by_role("article").filter(has_text=words).last

    def entry(self, title: str) -> Locator:
        """A chat in the list, by its title alone: another one's last message may name it too."""
        return self.pane.locator(".entry").filter(has=self.page.locator(".title", has_text=title))

    async def enter(self, title: str) -> None:
        """Open a chat of the list; on a narrow screen the list is one step back."""
        back = self.pane.get_by_role("button", name=re.compile("^(Back|Назад)$"))
        if await back.is_visible():
            await back.click()
        await self.entry(title).click()
        await self.pane.get_by_role("heading", name=title).last.wait_for()

    async def press(self, name: str) -> None:
        """Press a button of a message."""
        await self.button(name).click()

    async def write(self, text: str) -> None:
        """Write a message and send it."""
        await self.field.fill(text)
        await self.pane.get_by_role("button", name=re.compile("^(Send|Отправить)$")).click()

    async def see(self, words: str) -> Locator:
        """Wait until a message with these words stands in the chat."""
        found = self.message(words)
        await expect(found).to_be_visible()
        return found

    async def choose(self, *names: str | re.Pattern[str]) -> None:
        """Press items of the open menu or buttons of the open sheet, one after another."""
        for name in names:
            item = self.page.get_by_role("menuitem", name=name).or_(
                self.page.get_by_role("dialog").get_by_role("button", name=name)
            )
            await item.first.click()

    async def menu_of(self, words: str, *names: str | re.Pattern[str]) -> None:
        """Open a message's menu and press its items."""
        message = self.message(words)
        if self.look.is_phone:
            # What a browser makes of a finger that stays.
            await message.locator(".text").first.click(button="right")
        else:
            await message.hover()
            await message.get_by_role("button", name=re.compile("^(What to do|Что сделать)")).click()
        await self.choose(*names)

    async def shot(self, name: str) -> None:
        """Save a picture of the page, if somebody wants to look at it."""
        if self._pictures is not None:
            await self.page.screenshot(path=self._pictures / f"{name}-{self.look}.png")
