"""Broadcasts: what is said to many, and what came of it."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Response

from core.lifecycle import BroadcastStatus
from services.insight.csv_files import write_csv
from services.messaging.broadcasts import steering
from services.messaging.broadcasts.broadcasts import get_broadcast as load_broadcast
from services.messaging.broadcasts.broadcasts import read_tally
from services.messaging.broadcasts.steering import Wanted
from services.messaging.responses import results
from services.messaging.responses.results import Recipient, VariantResult
from services.messaging.schemas import Broadcast, Tally
from services.people.conditions.numbers import counted
from services.tenancy.permissions import Permission
from utils.signing import fingerprint
from web.api.calls import ApiCall, Call
from web.api.ids import BotId, BotRef, BroadcastId, BroadcastRef, ContactId
from web.api.models import Answer, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.BROADCASTS_READ)
FILE = Policy(Permission.BROADCASTS_READ, apart=True)
RecipientsPage = Annotated[ListPage, paged(results.ORDERS)]
BroadcastsPage = Annotated[ListPage, paged(steering.ORDERS)]
room = Room("messaging")

ITEM = {
    "id": f"brc_{'a' * 26}",
    "bot": f"bot_{'a' * 26}",
    "name": "News",
    "status": "running",
    "total": 4312,
    "at": None,
    "created_at": "2030-01-07T09:00:00Z",
    "started_at": "2030-01-07T09:05:00Z",
    "finished_at": None,
}
TALLY = {
    "total": 4312,
    "sent": 2000,
    "failed": 2,
    "blocked": 31,
    "cancelled": 0,
    "held": 0,
    "waiting": 2279,
    "later": 0,
    "possibly_twice": 1,
}


RECIPIENT = {
    "id": f"con_{'a' * 26}",
    "telegram_id": 500001,
    "status": "failed",
    "why": "Bad Request: chat not found",
    "variant": None,
    "possibly_twice": False,
}


class BroadcastItem(Answer):
    """One message to many; `at` is the moment a planned one leaves."""

    model_config = example(**ITEM)

    id: BroadcastId
    bot: BotId
    name: str | None
    status: BroadcastStatus
    total: int
    at: datetime | None
    created_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class TallyItem(Answer):
    """Where a broadcast stands: the parts always add up to the total; `later` are some of those who wait."""

    model_config = example(**TALLY)

    total: int
    sent: int
    failed: int
    blocked: int
    cancelled: int
    held: int
    waiting: int
    later: int
    possibly_twice: int


class BroadcastDetail(BroadcastItem):
    """A broadcast with its document and where it stands; `winner` is the variant that the rest gets, from 1 on, once that is decided."""

    model_config = example(
        **{
            **ITEM,
            "etag": "q5ZkX0c2Vd",
            "document": {"name": "News", "text": "Hello"},
            "tally": TALLY,
            "winner": None,
        }
    )

    etag: str
    document: dict[str, Any]
    tally: TallyItem
    winner: int | None


def show_broadcast(broadcast: Broadcast) -> BroadcastItem:
    """A broadcast as the API shows it."""
    plan = broadcast.plan
    names = ("id", "status", "total", "created_at", "started_at", "finished_at")
    return BroadcastItem(
        **{name: getattr(broadcast, name) for name in names},
        bot=broadcast.bot_id,
        name=plan.name if plan else None,
        at=plan.at if plan else None,
    )


def etag_of(broadcast: Broadcast) -> str:
    """The state of what it says and of how far it has come."""
    return fingerprint(f"{broadcast.plan!r} {broadcast.status}")


def show_detail(broadcast: Broadcast, tally: Tally) -> BroadcastDetail:
    """The same with all of it."""
    parts = {name: getattr(tally, name) for name in TallyItem.model_fields}
    return BroadcastDetail(
        **dict(show_broadcast(broadcast)),
        etag=etag_of(broadcast),
        document=broadcast.plan.dump() if broadcast.plan else {},
        tally=TallyItem(**parts),
        winner=broadcast.winner,
    )


class FailureItem(Answer):
    """Why it did not reach some people, in Telegram's words."""

    model_config = example(why="Bad Request: chat not found", people=2)

    why: str
    people: int


class VariantItem(Answer):
    """What came of a variant, numbered from 1; 0 are those who got none of them."""

    model_config = example(variant=1, share=10, sent=431, clicked=40, bought=2, finished=0)

    variant: int
    share: int | None
    sent: int
    clicked: int
    bought: int
    finished: int


