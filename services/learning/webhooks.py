"""Progress of people whom another system sent: told to it by signed calls, at least once each."""

import hashlib
import hmac
import ipaddress
import json
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from core.clock import Clock
from core.db.session import UnitOfWork
from core.environment import Environment
from core.events import CourseMoved, JobFinished
from core.flow.run import RunStatus
from core.flow.scoring import total_score
from services.content.deployments import get_by_id
from services.content.settings import LOOPBACK, load_course_settings
from services.delivery.jobs import Perform, PermanentFailure, add_job
from services.learning import runs
from services.learning.schemas import LoadedRun
from services.people.contacts import get_contact
from utils.signing import mac

SEND = "webhook"  # kind of the jobs
SECONDS = 10
GOOD = range(200, 300)


def webhook_secret(key: bytes, account_id: int, deployment: str) -> str:
    """What the calls of a deployment (its public id) are signed with."""
    return mac(key, "webhook-out", str(account_id), deployment, size=32)


def sign(secret: str, timestamp: int, body: str) -> str:
    """The header's value `t=…,v1=…`: HMAC-SHA256 in hex over `<timestamp>.<body>`."""
    digest = hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256)
    return f"t={timestamp},v1={digest.hexdigest()}"


async def report(uow: UnitOfWork, moved: CourseMoved) -> None:
    """Tell the other system where the person is now; nothing if the deployment has no address for it."""
    run = await runs.load_run(uow, moved.run_id)
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
    stored = (await runs.load_run(uow, run_id)).stored
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


class _PublicAlone(AbstractResolver):
    """Names that lead into a private network lead nowhere; asked at the connection itself, so nothing changes between."""

    def __init__(self) -> None:
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        if not all(ipaddress.ip_address(one["host"]).is_global for one in found):
            raise OSError(f"{host} is an address of a private network")
        return found

    async def close(self) -> None:
        await self._names.close()


def build_performer(env: Environment, clock: Clock) -> Mapping[str, Perform]:
    """The job that makes the calls; on this very machine only outside production."""

    async def send(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        local = _check_address(payload["url"], production=env.production)
        secret = webhook_secret(env.signing_key, payload["account_id"], payload["deployment"])
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": payload["key"],
            "Tandem-Signature": sign(secret, int(clock.real_now().timestamp()), payload["body"]),
        }
        connector = aiohttp.TCPConnector(resolver=None if local else _PublicAlone())
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
        is_public = ipaddress.ip_address(host).is_global
    except ValueError:
        is_public = True  # a name: looked at when it is resolved
    if parts.scheme != "https" or not is_public:
        raise PermanentFailure(f"{url} is no public https address")
    return False
