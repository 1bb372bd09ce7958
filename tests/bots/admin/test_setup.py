"""The first run in the chat: each step, left, passed over and done again; credentials that stand nowhere; what is not well."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.boot.database import CONTENT
from core.db.base import metadata
from core.db.models.commerce import communities
from core.db.models.commerce_money import payment_accounts
from core.db.session import Database
from core.environment import FIRST_ACCOUNT, Environment
from core.text.catalog import say
from payment.base import AccountFacts, PaymentProvider, RefusedError
from payment.spec import Surroundings
from services.commerce.payments import accounts
from services.commerce.payments.accounts import ASK
from services.tenancy.settings import load_settings
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import SALES_BOT
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import ScriptedProvider, work

SECRET = "test_canary-of-the-shop"
GROUP = -100_555
BASIC = "Basic"


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=(ADMIN,), content_dir=CONTENT, pay_ways=())


def word(key: str, **values: Any) -> str:
    return say(key, "en", values)


async def write(desk: Desk, text: str) -> str:
    return [call.text for call in await desk.write(text) if call.text][-1]


async def press(desk: Desk, *keys: str) -> str:
    """Press one button after the other; gives what the last one shows."""
    for key in keys:
        calls = await desk.press(word(key))
    return [call.text for call in calls if call.text][-1]


async def make_tariff(desk: Desk) -> str:
    """The questions of the wizard, answered."""
    await press(desk, "setup-do-tariff")
    await desk.press("Clear words")
    await desk.write(BASIC)
    await press(desk, "wizard-currency-RUB")
    await desk.write("1990")
    await press(desk, "wizard-period-once", "wizard-do-without", "wizard-do-without", "wizard-do-skip")
    return await press(desk, "wizard-do-confirm")


async def test_from_a_start_to_the_link_that_sells(desk_of_nothing: Desk) -> None:
    desk = desk_of_nothing
    offered = await desk.write("/start")
    assert word("setup-offer") in offered[0].text
    assert len(await desk.write("/start")) == 1  # asked once; from then on the bot is as it is for everybody
    await write(desk, "/setup")
    assert word("wizard-ask-school") in await press_next(desk, "school")
    assert word("wizard-ask-offer") in await write(desk, "Letters & co")
    assert "ftp://x" in await write(desk, "ftp://x")
    assert word("wizard-ask-policy") in await write(desk, "example.com/offer")
    assert word("setup-course") in await press(desk, "wizard-do-skip")
    assert word("setup-tariff") in await press(desk, "setup-do-sample")
    assert word("setup-pay") in await make_tariff(desk)
    assert word("setup-now-mock") in await press(desk, "setup-do-test")
    weak = await desk.rank(SALES_BOT, GROUP, "administrator")
    assert word("setup-group-add", bot=f"sales_{SALES_BOT}_bot") in weak[-1].text
    met = await desk.rank(SALES_BOT, GROUP, "administrator", can_invite_users=True)
    assert word("setup-group-whose") in met[-1].text
    shown = await press(desk, "setup-do-all-tariffs")
    assert f"https://t.me/sales_{SALES_BOT}_bot" in shown
    assert word("setup-link-test") in shown
    (bound,) = await read_rows(desk.db, communities)
    assert bound.chat_id == GROUP
    async with desk.db.unit(FIRST_ACCOUNT) as uow:
        settings, _ = await load_settings(uow)
    assert (settings.public_name, settings.offer_url) == ("Letters & co", "https://example.com/offer")
    home = await press(desk, "setup-do-home")
    assert home.count("✅") == 6
    assert "Letters &amp; co" in home
    assert await buyer_reads(desk, 777) == [True, True]


async def press_next(desk: Desk, step: str) -> str:
    calls = await desk.press(word("setup-do-next", step=word(f"setup-step-{step}")))
    return calls[-1].text


async def buyer_reads(desk: Desk, who: int) -> list[bool]:
    """Whether a stranger is told that nothing is paid, and to what they agree."""
    asked = (await desk.write("/start", who))[0].text
    return [word("no-money") in asked, "https://example.com/offer" in asked]


@pytest.fixture
def desk_of_nothing(bare: Desk) -> Desk:
    return bare


async def test_what_is_left_or_passed_over_is_there_again(desk_of_nothing: Desk) -> None:
    desk = desk_of_nothing
    await write(desk, "/setup")
    await press_next(desk, "school")
    await press(desk, "wizard-do-leave")
    await write(desk, "/setup")
    await press_next(desk, "school")
    await write(desk, "Letters")
    assert word("setup-course") in await press(desk, "wizard-do-skip", "wizard-do-skip")
    home = await press(desk, "setup-do-home")
    assert word("setup-passed-papers") in home
    again = [call.text for call in await desk.press(f"✅ {word('setup-step-school')}") if call.text][-1]
    assert "Letters" in again
    assert word("setup-now-passed-papers") not in await write(desk, "Other letters")
    await press(desk, "setup-do-home")
    assert word("setup-tariff-needs-course") in (await desk.press(f"▫️ {word('setup-step-tariff')}"))[-1].text
    assert word("setup-link-not-yet") not in await press(desk, "setup-do-home")
    assert word("setup-closed") in await press(desk, "wizard-do-close")
    assert "Other letters" in await press(desk, "wizard-do-resume")


async def typed_credentials(desk: Desk) -> str:
    """YooKassa's, up to the answer that is awaited."""
    await write(desk, "/setup")
    await desk.press(f"▫️ {word('setup-step-pay')}")
    await press(desk, "setup-pay-yookassa")
    await write(desk, "506751")
    assert word("setup-bad-credential") in await write(desk, "two words")
    asked = await desk.write(SECRET)
    assert [call.method for call in asked if call.method == "deleteMessage"] == ["deleteMessage"]
    return await press(desk, "setup-receipt-none")