class OutcomeAnswer(Answer):
    """How many did what after it came: a reply counts within a day, a purchase and a finished flow within a week.

    `conditions` list the people of each of these numbers and of the parts of the tally, by their names.
    """

    model_config = example(
        clicked=210,
        replied=12,
        bought=7,
        finished=3,
        failures=[{"why": "Bad Request: chat not found", "people": 2}],
        variants=[{"variant": 1, "share": 10, "sent": 431, "clicked": 40, "bought": 2, "finished": 0}],
        conditions={"clicked": {"counted": {"number": "broadcast_clicked", "which": "7"}}},
    )

    clicked: int
    replied: int
    bought: int
    finished: int
    failures: list[FailureItem]
    variants: list[VariantItem]
    conditions: dict[str, Any]


class RecipientItem(Answer):
    """Somebody who was to get it: sent, failed, blocked, skipped, unknown or pending, and why."""

    model_config = example(**RECIPIENT)

    id: ContactId
    telegram_id: int
    status: str
    why: str | None
    variant: int | None
    possibly_twice: bool


@room.get("/broadcasts", READ)
async def list_broadcasts(
    call: Call, page: BroadcastsPage, bot: BotRef | None = None, status: BroadcastStatus | None = None
) -> Listed[BroadcastItem]:
    """The broadcasts of the account, the latest first."""
    wanted = Wanted(bot, status)
    taken = await page.take(
        lambda part: steering.list_broadcasts(call.uow, wanted, part),
        show_broadcast,
        lambda most: steering.count_broadcasts(call.uow, wanted, most),
    )
    return Listed(**taken)


@room.get("/broadcasts/{broadcast}", READ)
async def get_broadcast(call: Call, broadcast: BroadcastRef) -> BroadcastDetail:
    """One broadcast, with its document and where it stands."""
    return await show_now(call, broadcast)


async def show_now(call: ApiCall, broadcast_id: int) -> BroadcastDetail:
    """A broadcast as it stands now."""
    tally = await read_tally(call.uow.conn, call.account_id, broadcast_id)
    return show_detail(await load_broadcast(call.uow, broadcast_id), tally)


@room.get("/broadcasts/{broadcast}/outcome", READ)
async def get_broadcast_outcome(call: Call, broadcast: BroadcastRef) -> OutcomeAnswer:
    """What came of it: who pressed, replied, bought, and why it did not reach others."""
    sent = await load_broadcast(call.uow, broadcast)
    acts = await results.read_acts(call.uow.conn, call.account_id, sent)
    causes = await results.count_failures(call.uow, broadcast)
    variants = await results.list_variants(call.uow.conn, call.account_id, sent, acts)
    return OutcomeAnswer(
        clicked=len(acts.clicked),
        replied=len(acts.replied),
        bought=len(acts.bought),
        finished=len(acts.completed),
        failures=[FailureItem(why=why, people=people) for why, people in causes],
        variants=[show_variant(variant) for variant in variants],
        conditions=counted.write_broadcast(broadcast),
    )


def show_variant(variant: VariantResult) -> VariantItem:
    """A variant as the API shows it."""
    names = ("variant", "share", "sent", "clicked", "bought")
    return VariantItem(**{name: getattr(variant, name) for name in names}, finished=variant.completed)


@room.get("/broadcasts/{broadcast}/recipients", READ)
async def list_recipients(call: Call, page: RecipientsPage, broadcast: BroadcastRef) -> Listed[RecipientItem]:
    """Everybody who was to get it, in the order of their Telegram ids, with what became of it."""
    taken = await page.take(lambda part: results.list_recipients(call.uow, broadcast, part), show_recipient)
    return Listed(**taken)


def show_recipient(recipient: Recipient) -> RecipientItem:
    """A recipient as the API shows them."""
    names = ("status", "why", "variant", "possibly_twice")
    return RecipientItem(
        **{name: getattr(recipient, name) for name in names},
        id=recipient.contact_id,
        telegram_id=recipient.chat_id,
    )


@room.get("/broadcasts/{broadcast}/result.csv", FILE, "text/csv")
async def download_broadcast_result(call: Call, broadcast: BroadcastRef) -> Response:
    """What came of it for each person, as a table."""
    rows = [row async for row in results.iterate_rows(call.db, call.account_id, broadcast)]
    headers = {"Content-Disposition": 'attachment; filename="result.csv"'}
    return Response(write_csv(results.HEADER, rows), headers=headers, media_type="text/csv; charset=utf-8")
