"""Progress of people whom another system sent: told to it by signed calls, at least once each."""

import json
from collections.abc import Mapping
from typing import Any

from core.clock import Clock
from core.db.session import UnitOfWork
from core.environment import Environment
from core.events import CourseMoved, JobFinished
from core.flow.run import RunStatus
from core.flow.scoring import total_score
from services.content.deployments import get_by_id
from services.content.settings import load_course_settings
from services.delivery.jobs import Perform, add_job
from services.delivery.signed_calls.calling import GOOD, post, sign
from services.learning import run_lookup
from services.learning.schemas import LoadedRun
from services.people.contacts import get_contact
from utils.signing import mac

SEND = "webhook"  # kind of the jobs


def webhook_secret(env: Environment, account_id: int, deployment: str) -> str:
    """What the calls of a deployment (its public id) are signed with: under the oldest key of the ring.

    The other system keeps this secret, so it changes when that key leaves the ring and not when a new one comes.
    """
    return mac(env.signing_keys[-1], "webhook-out", str(account_id), deployment, size=32)


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


def build_performer(env: Environment, clock: Clock) -> Mapping[str, Perform]:
    """The job that makes the calls."""

    async def send(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        secret = webhook_secret(env, payload["account_id"], payload["deployment"])
        signature = sign([secret], int(clock.real_now().timestamp()), payload["body"])
        status = await post(
            payload["url"], payload["key"], payload["body"], signature, production=env.production
        )
        if status not in GOOD:
            raise OSError(f"the other system answered {status}")
        return {"status": status}

    return {SEND: send}
