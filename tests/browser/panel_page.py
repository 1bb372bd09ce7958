"""The panel in a real browser over a real server: whoever is signed in, as they look at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import Browser, Page, expect

from core.db.session import Database
from core.roles import MemberRole
from scripts.install_browser import HOME
from services.tenancy.members import add_member
from services.tenancy.sign_in.codes import make_login_link
from tests.web.api.callers import read_code
from web.api.outside import NOBODY, Outside
from web.application import build_application

PATIENCE_MS = 180_000
AXE = HOME / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class PanelLook:
    """How the panel is looked at."""

    language: str
    width: int
    scheme: str

    def __str__(self) -> str:
        return f"{self.language}-{self.width}-{self.scheme}"


LOOKS = (PanelLook("en", 1280, "light"), PanelLook("ru", 375, "dark"))


@dataclass
class Panel:
    """The panel open in a browser profile of its own; `complaints` is what the console said."""

    page: Page
    address: str
    look: PanelLook
    pictures: Path | None
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Hear what the console says; what the server refuses is said there, too, and no trouble of the page."""
        self.page.on("console", lambda said: self._note(said.type, said.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.complaints.append(f"{kind}: {text}")

    async def sign_in(
        self, db: Database, telegram_id: int, role: MemberRole | None = None, account_id: int = 1
    ) -> None:
        """Come in by a link, as a member does."""
        async with db.unit(account_id) as uow:
            if role is not None:
                await add_member(uow, telegram_id, role)
            code = read_code(await make_login_link(uow, telegram_id))
        await self.page.goto(f"{self.address}/panel/login?lang={self.look.language}#code={code}")
        await self.page.wait_for_url("**/home")

    async def enter(self, name: str) -> None:
        """Go to a screen by the navigation, which a phone has behind a button."""
        if self.look.width < 768:
            await self.page.get_by_role("button", name=("Menu", "Меню")[self.look.language == "ru"]).click()
        await self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        await expect(self.page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()

    async def must_be_fit(self, name: str) -> None:
        """Nothing to complain of: axe, the console, no sideways scroll; a picture for who wants to look."""
        wide = await self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.look.width
        found = await self._list_violations()
        assert found == [], [rule for rule, _ in found] + found
        assert self.complaints == []
        if self.pictures is not None:
            await self.page.screenshot(path=self.pictures / f"panel-{name}-{self.look}.png", full_page=True)

    async def _list_violations(self) -> list[tuple[str, str]]:
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = await self.page.evaluate("(tags) => axe.run({ runOnly: tags })", RULES)
        return [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]


@asynccontextmanager
async def serving(db: Database, outside: Outside = NOBODY) -> AsyncIterator[str]:
    """The application at an address of this machine."""
    application = build_application(db, lambda: True, outside=outside)
    config = uvicorn.Config(application, port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined] # the tests' own stay
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        application.state.watch.close()
        server.should_exit = True
        await running
        await application.state.watch.end()


@asynccontextmanager
async def opened(
    browser: Browser, address: str, look: PanelLook, pictures: Path | None
) -> AsyncIterator[Panel]:
    """A panel that nobody is signed in to."""
    context = await browser.new_context(
        viewport={"width": look.width, "height": 800},
        locale=look.language,
        timezone_id="Europe/Moscow",
        color_scheme=look.scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield Panel(await context.new_page(), address, look, pictures)
    finally:
        await context.close()
