"""`/r/{code}`: to the stored address and no other, a click for a person and none for a machine."""

from collections.abc import AsyncIterator

import httpx
import pytest

from core.db.models.messaging_clicks import broadcast_clicks
from core.db.session import Database
from core.tracking import link_address
from services.messaging.responses import links
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import ANNA
from tests.factories.rows import read_rows
from tests.factories.traffic import add_broadcast
from web.application import build_application

SHOP = "https://shop.example/buy?from=bot&what=курс#top"
BROWSER = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1"
}


@pytest.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_application(db, lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem", headers=BROWSER) as opened:
        yield opened


async def given(db: Database, chat_id: int = ANNA) -> str:
    """A link as somebody gets it."""
    async with db.unit(1) as uow:
        broadcast_id = await add_broadcast(uow, SALES_BOT)
        made = await links.ensure_links(uow, broadcast_id, [SHOP, SHOP])
        assert made == await links.ensure_links(uow, broadcast_id, [SHOP])
    return link_address("", db.env.signing_key, made[SHOP], chat_id)


async def test_a_click_leads_on_and_is_kept_once_per_person(db: Database, client: httpx.AsyncClient) -> None:
    address = await given(db)
    for _ in range(2):
        answer = await client.get(address)
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("https://shop.example/buy?from=bot&what=%D0%BA")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
    (row,) = await read_rows(db, broadcast_clicks)
    assert (row.chat_id, row.times) == (ANNA, 2)


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"X-Moz": "prefetch"},
    ],
)
async def test_a_machine_gets_the_address_and_is_no_click(
    db: Database, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.get(await given(db), headers=headers)
    assert answer.status_code == 302
    assert not await read_rows(db, broadcast_clicks)


async def test_a_head_is_no_click(db: Database, client: httpx.AsyncClient) -> None:
    assert (await client.head(await given(db))).status_code == 302
    assert not await read_rows(db, broadcast_clicks)


@pytest.mark.parametrize("code", ["https://evil.example", "%2F%2Fevil.example", "A" * 43, "x"])
async def test_what_was_never_given_leads_nowhere(client: httpx.AsyncClient, code: str) -> None:
    answer = await client.get(f"/r/{code}", headers={"Accept-Language": "ru"})
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_an_unknown_link_says_so_in_ones_language(db: Database, client: httpx.AsyncClient) -> None:
    address = link_address("", db.env.signing_key, 999, ANNA)
    answer = await client.get(address, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.text[:9]) == (404, "This link")
