"""The room of other systems that are told what happens: their addresses, secrets, and what each was told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from core.text.refusal import Refused
from services.reactions.told_outside import NAMES
from services.tenancy.permissions import Permission
from services.tenancy.webhooks import addresses, deliveries
from services.tenancy.webhooks.addresses import Webhook
from services.tenancy.webhooks.deliveries import ORDERS, Delivery, DeliveryState
from web.api.calls import Call
from web.api.ids import DeliveryId, DeliveryRef, WebhookId, WebhookRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

KEYS = Policy(Permission.KEYS, no_keys=True)
MOST_URL, MOST_EVENTS = 500, 50
AN_ID = "whk_aaaaaaaaaaaaaaaaaaaaaaaaaa"
Deliveries = Annotated[ListPage, paged(ORDERS)]
room = Room("webhooks")


def _is_event(name: str) -> str:
    if name not in NAMES:
        raise Refused("refused-event", given=name[:40])
    return name


Event = Annotated[str, AfterValidator(_is_event), Field(json_schema_extra={"enum": sorted(NAMES)})]
Events = Annotated[list[Event], Field(max_length=MOST_EVENTS, description="None: all.")]
Url = Annotated[str, Field(min_length=1, max_length=MOST_URL)]
SHOWN: dict[str, Any] = {
    "id": AN_ID,
    "url": "https://crm.example.com/tandem",
    "events": ["order.paid"],
    "created_at": "2030-01-07T09:00:00Z",
    "rotated_until": None,
}


class NewWebhook(Body):
    """An address that is to be told, and of what."""

    model_config = example(url="https://crm.example.com/tandem", events=["order.paid"])

    url: Url
    events: Events = Field(default_factory=list)


class WebhookChange(Body):
    """What is to be different; the rest stays."""

    model_config = example(events=["order.paid", "review.given"])

    url: Url | None = None
    events: Events | None = None


class WebhookItem(Answer):
    """An address that is told; `rotated_until`: until then the former secret signs, too."""

    model_config = example(**SHOWN)

    id: WebhookId
    url: str
    events: list[str]
    created_at: datetime
    rotated_until: datetime | None


class WebhookWithSecret(WebhookItem):
    """The same with its secret, which is shown this once."""

    model_config = example(**SHOWN, secret="whs_…x7Qk")  # noqa: S106 - opens nothing

    secret: str


class DeliveryItem(Answer):
    """One thing an address is told: `status` is that of its last answer, `error` why there was none."""

    model_config = example(
        id="dlv_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        event="order.paid",
        state="sent",
        attempts=1,
        status=200,
        error=None,
        at="2030-01-07T09:00:00Z",
        tried_at="2030-01-07T09:00:01Z",
    )

    id: DeliveryId
    event: str
    state: DeliveryState
    attempts: int
    status: int | None
    error: str | None
    at: datetime
    tried_at: datetime | None


def _show(webhook: Webhook) -> WebhookItem:
    return WebhookItem(**_fields(webhook, WebhookItem.model_fields))


def _show_secret(webhook: Webhook, secret: str) -> WebhookWithSecret:
    return WebhookWithSecret(**_fields(webhook, WebhookItem.model_fields), secret=secret)


def _show_delivery(delivery: Delivery) -> DeliveryItem:
    return DeliveryItem(**_fields(delivery, DeliveryItem.model_fields))


def _fields(row: object, names: Sequence[str] | dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@room.get("/webhooks", KEYS)
async def list_webhooks(call: Call) -> Listed[WebhookItem]:
    """The addresses that are told what happens."""
    return Listed(items=[_show(webhook) for webhook in await addresses.list_webhooks(call.uow)])


@room.post("/webhooks", KEYS, 201)
async def create_webhook(call: Call, body: NewWebhook) -> WebhookWithSecret:
    """Have an address told what happens; its secret is shown this once."""
    webhook, secret = await addresses.add_webhook(call.uow, body.url, set(body.events))
    call.note_change(None, None, body.url)
    return _show_secret(webhook, secret)


@room.get("/webhooks/{webhook}", KEYS)
async def get_webhook(call: Call, webhook: WebhookRef) -> WebhookItem:
    """One of them."""
    return _show(await addresses.get_webhook(call.uow, webhook))


@room.patch("/webhooks/{webhook}", KEYS)
async def change_webhook(call: Call, webhook: WebhookRef, body: WebhookChange) -> WebhookItem:
    """Have it told of something else, or somewhere else."""
    before = await addresses.get_webhook(call.uow, webhook)
    events = None if body.events is None else set(body.events)
    after = await addresses.change_webhook(call.uow, webhook, body.url, events)
    call.note_change(None, before.url, after.url)
    call.only_looked = before == after
    return _show(after)


@room.delete("/webhooks/{webhook}", KEYS)
async def delete_webhook(call: Call, webhook: WebhookRef) -> None:
    """Tell it nothing any more, and forget what it was told."""
    before = await addresses.get_webhook(call.uow, webhook)
    call.note_change(None, before.url)
    await addresses.drop_webhook(call.uow, webhook)


@room.post("/webhooks/{webhook}/rotate", KEYS)
async def rotate_webhook(call: Call, webhook: WebhookRef) -> WebhookWithSecret:
    """Give it a new secret, shown this once; the one before signs, too, for a day longer."""
    return _show_secret(*await addresses.rotate_secret(call.uow, webhook))


@room.post("/webhooks/{webhook}/test", KEYS, 202)
async def test_webhook(call: Call, webhook: WebhookRef) -> DeliveryItem:
    """Tell it `webhook.tested`."""
    return _show_delivery(await deliveries.test_webhook(call.uow, webhook))


@room.get("/webhooks/{webhook}/deliveries", KEYS)
async def list_deliveries(call: Call, page: Deliveries, webhook: WebhookRef) -> Listed[DeliveryItem]:
    """What it was told within a month, the last first."""
    taken = await page.take(lambda part: deliveries.list_deliveries(call.uow, webhook, part), _show_delivery)
    return Listed(**taken)


@room.get("/webhooks/{webhook}/deliveries/{delivery}", KEYS)
async def get_delivery(call: Call, webhook: WebhookRef, delivery: DeliveryRef) -> DeliveryItem:
    """One thing it was told."""
    return _show_delivery(await deliveries.get_delivery(call.uow, webhook, delivery))


@room.post("/webhooks/{webhook}/deliveries/{delivery}/replay", KEYS, 202)
async def replay_delivery(call: Call, webhook: WebhookRef, delivery: DeliveryRef) -> DeliveryItem:
    """Tell it again, under the same id; what is still being told stays as it is."""
    return _show_delivery(await deliveries.replay_delivery(call.uow, webhook, delivery))
