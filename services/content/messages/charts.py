"""A picture of numbers, sent once a job has drawn it, so that the words need not wait for it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from core.db.session import UnitOfWork
from core.environment import Environment
from core.events import JobFinished
from services.content.messages.media import keep_file
from services.delivery.jobs import Perform, add_job
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from utils.charts import Chart, draw_chart

DRAW = "chart"  # kind of the jobs


async def ask_chart(uow: UnitOfWork, chart: Chart, to: Address, key: str, name: str) -> None:
    """Have a picture drawn and sent under this file name, once per key."""
    payload = {"bot_id": to.bot_id, "chat_id": to.chat_id, "name": name, "chart": dict(chart)}
    await add_job(uow, DRAW, key, payload)


def build_performer(env: Environment) -> Mapping[str, Perform]:
    """The job that draws."""

    async def draw(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        picture = await draw_chart(payload["chart"])
        return {"picture": await asyncio.to_thread(keep_file, env, picture, ".png")}

    return {DRAW: draw}


async def send_chart(uow: UnitOfWork, finished: JobFinished) -> None:
    """The picture follows the figures; where it could not be drawn, those are all there is."""
    if not finished.ok:
        return
    payload = finished.payload
    photo = {"media": finished.result["picture"], "name": f"{payload['name']}.png"}
    fields = {"chat_id": payload["chat_id"], "photo": photo}
    call = Outgoing(payload["bot_id"], payload["chat_id"], "sendPhoto", fields, f"chart:{finished.key}")
    enqueue(uow, call)
