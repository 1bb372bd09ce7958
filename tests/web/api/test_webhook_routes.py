"""Webhooks over HTTP: another system is told, signed with one secret or two, again after failures, and never elsewhere."""

import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectorError

from core import events
from core.db.models.delivery import jobs
from core.db.session import Database
from core.roles import MemberRole
from services.delivery.jobs import MOST_TRIES
from services.reactions.told_outside import NAMES, TOLD, tell_outside
from services.tenancy.settings import load_facts
from services.tenancy.webhooks.deliveries import KEPT, build_performer, forget_old
from tests.factories.rows import read_rows
from tests.factories.work import run_due
from tests.fakes.clock import StillClock
from tests.fakes.receiver import Receiver, receiving
from tests.web.api.callers import Caller, calling, enter

OWNER, ADMIN = 1001, 2002
PAID = events.OrderPaid(order_id=5, payment_id=7)


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, OWNER)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


async def make(owner: Caller, url: str, *wanted: str) -> dict[str, Any]:
    made = await owner.send("POST", "/webhooks", {"url": url, "events": list(wanted)})
    assert made.status_code == 201, made.text
    return dict(made.json())


async def happen(db: Database, event: events.DomainEvent = PAID) -> None:
    async with db.unit(1) as uow:
        await tell_outside(uow, event)


async def deliver(db: Database) -> int:
    return await run_due(db, build_performer(db))


def check_signature(call: tuple[dict[str, str], str], *secrets: str) -> None:
    headers, body = call
    stamp, *signatures = (part.partition("=")[2] for part in headers["Tandem-Signature"].split(","))
    expected = [
        hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        for secret in secrets
    ]
    assert signatures == expected


async def test_who_wants_to_hear_it_is_told(owner: Caller, db: Database, receiver: Receiver) -> None:
    paid = await make(owner, receiver.url, "order.paid")
    await make(owner, f"{receiver.url}/all")
    await make(owner, f"{receiver.url}/others", "review.given")
    await happen(db)
    assert await deliver(db) == 2
    mine = next(call for call in receiver.heard if hmac_fits(call, paid["secret"]))
    check_signature(mine, paid["secret"])
    told = json.loads(mine[1])
    assert (told["event"], told["account"]) == ("order.paid", owner.account)
    assert {name: text[:4] for name, text in told["data"].items()} == {"order": "ord_", "payment": "pay_"}
    [row] = (await owner.get(f"/webhooks/{paid['id']}/deliveries")).json()["items"]
    assert (row["id"], row["state"], row["attempts"], row["status"]) == (told["id"], "sent", 1, 200)
    assert mine[0]["Idempotency-Key"] == told["id"]
    listed = (await owner.get("/webhooks")).json()["items"]
    assert len(listed) == 3
    assert not any("secret" in one for one in listed)


def hmac_fits(call: tuple[dict[str, str], str], secret: str) -> bool:
    stamp, signature = (part.partition("=")[2] for part in call[0]["Tandem-Signature"].split(","))
    return signature == hmac.new(secret.encode(), f"{stamp}.{call[1]}".encode(), hashlib.sha256).hexdigest()


async def test_nobody_is_told_where_nobody_wants_to_hear(owner: Caller, db: Database) -> None:
    await happen(db)
    made = await make(owner, "http://127.0.0.1:9/in", "review.given")
    await happen(db)
    await owner.send("PATCH", f"/webhooks/{made['id']}", {"events": []})
    await happen(db)
    assert len(await read_rows(db, jobs)) == 1
    await load_facts(db)  # as another process, or one that begins, does
    await happen(db)
    assert len(await read_rows(db, jobs)) == 2
    assert (await owner.send("DELETE", f"/webhooks/{made['id']}")).status_code == 204
    await happen(db)
    assert len(await read_rows(db, jobs)) == 2
    assert await deliver(db) == 2  # what was under way is dropped
    assert {row.state for row in await read_rows(db, jobs)} == {"dead"}


async def test_what_failed_is_repeated_given_up_and_told_again(
    owner: Caller, db: Database, clock: StillClock, receiver: Receiver
) -> None:
    receiver.statuses = [500, 302, 404, *[503] * (MOST_TRIES - 3)]
    made = await make(owner, receiver.url)
    sent = await owner.send("POST", f"/webhooks/{made['id']}/test")
    assert (sent.status_code, sent.json()["event"]) == (202, "webhook.tested")
    path = f"/webhooks/{made['id']}/deliveries/{sent.json()['id']}"
    for _ in range(MOST_TRIES):
        await deliver(db)
        clock.advance(minutes=2)
    failed = (await owner.get(path)).json()
    assert (failed["state"], failed["attempts"], failed["status"]) == ("failed", MOST_TRIES, 503)
    assert (await owner.send("POST", f"{path}/replay")).json()["state"] == "pending"
    assert (await owner.send("POST", f"{path}/replay")).status_code == 202  # it is under way: once is enough
    assert await deliver(db) == 1
    assert (await owner.get(path)).json()["state"] == "sent"
    assert len({body for _, body in receiver.heard}) == 1
    assert len(receiver.heard) == MOST_TRIES + 1  # no redirect was followed


