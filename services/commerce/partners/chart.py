"""The small picture below a partner's figures: sales by week, drawn by a job, so that the figures need not wait for it."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import typst
from babel.dates import format_date

from core.db.session import UnitOfWork
from core.environment import Environment
from core.events import JobFinished
from core.text.catalog import say
from services.commerce.schemas import Partner
from services.commerce.store.partners import referrals as store
from services.content.messages.media import keep_file
from services.delivery.jobs import Perform, add_job
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.people.contacts import get_contact

CHART = "partner_chart"
WEEKS = 12
WEEK = timedelta(weeks=1)
PIXELS = 160  # per inch: 933 × 489, which a phone shows whole
TEMPLATE = b"""
#let data = json(bytes(sys.inputs.data))
#let tall = 118pt
#set page(width: 420pt, height: 220pt, margin: (x: 22pt, y: 18pt), fill: white)
#set text(size: 14pt, fill: rgb("#1f2a44"))
#text(size: 15pt, weight: "bold", data.title)
#v(1fr)
#grid(
  columns: data.weeks.map(_ => 1fr), column-gutter: 7pt, row-gutter: 5pt, align: center + bottom,
  ..data.weeks.map(week => stack(
    spacing: 4pt,
    if week.count > 0 { str(week.count) },
    rect(
      width: 100%, height: calc.max(week.count / data.most * tall, 2pt), radius: 2pt, stroke: none,
      fill: if week.count > 0 { rgb("#2f7d6d") } else { rgb("#d5dbe3") },
    ),
  )),
  ..data.weeks.map(week => text(size: 12pt, fill: rgb("#56627a"), box(width: 0pt, align(center, box(week.begins))))),
)
"""


def count_weeks(sold: Sequence[datetime], now: datetime, zone: str) -> list[tuple[date, int]]:
    """How many of these moments fall into each of the last weeks on somebody's calendar, by its Monday, the oldest first."""
    monday = _monday(now, zone)
    counted = Counter(_monday(week, zone) for week in sold)
    return [(week, counted[week]) for week in (monday - WEEK * back for back in range(WEEKS - 1, -1, -1))]


def _monday(moment: datetime, zone: str) -> date:
    day = moment.astimezone(ZoneInfo(zone)).date()
    return day - timedelta(days=day.weekday())


async def ask_chart(uow: UnitOfWork, partner: Partner, to: Address, key: str) -> bool:
    """Have the picture drawn and sent; False, and nothing happens, where nothing was sold in these weeks."""
    person = await get_contact(uow, partner.contact_id)
    since = uow.now - WEEK * (WEEKS + 1)
    sold = await store.list_sold_at(uow.conn, uow.account_id, partner.id, since)
    weeks = count_weeks(sold, uow.now, person.zone)
    most = max(count for _, count in weeks)
    if not most:
        return False
    shown = [
        {"begins": label_week(begins, number, person.language), "count": count}
        for number, (begins, count) in enumerate(weeks)
    ]
    data = {"title": say("partner-chart", person.language), "most": most, "weeks": shown}
    await add_job(uow, CHART, key, {"bot_id": to.bot_id, "chat_id": to.chat_id, "data": data})
    return True


def label_week(begins: date, number: int, language: str) -> str:
    """The first day of every second week, the last one among them: there is no room for more."""
    return str(format_date(begins, "d MMM", locale=language)) if number % 2 else ""


def build_performer(env: Environment) -> Mapping[str, Perform]:
    """The job that draws."""

    async def draw(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        picture = await asyncio.to_thread(draw_chart, payload["data"])
        return {"picture": await asyncio.to_thread(keep_file, env, picture, ".png")}

    return {CHART: draw}


def draw_chart(data: Mapping[str, Any]) -> bytes:
    """The picture as PNG."""
    drawn = typst.compile(TEMPLATE, format="png", ppi=PIXELS, sys_inputs={"data": json.dumps(data)})
    if not isinstance(drawn, bytes):
        raise TypeError("a chart is one page")
    return drawn


async def send_chart(uow: UnitOfWork, finished: JobFinished) -> None:
    """The picture follows the figures; where it could not be drawn, those are all there is."""
    if not finished.ok:
        return
    payload = finished.payload
    photo = {"media": finished.result["picture"], "name": "sales.png"}
    fields = {"chat_id": payload["chat_id"], "photo": photo}
    call = Outgoing(payload["bot_id"], payload["chat_id"], "sendPhoto", fields, f"chart:{finished.key}")
    enqueue(uow, call)
