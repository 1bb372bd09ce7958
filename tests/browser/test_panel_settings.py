"""Settings and Money as who runs a school sees them, part by part, on a phone in the dark and at a desk."""

import re
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from sqlalchemy import update

from core.db.models.tenancy_webhooks import webhook_deliveries
from core.db.session import Database
from core.environment import Environment
from core.lifecycle import BotKind
from core.roles import MemberRole
from core.text.catalog import say
from services.content.messages import own_texts
from services.tenancy.bot_care.connecting import connect_bot
from services.tenancy.members import add_member
from services.tenancy.plans.changing import put_on_plan
from services.tenancy.plans.offered import offer_plans, read_plans
from services.tenancy.schemas import ConnectedBot
from tests.browser.panel_page import LOOKS, opened, serving
from web.api.panel import BUILT

OWNER, CURATOR = 1001, 2002
KEY = "invite-new"
ORIGINAL = say(KEY, "en")
RU_DARK = LOOKS[1]
SETTINGS = (
    "bots",
    "payment",
    "school",
    "texts",
    "texts&place=paying",
    "plan",
    "team",
    "groups",
    "buttons",
    "keys",
    "webhooks",
    "record",
    "sessions",
)
PLANS = [
    {
        "code": "small",
        "name": {"ru": "Малый", "en": "Small"},
        "limits": {"bots": 1, "students": 20},
        "first": True,
    },
    {"code": "large", "name": {"ru": "Большой", "en": "Large"}, "limits": {"bots": 10, "storage": 5000}},
]
MONEY = ("orders", "tariffs", "promo", "subscriptions", "partners")
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def school(school: Database, env: Environment) -> Database:
    """An account with a bot and a curator, on the smaller one of two plans."""
    async with school.unit(1) as uow:
        bot = ConnectedBot(77, 1, BotKind.COURSE, "lessons_bot", "Lessons", "77:none")
        await connect_bot(uow, env.keys, bot)
        await add_member(uow, CURATOR, MemberRole.CURATOR, "Anna")
        await offer_plans(uow, read_plans(PLANS))
        await put_on_plan(uow, "small")
    return school


async def test_every_part_fits_a_phone(browser: Browser, school: Database, pictures: Path | None) -> None:
    async with serving(school) as address, opened(browser, address, RU_DARK, pictures) as panel:
        await panel.sign_in(school, OWNER)
        base = panel.page.url.removesuffix("/home")
        for screen, parts in (("settings", SETTINGS), ("money", MONEY)):
            for part in parts:
                await panel.page.goto(f"{base}/{screen}?tab={part}")
                await expect(panel.page.locator("[aria-busy=true]")).to_have_count(0)
                await expect(panel.page.locator("nav a[aria-current=page]").last).to_be_visible()
                await panel.must_be_fit(f"{screen}-{part}".replace("&place=", "-"))


async def test_what_is_set_is_kept_and_a_key_is_shown_once(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        await panel.sign_in(school, OWNER)
        await panel.enter("Settings")
        page = panel.page
        await page.get_by_role("link", name="School", exact=True).click()
        await page.get_by_role("textbox", name="Name of the school").fill("Clear words")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        await page.get_by_role("link", name="Team", exact=True).click()
        await page.get_by_role("button", name="Invite somebody").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Make a link").click()
        await expect(dialog.get_by_role("textbox", name="Link")).to_have_value(
            _starting("https://t.me/lessons_bot?start=join_")
        )
        await panel.must_be_fit("settings-invite")
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await (
            page.get_by_role("listitem").filter(has_text="Anna").get_by_role("button", name="Remove").click()
        )
        await dialog.get_by_role("button", name="Remove from the team").click()
        await expect(page.get_by_text("Anna")).to_have_count(0)
        await page.get_by_role("link", name="Keys", exact=True).click()
        await page.get_by_role("button", name="New key").click()
        await dialog.get_by_role("textbox", name="Name").fill("Reports")
        await dialog.get_by_role("checkbox", name="See people").check()
        await dialog.get_by_role("button", name="Make the key").click()
        await expect(dialog.get_by_role("textbox", name="Key")).to_have_value(_starting("tdm_"))
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("listitem").filter(has_text="Reports")).to_be_visible()
        await page.get_by_role("link", name="Record", exact=True).click()
        for deed in ("Made an API key", "Removed a member of the team", "Changed the settings"):
            await expect(page.get_by_role("cell", name=deed, exact=True)).to_be_visible()
        await panel.must_be_fit("settings-record")