async def stands_anywhere(db: Database, text: str) -> list[str]:
    """The tables that hold a text."""
    rows = {table.name: await read_rows(db, table) for table in metadata.sorted_tables}
    return [name for name, found in rows.items() if text in str(found)]


@pytest.mark.parametrize(
    ("answer", "said", "is_kept"),
    [
        ({"title": "Shop 506751", "is_test": True, "problems": []}, "setup-pay-test-account", True),
        ({"refused": "invalid_credentials"}, "setup-pay-refused", False),
        ({"away": "no answer"}, "setup-pay-away", True),
    ],
)
async def test_credentials_are_asked_about_and_stand_nowhere(
    desk_of_nothing: Desk, answer: Mapping[str, Any], said: str, *, is_kept: bool
) -> None:
    desk, asked = desk_of_nothing, []

    async def ask(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(accounts.open_typed(desk.db.env.keys, FIRST_ACCOUNT, payload["values"]))
        return answer

    assert word("setup-pay-asking") in await typed_credentials(desk)
    assert await stands_anywhere(desk.db, SECRET) == []
    await work(desk.db, {ASK: ask})
    shown = (await desk.deliver())[-1].text
    assert word(said, name="YooKassa", why="invalid_credentials") in shown
    assert asked == [{"shop_id": "506751", "secret_key": SECRET, "receipt": "none"}]
    assert [row.provider for row in await read_rows(desk.db, payment_accounts)] == (
        ["yookassa"] if is_kept else []
    )
    assert await stands_anywhere(desk.db, SECRET) == []


async def test_what_is_not_well_is_said_with_what_mends_it(desk_of_nothing: Desk) -> None:
    desk = desk_of_nothing
    shown = await write(desk, "/doctor")
    for step in ("school", "course", "tariff", "pay"):
        assert word(f"setup-lacks-{step}") in shown
    desk.db.env = replace(desk.db.env, admin_ids=(ADMIN, 4242))
    shown = await press(desk, "setup-do-look")
    assert "4242" in shown
    assert f"@sales_{SALES_BOT}_bot" in shown
    assert word("wizard-ask-school") in await press_next(desk, "school")


async def test_providers_are_asked_how_it_is_with_them(desk_of_nothing: Desk, clock: StillClock) -> None:
    desk = desk_of_nothing
    asked: list[tuple[int, str]] = []

    async def find(account_id: int, name: str) -> PaymentProvider | None:
        asked.append((account_id, name))
        return Refusing() if name == "prodamus" else None

    async def call(*_: Any) -> Any:
        raise AssertionError

    async with desk.db.unit(FIRST_ACCOUNT) as uow:
        await accounts.set_account(uow, "prodamus", {"url": "https://a.payform.ru/", "secret_key": SECRET})
    jobs = accounts.build_asking(desk.db.env.keys, lambda _: Surroundings(clock, call, 1.0), find)
    await write(desk, "/doctor")
    await work(desk.db, jobs)
    assert (
        word("setup-trouble-provider", name="Prodamus", why="no such key") in (await desk.deliver())[-1].text
    )
    await press(desk, "setup-do-look")
    await press(desk, "setup-do-home")
    await work(desk.db, jobs)
    assert await desk.deliver() == []  # who has gone on is left alone
    assert asked == [(FIRST_ACCOUNT, "prodamus")] * 2


class Refusing(ScriptedProvider):
    """A provider that knows nobody."""

    async def check_account(self) -> AccountFacts:
        raise RefusedError("no such key")


async def test_who_may_not_set_up_any_more_does_nothing_by_an_old_screen(desk_of_nothing: Desk) -> None:
    desk = desk_of_nothing
    await write(desk, "/setup")
    desk.db.env = replace(desk.db.env, admin_ids=(4242,))
    await desk.press(word("setup-do-doctor"))
    async with desk.db.unit(FIRST_ACCOUNT) as uow:
        settings, _ = await load_settings(uow)
    assert settings.public_name is None
