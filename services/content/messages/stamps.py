"""A person's own number, faint on every page of a PDF that an author gives them: set by a job, in a process of its own."""

import asyncio
from collections.abc import Mapping
from typing import Any

from loguru import logger

from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError
from core.events import JobFinished
from core.lifecycle import Priority
from services.content.messages.media import find_file, keep_file
from services.content.messages.stamping import UnfitPdfError, stamp_pdf
from services.delivery.jobs import Perform, PermanentFailure, add_job
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from utils.confined import LimitReachedError, Limits, call_confined

STAMP = "stamp"  # kind of the jobs
LIMITS = Limits(seconds=20, megabytes=400)
PDF = ".pdf"


def is_stamped(call: Outgoing) -> bool:
    """Whether a call sends a PDF of ours; one at an address of the web is sent as it is."""
    file = call.payload.get("document")
    return isinstance(file, Mapping) and str(file["media"]).lower().endswith(PDF)


async def ask_stamp(uow: UnitOfWork, call: Outgoing) -> None:
    """Have the file made for who is in this private chat; the call leaves with it, a moment after what was said beside it."""
    payload = {
        "bot_id": call.bot_id,
        "chat_id": call.chat_id,
        "method": call.method,
        "payload": dict(call.payload),
        "key": call.dedupe_key,
        "priority": int(call.priority),
        "ref": call.ref,
    }
    await add_job(uow, STAMP, call.dedupe_key[-120:], payload)


def build_performer(env: Environment) -> Mapping[str, Perform]:
    """The job that sets the line."""

    async def stamp(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        name = payload["payload"]["document"]["media"]
        try:
            content = await asyncio.to_thread(find_file(env, name).read_bytes)
            stamped = await call_confined(LIMITS, stamp_pdf, content, str(payload["chat_id"]))
        except (DomainError, UnfitPdfError, LimitReachedError) as error:
            raise PermanentFailure(f"{name}: {error}") from None
        return {"file": await asyncio.to_thread(keep_file, env, stamped, PDF)}

    return {STAMP: stamp}


async def send_stamped(uow: UnitOfWork, finished: JobFinished) -> None:
    """The call leaves; a file that cannot be stamped is sent as it is: nobody waits for a lesson because of it."""
    told = finished.payload
    payload = dict(told["payload"])
    if finished.ok:
        name = payload["document"].get("name") or payload["document"]["media"].rpartition("/")[2]
        payload["document"] = {"media": finished.result["file"], "name": name}
    else:
        logger.bind(event="stamp.failed", file=payload["document"]["media"]).warning(
            "a PDF is sent without the reader's number: {}", finished.result.get("error", "")
        )
    priority = Priority(told["priority"])
    call = Outgoing(
        told["bot_id"], told["chat_id"], told["method"], payload, told["key"], priority, told["ref"]
    )
    enqueue(uow, call)
