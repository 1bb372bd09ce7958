"""The other system hears of its people: signed, at least once, and only at an address that may be called."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientConnectorError

from core.db.models.delivery import jobs
from core.errors import DomainError
from core.lifecycle import JobState
from services.content.deployments import change_settings, get_deployment
from services.content.entry.tokens import issue_token, read_terms
from services.content.settings import check_settings
from services.delivery.jobs import PermanentFailure
from services.learning.webhooks import SEND, build_performer, webhook_secret
from tests.factories.work import run_due
from tests.fakes.receiver import Receiver, receiving
from tests.services.learning.room import Room, lesson


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


async def sent_from_elsewhere(room: Room, url: str, kind: str = "external") -> str:
    """They come by a token of another system into a course of two lessons; gives the secret."""
    await room.open(lesson(1), lesson(2), rights=None)
    async with room.db.unit(1) as uow:
        deployment = await get_deployment(uow, flow_id=1)
        await change_settings(uow, deployment.id, {"webhook_url": url})
        words = {"external": "crm-17"} if kind == "external" else {}
        made = await issue_token(uow, deployment, read_terms(kind, words, uow.now))
        secret = webhook_secret(uow.env, 1, deployment.public_id)
    await room.say(f"/start {made.payload}")
    return secret


async def deliver(room: Room) -> None:
    await run_due(room.db, build_performer(room.db.env, room.clock))


async def test_progress_and_completion_go_out_signed(room: Room, receiver: Receiver) -> None:
    secret = await sent_from_elsewhere(room, receiver.url)
    await deliver(room)
    await room.pass_time(days=1)
    await deliver(room)
    told = [json.loads(body) for _, body in receiver.heard]
    assert [one["event"] for one in told] == ["course.progress", "course.completed"]
    assert {(one["external_id"], one["course"]) for one in told} == {("crm-17", "words")}
    for headers, body in receiver.heard:
        stamp, signature = (part.partition("=")[2] for part in headers["Tandem-Signature"].split(","))
        expected = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        assert signature == expected
        assert headers["Idempotency-Key"] == json.loads(body)["id"]


async def test_a_call_that_failed_is_repeated_with_the_same_key(room: Room, receiver: Receiver) -> None:
    receiver.statuses = [500, 302]
    await sent_from_elsewhere(room, receiver.url)
    for _ in range(3):
        await deliver(room)
        room.clock.advance(minutes=2)
    assert len({headers["Idempotency-Key"] for headers, _ in receiver.heard}) == 1
    assert len({body for _, body in receiver.heard}) == 1
    assert len(receiver.heard) == 3  # the redirect was not followed
    assert [row.state for row in await room.rows(jobs)] == [JobState.DONE]


async def test_nobody_else_is_told_of(room: Room, receiver: Receiver) -> None:
    await sent_from_elsewhere(room, receiver.url, "public")
    assert await room.rows(jobs) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/in",
        "https://127.0.0.1/in",
        "https://10.0.0.1/in",
        "https://169.254.169.254/latest",
        "https://[::1]/in",
        "https://192.168.1.1/in",
        "https://①②⑦.0.0.1/in",
        "https://[::ffff:10.0.0.1]/in",
        "https://[64:ff9b::7f00:1]/in",
        "https://[64:ff9b:1::a00:1]/in",
        "https://[2002:7f00:1::1]/in",
        "https://224.0.0.1/in",
        "https://[ff0e::1]/in",
        "https://0.0.0.0/in",
    ],
)
async def test_in_production_only_public_https_is_called(room: Room, url: str) -> None:
    perform = build_performer(replace(room.db.env, production=True), room.clock)[SEND]
    payload: dict[str, Any] = {"url": url, "key": "k", "body": "{}", "account_id": 1, "deployment": "x"}
    with pytest.raises(PermanentFailure):
        await perform(payload)


@pytest.mark.parametrize("host", ["localhost", "0x7f.0.0.1"])
async def test_a_name_that_leads_into_a_private_network_leads_nowhere(room: Room, host: str) -> None:
    perform = build_performer(replace(room.db.env, production=True), room.clock)[SEND]
    payload: dict[str, Any] = {"key": "k", "body": "{}", "account_id": 1, "deployment": "x"}
    with pytest.raises(ClientConnectorError) as refused:
        await perform({**payload, "url": f"https://{host}/in"})
    assert "private network" in str(refused.value.__cause__)


@pytest.mark.parametrize(
    "url", ["http://example.com", "ftp://x", "https://a:b@example.com", "example.com", "https://"]
)
def test_an_address_that_cannot_be_called_is_not_set(url: str) -> None:
    with pytest.raises(DomainError, match="webhook_url"):
        check_settings({"webhook_url": url})