def _starting(text: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(text)}")


async def test_a_curator_sees_only_what_is_theirs(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        await panel.sign_in(school, CURATOR)
        await panel.enter("Settings")
        names = (
            await panel.page.get_by_role("navigation", name="Parts of the settings")
            .get_by_role("link")
            .all_inner_texts()
        )
        assert names == ["Team", "You"]
        assert await panel.page.get_by_role("button", name="Remove").count() == 0


async def test_a_sentence_is_said_in_own_words_and_somebody_elses_are_not_overwritten(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        await panel.sign_in(school, OWNER)
        page = panel.page
        await page.goto(f"{page.url.removesuffix('/home')}/settings?tab=texts")
        await page.get_by_role("searchbox", name="Find by words").fill("lets in nobody")
        await page.get_by_role("link", name=re.compile("It lets in nobody else")).click()
        words = page.get_by_role("textbox", name="English")
        await words.fill("Your door to <b>us</b>")
        seen = page.get_by_role("figure", name="As people see it").last
        await expect(seen.locator("b")).to_have_text("us")
        await panel.must_be_fit("settings-text")
        async with school.unit(1) as uow:  # somebody else is quicker
            _, revision = await own_texts.get_text(uow, KEY)
            await own_texts.change_text(uow, KEY, {"en": "Come in"}, revision)
        await page.get_by_role("button", name="Say it like this (English)").click()
        await expect(page.get_by_role("alert")).to_contain_text("Come in")
        await panel.must_be_fit("settings-text-changed")
        await page.get_by_role("button", name="Go on with mine").click()
        await page.get_by_role("button", name="Say it like this (English)").click()
        await expect(page.get_by_text("Saved: both bots say it from now on")).to_be_visible()
        assert (await _own(school)) == {"en": "Your door to <b>us</b>"}
        await page.get_by_role("button", name="Back to the original").click()
        await page.get_by_role("dialog").get_by_role("button", name="Put the original back").click()
        await expect(words).to_have_value(ORIGINAL)
        assert (await _own(school)) == {}


async def _own(school: Database) -> dict[str, str]:
    async with school.unit(1) as uow:
        return dict((await own_texts.get_text(uow, KEY))[0].texts)


async def _fail_deliveries(school: Database) -> None:
    """As after the last try that nobody answered."""
    async with school.unit(1) as uow:
        await uow.conn.execute(update(webhook_deliveries).values(state="failed", attempts=5, status=503))


async def test_another_system_is_told_and_asked_again(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        await panel.sign_in(school, OWNER)
        await panel.enter("Settings")
        page, dialog = panel.page, panel.page.get_by_role("dialog")
        await page.get_by_role("link", name="Webhooks", exact=True).click()
        await page.get_by_role("button", name="New webhook").click()
        await dialog.get_by_role("textbox", name="Address").fill("https://crm.example.com/tandem")
        await dialog.get_by_role("checkbox", name="Everything that happens").uncheck()
        await dialog.get_by_role("checkbox", name="An order was paid").check()
        await panel.must_be_fit("settings-webhook-new")
        await dialog.get_by_role("button", name="Add the webhook").click()
        secret = dialog.get_by_role("textbox", name="Secret")
        await expect(secret).to_have_value(_starting("whs_"))
        former = await secret.input_value()
        await page.keyboard.press("Escape")
        card = page.get_by_role("listitem").filter(has_text="crm.example.com")
        await expect(card).to_contain_text("An order was paid")
        await card.get_by_role("button", name="Try it").click()
        await expect(card.get_by_role("row").filter(has_text="A try")).to_contain_text("on its way")
        await card.get_by_role("button", name="New secret").click()
        await dialog.get_by_role("button", name="Make a new secret").click()
        await expect(secret).to_have_value(_starting("whs_"))
        assert await secret.input_value() != former
        await page.keyboard.press("Escape")
        await expect(card).to_contain_text("The secret before signs, too, until")
        await panel.must_be_fit("settings-webhook-told")
        await _fail_deliveries(school)
        await card.get_by_role("button", name="Look again").click()
        told = card.get_by_role("row").filter(has_text="A try")
        await expect(told).to_contain_text("given up")
        await told.get_by_role("button", name="Send again").click()
        await expect(told).to_contain_text("on its way")
        await card.get_by_role("button", name="Remove").click()
        await dialog.get_by_role("button", name="Remove the webhook").click()
        await expect(card).to_have_count(0)