async def test_both_secrets_sign_for_a_day_after_a_rotation(
    owner: Caller, db: Database, clock: StillClock, receiver: Receiver
) -> None:
    made = await make(owner, receiver.url)
    rotated = (await owner.send("POST", f"/webhooks/{made['id']}/rotate")).json()
    assert rotated["secret"] != made["secret"]
    assert rotated["rotated_until"] is not None
    await happen(db)
    await deliver(db)
    check_signature(receiver.heard[0], rotated["secret"], made["secret"])
    clock.advance(hours=25)
    await happen(db)
    await deliver(db)
    check_signature(receiver.heard[1], rotated["secret"])
    owner = await enter(replace(owner, cookie=""), db, OWNER)
    assert (await owner.get(f"/webhooks/{made['id']}")).json()["rotated_until"] is None


REFUSED = [
    "http://example.com/in",
    "https://10.0.0.1/in",
    "https://name:password@example.com/in",
    "https://name@example.com/in",
    "https://@example.com/in",
    "https://[::ffff:7f00:1]/in",
    "ftp://x",
    "x",
    "https://[bad",
    "https://a\u2100b/in",  # unfolds to a slash
    "https:///in",
    "https://example.com:port/in",
    "https://example.com:99999/in",
    "https://two words/in",
    "https://%31%30.0.0.1/in",
]


async def test_an_address_that_may_not_be_called_is_refused(owner: Caller) -> None:
    for url in REFUSED:
        refused = await owner.send("POST", "/webhooks", {"url": url})
        assert (refused.status_code, refused.json()["code"]) == (422, "WEBHOOK_ADDRESS"), url
    assert (await owner.send("POST", "/webhooks", {"url": "https://школа.рф:8443/in"})).status_code == 201


async def test_a_name_that_leads_into_a_private_network_later_leads_nowhere(
    owner: Caller, db: Database, clock: StillClock, receiver: Receiver
) -> None:
    made = await make(owner, receiver.url)
    db.env = replace(db.env, production=True)
    refused = await owner.send("PATCH", f"/webhooks/{made['id']}", {"url": receiver.url})
    assert refused.json()["code"] == "WEBHOOK_ADDRESS"
    taken = await owner.send("PATCH", f"/webhooks/{made['id']}", {"url": "https://localhost/in"})
    assert taken.status_code == 200  # a name: judged with every call
    sent = (await owner.send("POST", f"/webhooks/{made['id']}/test")).json()
    await deliver(db)
    row = (await owner.get(f"/webhooks/{made['id']}/deliveries/{sent['id']}")).json()
    assert row["state"] == "pending"
    assert row["error"]
    assert ClientConnectorError.__name__ not in row["error"]


async def test_what_is_no_event_is_refused(owner: Caller) -> None:
    refused = await owner.send("POST", "/webhooks", {"url": "https://example.com", "events": ["order.pay"]})
    assert refused.status_code == 422
    assert "order.pay" in refused.json()["errors"][0]["detail"]


async def test_who_may_not_change_keys_sees_none(owner: Caller, db: Database) -> None:
    author = await enter(owner, db, ADMIN, MemberRole.AUTHOR)
    assert (await author.get("/webhooks")).status_code == 403


async def test_what_was_told_is_forgotten_after_a_month(
    owner: Caller, db: Database, clock: StillClock
) -> None:
    made = await make(owner, "http://127.0.0.1:9/in")
    await happen(db)
    clock.advance(days=KEPT.days + 1)
    await forget_old(db)
    owner = await enter(replace(owner, cookie=""), db, OWNER)
    assert (await owner.get(f"/webhooks/{made['id']}/deliveries")).json()["items"] == []


def test_every_event_has_a_name_of_its_own_and_the_facts_that_are_told() -> None:
    assert len(NAMES) == len(TOLD) + 1
    for event, told in TOLD.items():
        assert set(told.facts) <= event.__dataclass_fields__.keys()


def test_the_page_names_every_event() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/webhooks-out.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(\w+\.\w+)` \|", page, re.MULTILINE)) >= NAMES
