"""Letters: an address is named, confirmed from the mailbox, written to when Telegram does not reach or it was asked for, ended."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from bots.runtime.sending.saying import show_words
from core.db.models.delivery import jobs, outbox
from core.db.models.people import chats, mail_addresses
from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError
from core.lifecycle import ChatState
from services.people.mail import addresses
from services.people.mail.letters import SEND
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import pass_time
from tests.services.commerce.charges import MONTH, refuse_charge, sell, subscribe
from web.application import build_application

ADDRESS = "anna@example.org"
BROWSER = {"Accept-Language": "en"}


@pytest.fixture
def env(env: Environment) -> Environment:
    mailing = {"mail_from": "School <school@example.org>", "public_url": "https://school.example"}
    return replace(env, **mailing)  # type: ignore[arg-type]


async def name(db: Database, shop: Shop, text: str = ADDRESS, *, always: bool = False) -> str:
    """Name an address; gives the path that its letter leads to, or nothing if none has gone."""
    async with db.unit(1) as uow:
        await addresses.name_address(uow, shop.buyer, text, always=always)
    letters = [
        letter for letter in await sent(db) if letter["to"] == text and "confirm" in str(letter["words"])
    ]
    if not letters:
        return ""
    said = show_words(letters[-1]["words"], "en")
    [link] = [word for word in said.split() if word.startswith("https://school.example/mail/confirm/")]
    return link.removeprefix("https://school.example")


async def sent(db: Database) -> list[dict[str, Any]]:
    """The letters on their way."""
    return [row.payload for row in await read_rows(db, jobs, kind=SEND)]


async def block(db: Database) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(update(chats).values(state=ChatState.BLOCKED))


def browsing(db: Database) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(build_application(db, lambda: True))
    return httpx.AsyncClient(transport=transport, base_url="http://tandem", headers=BROWSER)


async def test_an_address_counts_once_its_mailbox_has_said_so(db: Database, shop: Shop) -> None:
    path = await name(db, shop)
    assert (await read_rows(db, mail_addresses))[0].is_confirmed is False
    async with browsing(db) as browser:
        seen = await browser.get(path)
        assert (seen.status_code, "<form" in seen.text) == (200, True)
        assert "form-action 'self'" in seen.headers["content-security-policy"]
        assert not (await read_rows(db, mail_addresses))[0].is_confirmed, "whoever looks changes nothing"
        for _ in range(2):
            done = await browser.post(path)
            assert (done.status_code, "The address counts" in done.text) == (200, True)
        assert (await read_rows(db, mail_addresses))[0].is_confirmed
        for wrong in ("/mail/confirm/x", "/mail/stop/x"):
            assert (await browser.post(wrong)).status_code == (await browser.get(wrong)).status_code == 404
        for _ in range(2):
            status = (await browser.post(path.replace("confirm", "stop"))).status_code
        assert status == 404, "it is forgotten"
    assert await count_rows(db, mail_addresses) == 0


async def test_a_link_is_over_after_three_days_and_with_another_address(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    late = await name(db, shop)
    clock.advance(days=3, seconds=1)
    assert not await addresses.confirm(db, late.rpartition("/")[2])
    other = await name(db, shop, "other@example.org")
    assert not await addresses.confirm(db, late.rpartition("/")[2])
    assert await addresses.confirm(db, other.rpartition("/")[2])
    before = len(await sent(db))
    await name(db, shop, "other@example.org", always=True)
    [row] = await read_rows(db, mail_addresses)
    assert (row.is_confirmed, row.is_always, len(await sent(db))) == (True, True, before)


@pytest.mark.parametrize(
    "wrong",
    ["", "anna", "anna@", "@x.org", "a b@x.org", "anna@x", f"{'a' * 250}@x.org", "a@x.org\nBcc: b@x.org"],
)
async def test_what_is_no_address_is_refused(db: Database, shop: Shop, wrong: str) -> None:
    with pytest.raises(DomainError, match="MAIL_ADDRESS"):
        await name(db, shop, wrong)
    assert await count_rows(db, mail_addresses) == await count_rows(db, jobs, kind=SEND) == 0


async def test_where_no_server_is_named_no_address_is_taken(db: Database, shop: Shop) -> None:
    db.env = replace(db.env, mail_from="")
    with pytest.raises(DomainError, match="MAIL_OFF"):
        await name(db, shop)


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize(
    ("always", "blocked", "letters"), [(True, False, 1), (False, False, 0), (False, True, 1)]
)
async def test_a_failed_payment_is_written_to_who_asked_or_cannot_be_reached(
    db: Database, shop: Shop, clock: StillClock, *, confirmed: bool, always: bool, blocked: bool, letters: int
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    path = await name(db, shop, always=always)
    if confirmed:
        assert await addresses.confirm(db, path.rpartition("/")[2])
    await pass_time(db, clock, days=30)
    if blocked:
        await block(db)
    before, said = len(await sent(db)), await count_rows(db, outbox)
    await pass_time(db, clock, days=1, hours=1)
    await refuse_charge(db)
    new = (await sent(db))[before:]
    assert await count_rows(db, outbox) > said, "what the bot says is said all the same"
    assert len(new) == letters * confirmed
    for letter in new:
        assert (letter["to"], letter["stop"]) == (
            ADDRESS,
            f"https://school.example{path.replace('confirm', 'stop')}",
        )


async def test_who_ends_it_in_the_chat_gets_nothing_more(db: Database, shop: Shop) -> None:
    await name(db, shop)
    async with db.unit(1) as uow:
        assert await addresses.forget_address(uow, shop.buyer)
        assert not await addresses.forget_address(uow, shop.buyer)
    assert await count_rows(db, mail_addresses) == 0
