"""Progress of people whom another system sent: told to it by signed calls, at least once each."""

import hashlib
import hmac
import ipaddress
import json
import socket
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from core.clock import Clock
from core.db.session import UnitOfWork
from core.environment import Environment
from core.events import CourseMoved, JobFinished
from core.flow.run import RunStatus
from core.flow.scoring import total_score
from services.content.deployments import get_by_id
from services.content.settings import LOOPBACK, load_course_settings
from services.delivery.jobs import Perform, PermanentFailure, add_job
from services.learning import run_lookup
from services.learning.schemas import LoadedRun
from services.people.contacts import get_contact
from utils.signing import mac

SEND = "webhook"  # kind of the jobs
SECONDS = 10
GOOD = range(200, 300)
_TRANSLATED = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.88.99.0/24")
)
"""Addresses behind which another one stands: NAT64, 6to4, Teredo and its relays."""


def webhook_secret(env: Environment, account_id: int, deployment: str) -> str:
    """What the calls of a deployment (its public id) are signed with: under the oldest key of the ring.

    The other system keeps this secret, so it changes when that key leaves the ring and not when a new one comes.
    """
    return mac(env.signing_keys[-1], "webhook-out", str(account_id), deployment, size=32)


def sign(secret: str, timestamp: int, body: str) -> str:
    """The header's value `t=…,v1=…`: HMAC-SHA256 in hex over `<timestamp>.<body>`."""
    digest = hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256)
    return f"t={timestamp},v1={digest.hexdigest()}"


async def report(uow: UnitOfWork, moved: CourseMoved) -> None:
    """Tell the other system where the person is now; nothing if the deployment has no address for it."""
    run = await run_lookup.load_run(uow, moved.run_id)
    stored = run.stored
    settings = await load_course_settings(uow, stored.deployment_id)
    if settings.webhook_url is None or stored.deployment_id is None:
        return
    deployment = await get_by_id(uow, stored.deployment_id)
    key = f"run:{stored.id}:{stored.version}"
    body = json.dumps(_describe(uow, run, deployment.public_id, key), ensure_ascii=False, sort_keys=True)
    place = {"account_id": uow.account_id, "deployment": deployment.public_id}
    await add_job(uow, SEND, key, {"url": settings.webhook_url, "key": key, "body": body, **place})


async def report_result(uow: UnitOfWork, run_id: int, outreach_id: int, code: str) -> None:
    """Tell the other system what came of a person of an outreach; nothing if there is no address for it."""
    stored = (await run_lookup.load_run(uow, run_id)).stored
    settings = await load_course_settings(uow, stored.deployment_id)
    if settings.webhook_url is None or stored.deployment_id is None:
        return
    deployment = await get_by_id(uow, stored.deployment_id)
    person = await get_contact(uow, stored.contact_id)
    key = f"outreach:{run_id}:{code}"
    document = {
        "id": key,
        "event": "outreach.result",
        "at": uow.now.isoformat(),
        "deployment": deployment.public_id,
        "outreach": outreach_id,
        "telegram_id": person.telegram_id,
        "result": code,
    }
    body = json.dumps(document, ensure_ascii=False, sort_keys=True)
    place = {"account_id": uow.account_id, "deployment": deployment.public_id}
    await add_job(uow, SEND, key, {"url": settings.webhook_url, "key": key, "body": body, **place})


def _describe(uow: UnitOfWork, run: LoadedRun, deployment: str, key: str) -> dict[str, Any]:
    stored = run.stored
    over = stored.value.status is RunStatus.COMPLETED
    score = total_score(stored.value.scores)
    return {
        "id": key,
        "event": "course.completed" if over else "course.progress",
        "at": uow.now.isoformat(),
        "deployment": deployment,
        "course": run.flow.slug,
        "external_id": stored.external_id,
        "run": stored.id,
        "sequence": stored.version,
        "step": stored.value.step,
        "points": score.points,
        "maximum": score.maximum,
    }


async def on_sent(uow: UnitOfWork, finished: JobFinished) -> None:
    """Nothing follows: what was given up is a dead letter of `tandem doctor`."""
    del uow, finished


def _connect_publicly(address: aiohttp.AddrInfoType) -> socket.socket:
    """A socket for an address of the internet: judged where the connection is made, however it was written or found."""
    family, kind, protocol, _, where = address
    if not is_public(str(where[0])):
        raise OSError(f"{where[0]} is an address of a private network")
    return socket.socket(family, kind, protocol)


def is_public(address: str) -> bool:
    """Whether an IP address is one host of the internet, and no way round into a private network."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    translated = any(ip in network for network in _TRANSLATED if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not translated


def build_performer(env: Environment, clock: Clock) -> Mapping[str, Perform]:
    """The job that makes the calls; on this very machine only outside production."""

    async def send(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        local = _check_address(payload["url"], production=env.production)
        secret = webhook_secret(env, payload["account_id"], payload["deployment"])
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": payload["key"],
            "Tandem-Signature": sign(secret, int(clock.real_now().timestamp()), payload["body"]),
        }
        connector = aiohttp.TCPConnector(socket_factory=None if local else _connect_publicly)
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session,
            session.post(
                payload["url"], data=payload["body"].encode(), headers=headers, allow_redirects=False
            ) as answer,
        ):
            if answer.status not in GOOD:
                raise OSError(f"the other system answered {answer.status}")
            return {"status": answer.status}

    return {SEND: send}


def _check_address(url: str, *, production: bool) -> bool:
    """Whether the address is this machine; raises PermanentFailure for one that must not be called."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in LOOPBACK and not production:
        return True
    try:
        public = is_public(unicodedata.normalize("NFKC", host))
    except ValueError:
        public = True  # a name: judged when the connection is made
    if parts.scheme != "https" or not public:
        raise PermanentFailure(f"{url} is no public https address")
    return False
